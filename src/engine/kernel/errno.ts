/**
 * The errors a call of the simulated kernel answers with: the names of errno(3).
 *
 * Two are the simulator's own use of a name. EAGAIN: wait4 of a child that still runs, where the real call would
 * block. EDEADLK: the exit of a namespace's init that does not finish (G17–G20, G33), where the next step would
 * never begin.
 */
export type Errno =
  | 'EPERM'
  | 'ESRCH'
  | 'ECHILD'
  | 'EAGAIN'
  | 'ENOMEM'
  | 'EACCES'
  | 'EEXIST'
  | 'EINVAL'
  | 'ENOSPC'
  | 'EUSERS'
  | 'ENOTTY'
  | 'EDEADLK';

/** What a call answers: 0 is success. */
export type Answer = Errno | 0;
