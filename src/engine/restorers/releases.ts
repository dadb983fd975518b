/** The releases that are modelled, by what they do differently. */

import { planIds } from './criu/plan-ids.ts';
import { type CriuRules, exactStatus, statusWithoutHighBit } from './criu/release.ts';
import { planVirtuozzo } from './criu/virtuozzo-plan-ids.ts';

/** 4.2 and 4.2.1: exit codes of zombies lose their highest bit. */
export const CRIU_4_2: CriuRules = {
  release: '4.2',
  dumpsNested: false,
  reading: { children: 'in front', firstFree: 300 },
  plan: planIds,
  zombieStatus: statusWithoutHighBit,
  flags: 'last',
  groupLeader: 'stays',
  waits: true,
};

export const CRIU_4_3: CriuRules = { ...CRIU_4_2, release: '4.3', zombieStatus: exactStatus };

/**
 * Virtuozzo's CRIU v3.18.2.3, whose planning is that of vz7-u20: subreapers are set before their children are forked, and
 * leaders make their groups before they leave them. Facts: restorers.md, section 2 (planning measured, execution read).
 */
export const VIRTUOZZO_3_18: CriuRules = {
  release: '3.18',
  dumpsNested: true,
  reading: { children: 'behind', firstFree: 2 },
  plan: planVirtuozzo,
  zombieStatus: statusWithoutHighBit,
  flags: 'at birth',
  groupLeader: 'moves on',
  waits: false,
};
