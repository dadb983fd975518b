/**
 * A graft: what makes an unpatched CRIU restore a tree that it refuses, breaks or hangs on.
 *
 * The image set is rewritten to `records`: the tree at its fullest, helpers of the plan as ordinary stopped tasks
 * ("carriers"). CRIU restores that, nothing of it running; then `script` is carried out on the restored processes, in
 * order. All numbers are those of the root's own pid namespace. A tree that CRIU restores exactly by itself gets an
 * empty graft: no records, no carriers, no script.
 */

import type { Diagnostic } from '../answer-types/diagnostic.ts';
import type { ExitStep, PrctlStep, SetpgidStep, Wait4Step } from '../plan/step.ts';
import type { RecordNumbers } from '../restorers/criu/inherited-tree.ts';
import type { Prediction } from '../restorers/prediction.ts';

export const CRIU_RELEASES = ['4.2', '4.3'] as const;
export type CriuRelease = (typeof CRIU_RELEASES)[number];

/** One record of `pstree.img`; parents before children, depth first. */
export interface GraftRecord extends RecordNumbers {
  /** Thread ids, the pid first; empty for a zombie, as CRIU ignores what stands there. */
  readonly threads: readonly number[];
  /** A zombie of the image that CRIU itself restores as one. Zombies that a carrier plays are not marked. */
  readonly zombie?: true;
}

/**
 * `session-leader`, `group-leader`, `carrier`, `placeholder`: helpers of the plan.
 * `zombie`: the process is in the image, as a zombie; a stopped task plays it until the script lets it exit.
 */
export const CARRIER_ROLES = ['session-leader', 'group-leader', 'carrier', 'placeholder', 'zombie'] as const;
export type CarrierRole = (typeof CARRIER_ROLES)[number];

/** A task that CRIU restores stopped and that runs nothing; its record is in `records` too. */
export interface Carrier extends RecordNumbers {
  /** A live process of the image whose core, credentials and namespaces fit: one of the same session where there is one. */
  readonly model: number;
  readonly role: CarrierRole;
  /** Processes of the image for whose sake it exists. */
  readonly serves: readonly number[];
  /** The flag in its core image. */
  readonly childSubreaper: boolean;
}

/**
 * Death of a carrier.
 *
 * `reap` says what becomes of it: `ignore`: its parent reaps it, by SIGCHLD being ignored there while it dies (no
 * SIGCHLD is sent then); `wait`: its parent reaps it by wait4, because a zombie that the parent keeps arrives with this death,
 * which ignoring SIGCHLD would destroy; `zombie`: it stays a zombie with exactly this status.
 */
export interface FinishExit extends ExitStep {
  /** Its parent at this moment. */
  readonly parent: number;
  readonly reap: 'ignore' | 'wait' | 'zombie';
  /** Who gets its children; left out where it has none. */
  readonly adopter?: number;
}

/** wait4 is for a zombie that an earlier exit left: in a plan from elsewhere steps may come in between. */
export type FinishStep = PrctlStep | SetpgidStep | FinishExit | Wait4Step;

/** What the script disturbs and the finisher puts back, or does last. */
export interface GraftRestore {
  /** Processes that stay, whose SIGCHLD the script disturbs: a child of theirs dies, or a zombie falls to them. */
  readonly sigchld: readonly number[];
  /**
   * Parent-death signals, by thread: taken out of the core images, since the carrier's death would send them, and to
   * be set after the last death. Known from core images only.
   */
  readonly pdeathSignals: readonly { readonly pid: number; readonly tid: number; readonly signal: number }[];
  /** Processes of the image that are stopped in the end, with the signal that stopped them. Known from core images only. */
  readonly stops: readonly { readonly pid: number; readonly signal: number }[];
}

export const GRAFT_OUTCOMES = ['not needed', 'graft', 'impossible'] as const;

export interface Graft {
  readonly criu: CriuRelease;
  readonly root: number;
  /** `not needed`: CRIU restores the tree exactly by itself. `impossible`: the diagnostics say why. */
  readonly outcome: (typeof GRAFT_OUTCOMES)[number];
  /** What CRIU does with the tree as it was dumped. */
  readonly alone: Prediction;
  readonly records: readonly GraftRecord[];
  readonly carriers: readonly Carrier[];
  readonly script: readonly FinishStep[];
  readonly restore: GraftRestore;
  readonly diagnostics: readonly Diagnostic[];
}
