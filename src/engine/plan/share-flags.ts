/**
 * What a birth shares with its creator, or an unshare gives up: bits of `StepList.flags` beside PARENT and NEWPID.
 * Bit `kind` places above the first is the kind at that place of `KINDS`.
 */
import { KINDS } from '../tree/sharing-columns.ts';

const FIRST = 2;

export const SHARE_NAMES = [
  'CLONE_FILES',
  'CLONE_FS',
  'CLONE_VM',
  'CLONE_SIGHAND',
  'CLONE_SYSVSEM',
  'CLONE_IO',
] as const;
export type ShareName = (typeof SHARE_NAMES)[number];

export function shareFlag(kind: number): number {
  return 1 << (FIRST + kind);
}

/** All bits of this module. */
export const SHARING = ((1 << KINDS.length) - 1) << FIRST;

export function shareNames(flags: number): ShareName[] {
  return SHARE_NAMES.filter((_, kind) => (flags & shareFlag(kind)) !== 0);
}
