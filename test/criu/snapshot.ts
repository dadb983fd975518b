/** A tree as /proc shows it, in the numbers inside its root's namespace: all that a restore has to bring back. */

import { readdirSync, readFileSync } from 'node:fs';

export interface SeenTask {
  readonly pid: number;
  readonly ppid: number;
  readonly pgid: number;
  readonly sid: number;
  readonly state: 'alive' | 'stopped' | 'zombie';
  /** Raw wait status of a zombie. */
  readonly exitStatus: number;
  readonly threads: readonly number[];
  readonly comm: string;
  readonly seccomp: string;
  /** Masks of the process and its leader, as /proc writes them; zombies have none. */
  readonly signals: Readonly<Record<string, string>>;
}

const SIGNAL_FIELDS = ['SigPnd', 'ShdPnd', 'SigBlk', 'SigIgn', 'SigCgt'] as const;

/** By pid, ascending. */
export function snapshot(root: number): SeenTask[] {
  const inside = new Map<number, number>();
  const tasks: SeenTask[] = [];
  const waiting: { pid: number; parent: number }[] = [{ pid: root, parent: 0 }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const fields = statusOf(`/proc/${next.pid}/status`);
    const last = (name: string): number => Number(fields.get(name)?.split('\t').at(-1) ?? 0);
    const pid = last('NSpid');
    inside.set(next.pid, pid);
    const state = fields.get('State')![0]!;
    const zombie = state === 'Z';
    tasks.push({
      pid,
      ppid: inside.get(next.parent) ?? 0,
      pgid: last('NSpgid'),
      sid: last('NSsid'),
      state: zombie ? 'zombie' : state === 'T' || state === 't' ? 'stopped' : 'alive',
      exitStatus: zombie ? exitStatusOf(next.pid) : 0,
      threads: zombie ? [pid] : threadsOf(next.pid),
      comm: fields.get('Name')!,
      seccomp: fields.get('Seccomp') ?? '',
      signals: zombie ? {} : Object.fromEntries(SIGNAL_FIELDS.map((name) => [name, fields.get(name) ?? ''])),
    });
    for (const child of childrenOf(next.pid)) waiting.push({ pid: child, parent: next.pid });
  }
  return tasks.sort((a, b) => a.pid - b.pid);
}

function statusOf(file: string): Map<string, string> {
  return new Map(
    readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon), line.slice(colon + 1).trim()];
      }),
  );
}

const exitStatusOf = (pid: number): number =>
  Number(readFileSync(`/proc/${pid}/stat`, 'utf8').trim().split(' ').at(-1));

const threadsOf = (pid: number): number[] =>
  readdirSync(`/proc/${pid}/task`)
    .map((tid) => Number(statusOf(`/proc/${pid}/task/${tid}/status`).get('NSpid')!.split('\t').at(-1)))
    .sort((a, b) => a - b);

export function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((tid) =>
      readFileSync(`/proc/${pid}/task/${tid}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
    );
  } catch {
    return [];
  }
}
