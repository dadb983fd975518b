/** CRIU 4.2 and 4.2.1: exit codes of zombies lose their highest bit (exit 200 comes back as exit 72). */

import { type CriuRules, statusOfSignal } from './criu/release.ts';

export const CRIU_4_2: CriuRules = {
  release: '4.2',
  zombieStatus: (status) => (status & 0x7f ? statusOfSignal(status) : status & 0x7f00),
  flags: 'last',
  groupLeader: 'stays',
};
