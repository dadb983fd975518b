/** CRIU 4.3: does as 4.2 does, but restores the exit codes of zombies exactly. */

import { type CriuRules, exactStatus } from './criu/release.ts';
import { CRIU_4_2 } from './criu-4.2.ts';

export const CRIU_4_3: CriuRules = { ...CRIU_4_2, release: '4.3', zombieStatus: exactStatus };
