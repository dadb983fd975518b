/**
 * Virtuozzo's CRIU v3.18.2.3, whose planning is that of vz7-u20: subreapers are set before their children are forked, and
 * leaders make their groups before they leave them. Facts: restorers.md, section 2 (planning measured, execution read).
 */

import { type CriuRules, statusOfSignal } from './criu/release.ts';

export const VIRTUOZZO_3_18: CriuRules = {
  release: '3.18',
  zombieStatus: (status) => (status & 0x7f ? statusOfSignal(status) : status & 0x7f00),
  flags: 'at birth',
  groupLeader: 'moves on',
};
