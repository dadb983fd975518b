/** The processes of a tree image as they are shown: the root has no parent, resources count as shared where two have them. Cost: O(n). */

import type { ShownProcess } from './process-forest.ts';

export interface ImageProcess {
  readonly pid: number;
  readonly ppid: number;
  readonly pgid: number;
  readonly sid: number;
  readonly state?: 'alive' | 'zombie';
  readonly childSubreaper?: boolean;
  readonly pidns?: string;
  readonly threads?: readonly number[];
  readonly comm?: string;
  readonly [kind: string]: unknown;
}

const SHARED_KINDS = ['files', 'fs', 'vm', 'sighand', 'sysvsem', 'io'] as const;

export function shownOf(processes: readonly ImageProcess[], root: number): ShownProcess[] {
  const members = new Map<string, number>();
  const classes = (process: ImageProcess): string[] =>
    SHARED_KINDS.filter((kind) => process[kind] !== undefined).map((kind) => `${kind} ${process[kind]}`);
  for (const process of processes) {
    for (const name of classes(process)) members.set(name, (members.get(name) ?? 0) + 1);
  }
  return processes.map((process) => {
    const { pid, ppid, pgid, sid, state = 'alive', childSubreaper, pidns, comm, threads } = process;
    const shares = classes(process)
      .filter((name) => members.get(name)! > 1)
      .join(', ');
    return {
      pid,
      parent: pid === root ? 0 : ppid,
      pgid,
      sid,
      state,
      ...(childSubreaper === undefined ? {} : { childSubreaper }),
      ...(pidns === undefined ? {} : { pidns }),
      ...(comm === undefined ? {} : { comm }),
      ...(threads === undefined ? {} : { threads: threads.length }),
      ...(shares === '' ? {} : { shares }),
    };
  });
}
