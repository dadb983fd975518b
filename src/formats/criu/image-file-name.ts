/** Names of the files of an image set that make its process tree. */

import type { ImageKind } from './image-framing.ts';

export interface ImageFileName {
  readonly kind: ImageKind;
  /** Pid in the name of core and ids files, else 0. */
  readonly pid: number;
}

const NAME = /^(?:(pstree|inventory|ns)|(core|ids)-([1-9][0-9]{0,9}))(\.img)?(\.json)?$/;

/**
 * The image file that a name stands for: `pstree.img`, `core-7.img`, as crit JSON `core-7.img.json` or `core-7.json`.
 * Null for every other file of a dump. A bare `core-7` is accepted where the form allows it: as a member of one
 * combined JSON object.
 */
export function imageFileName(name: string, bareToo = false): ImageFileName | null {
  const match = NAME.exec(name);
  if (match === null || (!bareToo && match[4] === undefined && match[5] === undefined)) return null;
  return { kind: (match[1] ?? match[2]) as ImageKind, pid: Number(match[3] ?? 0) };
}
