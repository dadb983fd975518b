/** The tracepoints that a recorder listens to, and their records as events of tasks. */

import { type EventFormat, eventFormat } from './trace-format.ts';

/** Tasks are threads; numbers are those of the initial pid namespace. */
export type TaskEvent =
  /** `caller` has called fork, vfork, clone or clone3. Also fired for threads, after their `thread` event. */
  | { readonly kind: 'fork'; readonly time: number; readonly caller: number; readonly task: number }
  /** A thread in the process of `caller`. */
  | { readonly kind: 'thread'; readonly time: number; readonly caller: number; readonly task: number }
  /** `task` has executed a program; `caller` was its number before: a thread that was not the first takes the first's. */
  | { readonly kind: 'exec'; readonly time: number; readonly caller: number; readonly task: number }
  /** `last`: the process has ended; undefined: this kernel does not say. */
  | {
      readonly kind: 'exit';
      readonly time: number;
      readonly task: number;
      readonly last: boolean | undefined;
    };

export const TRACEPOINTS = {
  fork: { path: 'sched/sched_process_fork', fields: ['parent_pid', 'child_pid'] },
  thread: { path: 'task/task_newtask', fields: ['common_pid', 'pid', 'clone_flags'] },
  exec: { path: 'sched/sched_process_exec', fields: ['pid', 'old_pid'] },
  exit: { path: 'sched/sched_process_exit', fields: ['pid'] },
} as const;

type Kind = keyof typeof TRACEPOINTS;
export const KINDS = Object.keys(TRACEPOINTS) as Kind[];

/** CLONE_THREAD. */
export const THREADS_ONLY = 'clone_flags & 65536';

export type TaskEventReader = (page: Buffer, at: number, time: number) => TaskEvent | null;

/** @param textOf the `format` file of a tracepoint. @throws Error naming what this kernel does not have */
export function taskEventReader(textOf: (path: string) => string): TaskEventReader {
  const formats = Object.fromEntries(
    KINDS.map((kind) => {
      const { path, fields } = TRACEPOINTS[kind];
      const format = eventFormat(textOf(path), fields);
      if (!format) throw new Error(`the tracepoint ${path} of this kernel lacks one of ${fields.join(', ')}`);
      return [kind, format];
    }),
  ) as Record<Kind, EventFormat>;
  const place = (kind: Kind, field: string): number => formats[kind].fields.get(field)?.offset ?? -1;
  const fork = { id: formats.fork.id, caller: place('fork', 'parent_pid'), task: place('fork', 'child_pid') };
  const thread = {
    id: formats.thread.id,
    caller: place('thread', 'common_pid'),
    task: place('thread', 'pid'),
  };
  const exec = { id: formats.exec.id, caller: place('exec', 'old_pid'), task: place('exec', 'pid') };
  const exit = { id: formats.exit.id, task: place('exit', 'pid'), last: place('exit', 'group_dead') };
  const type = place('fork', 'common_type');
  return (page, at, time) => {
    const id = page.readUInt16LE(at + type);
    const number = (offset: number): number => page.readInt32LE(at + offset);
    if (id === exit.id) {
      const last = exit.last < 0 ? undefined : page[at + exit.last] !== 0;
      return { kind: 'exit', time, task: number(exit.task), last };
    }
    if (id === fork.id) return { kind: 'fork', time, caller: number(fork.caller), task: number(fork.task) };
    if (id === thread.id)
      return { kind: 'thread', time, caller: number(thread.caller), task: number(thread.task) };
    if (id !== exec.id) return null;
    const [caller, task] = [number(exec.caller), number(exec.task)];
    return caller === task ? null : { kind: 'exec', time, caller, task };
  };
}
