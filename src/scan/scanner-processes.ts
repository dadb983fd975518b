/**
 * The processes of the scan itself: this one, what it started, and the command around it (npx and its shell), as far
 * as they exist for the scan alone. A shell that a person or a script goes on with stays in the picture.
 *
 * The command: ancestors in this process's group that have no other child, up to a session leader or to the process
 * that was asked for, which are never part of it.
 */

interface Related {
  readonly pid: number;
  readonly ppid: number;
  readonly nspgid: readonly number[];
  readonly nssid: readonly number[];
}

export function scanProcesses(
  self: number,
  asked: number,
  processes: ReadonlyMap<number, Related>,
): Set<number> {
  const scan = new Set<number>();
  let top = processes.get(self);
  if (!top) return scan;
  const children = new Map<number, number[]>();
  for (const { pid, ppid } of processes.values()) children.set(ppid, [...(children.get(ppid) ?? []), pid]);

  const group = top.nspgid[0];
  for (;;) {
    const parent = processes.get(top.ppid);
    if (!parent || parent.pid === asked || parent.nspgid[0] !== group || parent.nssid[0] === parent.pid)
      break;
    if (children.get(parent.pid)!.length > 1) break;
    top = parent;
  }
  const waiting = [top.pid];
  for (let pid = waiting.pop(); pid !== undefined; pid = waiting.pop()) {
    scan.add(pid);
    waiting.push(...(children.get(pid) ?? []));
  }
  return scan;
}
