/** What can be wrong with a target. */

import { PREFLIGHT_CODES } from '../plan/preflight.ts';

export const TARGET_CODES = {
  ...PREFLIGHT_CODES,
  ARCHITECTURE_DIFFERS: 'The processor of the target is of another kind.',
  CPU_FEATURE_MISSING: 'The processor of the target lacks registers that programs had in use.',
  MEMORY_SHORT: 'The target has less memory than the processes had.',
  CRIU_TOO_OLD: 'The CRIU of the target does not read these images.',
  CRIU_PLUGIN_MISSING: 'The CRIU of the target lacks a plugin that took part in the dump.',
  FILESYSTEM_MISSING: 'The kernel of the target does not know a filesystem type.',
  MOUNT_MISSING: 'Nothing is there for a mount that comes from outside the image.',
  FILE_MISSING: 'A file that is open, mapped or run is not there.',
  FILE_DIFFERS: 'A file on the target is not the one that the dump had.',
  ADDRESS_MISSING: 'The target does not have a local address of a connection.',
  ADDRESS_TAKEN: 'An address that a program listens on is taken.',
  UNIX_SOCKET_MISSING: 'A unix socket outside the image that a program is connected to is not there.',
  TERMINAL_MISSING: 'The restore needs a terminal, and does not run on one.',
  LSM_PROFILE_MISSING: 'A security profile is not loaded.',
  CGROUP_CONTROLLER_MISSING: 'A cgroup controller is not there.',
  OPEN_FILES_LIMIT: 'The target does not allow as many open files as a process may have.',
} as const;
export type TargetCode = keyof typeof TARGET_CODES;

/** Items that a conflict names. */
export const LISTED = 100;

export const WHEN = ['never', 'not now'] as const;

export interface Fault {
  readonly code: TargetCode;
  readonly when: (typeof WHEN)[number];
  readonly message: string;
  readonly remedy: string;
  readonly detail: Readonly<Record<string, unknown>>;
}
