/** Why no history leads to a tree: facts of the image that contradict each other. */

export interface Fact {
  readonly pid: number;
  readonly field:
    | 'ppid'
    | 'sid'
    | 'pgid'
    | 'nspid'
    | 'nspgid'
    | 'nssid'
    | 'pidns'
    | 'pidnsForChildren'
    | 'state'
    | 'exitStatus'
    | 'threads'
    | 'files'
    | 'fs'
    | 'vm'
    | 'sighand'
    | 'sysvsem'
    | 'io'
    | 'ttyNr'
    | 'exitSignal';
  readonly value: number | string;
  /** With field ppid: the nearest process of the conflict above this one, where that is not its parent. */
  readonly below?: number;
}

/** The place of a process below another one of the conflict, its parent or somebody further up. */
export function placeBelow(pid: number, ppid: number, above: number): { fact: Fact; words: string } {
  const isChild = ppid === above;
  return {
    fact: { pid, field: 'ppid', value: ppid, ...(isChild ? {} : { below: above }) },
    words: `${isChild ? 'a child of' : 'below'} ${above}`,
  };
}

export interface Conflict {
  /** The local rule that is broken (V1 to V7 and so on), or ORIGIN: the births contradict each other. */
  readonly rule: string;
  /** Pids of the conflict's processes; the tree without any one of them would be reachable. */
  readonly pids: readonly number[];
  readonly facts: readonly Fact[];
  readonly text: string;
  /** False where the search for a smaller one was cut short. */
  readonly minimal: boolean;
}
