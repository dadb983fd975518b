/** What a panel can ask of the page. */

import type { ProcessForest } from '../model/process-forest.ts';
import type { SessionColours } from '../model/session-colour.ts';
import type { Play } from '../play.ts';

export interface PageActions {
  /** Marks processes in every view. */
  readonly light: (pids: readonly number[]) => void;
  readonly forest: () => ProcessForest;
  readonly seen: () => Int32Array;
  readonly colours: SessionColours;
  readonly play: Play;
  readonly replan: (options: object) => Promise<void>;
}
