/**
 * Boot: what exists before step 0, the root and what lies outside the image (contract, section 2).
 *
 * In: numbers of the root and of what is outside. Out: a kernel in which the root alone runs. Cost: that of its tables.
 * A root that is the init of level 0 starts in an outside session and group without numbers in level 0. Another root
 * was cloned by an init outside; its session and group may carry numbers that live on outside for ever, and number 1
 * is that init's (D14, D16).
 */

import { SIGCHLD } from '../tree/sharing-columns.ts';
import { KernelState, type ThreadIds } from './kernel-state.ts';
import { LEVEL_ZERO, OUTER } from './namespace-table.ts';
import { OUTSIDE, OUTSIDE_GROUP, OUTSIDE_INIT, OUTSIDE_SESSION, RESTORER, ROOT } from './process-table.ts';

/** Linux gives numbers below this one on 64-bit machines. */
export const PID_MAX = 4194304;

const INIT_NUMBER = 1;

export interface Boot {
  /** Level-0 pid of the root. */
  readonly root: number;
  /** Is the root the init of level 0? */
  readonly rootIsInit: boolean;
  /** Number in level 0 of the session the root is born in; 0, the default, where it has none. */
  readonly outsideSession?: number;
  readonly outsideGroup?: number;
  /** Terminal of the session that the root is born in; 0, the default, none. */
  readonly outsideTerminal?: number;
  /** Numbers end below this one. Default: PID_MAX. */
  readonly pidMax?: number;
  readonly threads?: ThreadIds;
  /** Births to expect; more are possible. */
  readonly births?: number;
}

export function boot(settings: Boot): KernelState {
  const { root, rootIsInit, outsideSession = 0, outsideGroup = 0 } = settings;
  const births = settings.births ?? 0;
  const kernel = new KernelState(ROOT + 1 + births, settings.pidMax ?? PID_MAX, settings.threads ?? null);
  const { processes, namespaces, numbers } = kernel;

  for (const row of [OUTSIDE, RESTORER]) {
    processes.namespace[row] = OUTER;
    processes.namespaceForChildren[row] = LEVEL_ZERO;
  }
  // Outside rows are members of their own sessions and groups, so these never die out.
  for (const row of [OUTSIDE, OUTSIDE_SESSION, OUTSIDE_GROUP]) {
    processes.sessionMembers[row] = 1;
    processes.groupMembers[row] = 1;
  }
  processes.namespace[OUTSIDE_SESSION] = LEVEL_ZERO;
  processes.namespace[OUTSIDE_GROUP] = LEVEL_ZERO;

  if (root !== INIT_NUMBER) {
    processes.number[OUTSIDE_INIT] = INIT_NUMBER;
    processes.namespace[OUTSIDE_INIT] = LEVEL_ZERO;
    processes.namespaceForChildren[OUTSIDE_INIT] = LEVEL_ZERO;
    numbers.setOutermost(INIT_NUMBER, OUTSIDE_INIT);
  }

  const session = outsideSession === 0 ? OUTSIDE : OUTSIDE_SESSION;
  let group = outsideGroup === 0 ? OUTSIDE : OUTSIDE_GROUP;
  if (outsideSession !== 0) {
    processes.number[OUTSIDE_SESSION] = outsideSession;
    numbers.setOutermost(outsideSession, OUTSIDE_SESSION);
    if (outsideGroup === outsideSession) group = OUTSIDE_SESSION;
  }
  if (group === OUTSIDE_GROUP) {
    processes.number[OUTSIDE_GROUP] = outsideGroup;
    numbers.setOutermost(outsideGroup, OUTSIDE_GROUP);
  }
  processes.groupSession[OUTSIDE_SESSION] = OUTSIDE_SESSION;
  processes.groupSession[OUTSIDE_GROUP] = session;

  processes.count = ROOT + 1;
  processes.number[ROOT] = root;
  processes.namespace[ROOT] = LEVEL_ZERO;
  processes.namespaceForChildren[ROOT] = LEVEL_ZERO;
  processes.creator[ROOT] = OUTSIDE;
  processes.exitSignal[ROOT] = SIGCHLD;
  numbers.setOutermost(root, ROOT);
  processes.appendChild(OUTSIDE, ROOT);
  kernel.enterSession(ROOT, session);
  kernel.enterGroup(ROOT, group);
  namespaces.init[LEVEL_ZERO] = rootIsInit ? ROOT : OUTSIDE;
  kernel.countNumbers(LEVEL_ZERO);
  kernel.takeThreads(ROOT);
  kernel.outsideTerminal = settings.outsideTerminal ?? 0;
  if (kernel.outsideTerminal !== 0) kernel.withSharing();
  return kernel;
}
