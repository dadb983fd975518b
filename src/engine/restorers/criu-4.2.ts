/** CRIU 4.2 and 4.2.1: exit codes of zombies lose their highest bit. */

import { planIds } from './criu/plan-ids.ts';
import { type CriuRules, statusWithoutHighBit } from './criu/release.ts';

export const CRIU_4_2: CriuRules = {
  release: '4.2',
  reading: { children: 'in front', firstFree: 300 },
  plan: planIds,
  zombieStatus: statusWithoutHighBit,
  flags: 'last',
  groupLeader: 'stays',
};
