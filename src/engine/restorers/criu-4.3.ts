/** CRIU 4.3: plans as 4.2 does, and restores the exit codes of zombies exactly. */

import { type CriuRules, statusOfSignal } from './criu/release.ts';

export const CRIU_4_3: CriuRules = {
  release: '4.3',
  zombieStatus: (status) => (status & 0x7f ? statusOfSignal(status) : status),
  flags: 'last',
  groupLeader: 'stays',
};
