export { type Boot, PID_MAX } from './boot.ts';
export { type BornAncestors, bornAncestors } from './born-ancestors.ts';
export type { CloneOptions } from './calls.ts';
export type { Answer, Errno } from './errno.ts';
export { Kernel, type Refusal } from './kernel.ts';
export { type ProcEntry, type ProcState, proc } from './proc.ts';
export { bootOf, type Replay, type ReplayOptions, replay } from './replay.ts';
