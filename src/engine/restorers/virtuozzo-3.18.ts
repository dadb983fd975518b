/**
 * Virtuozzo's CRIU v3.18.2.3, whose planning is that of vz7-u20: subreapers are set before their children are forked, and
 * leaders make their groups before they leave them. Facts: restorers.md, section 2 (planning measured, execution read).
 */

import { type CriuRules, statusWithoutHighBit } from './criu/release.ts';
import { planVirtuozzo } from './virtuozzo/plan-ids.ts';

export const VIRTUOZZO_3_18: CriuRules = {
  release: '3.18',
  reading: { children: 'behind', firstFree: 2 },
  plan: planVirtuozzo,
  zombieStatus: statusWithoutHighBit,
  flags: 'at birth',
  groupLeader: 'moves on',
};
