/** The image that the rate of requests is measured with: the tree of a random history with subreapers. */

import { imageText, SHAPES } from './shapes.ts';

export const RATED_PROCESSES = 100;

export function ratedImage(): Buffer {
  return imageText(SHAPES.histories.make(RATED_PROCESSES));
}
