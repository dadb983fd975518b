/**
 * Trees for which CRIU needs no plan, told by their records alone.
 *
 * In: the records of live processes, parents first. Out: true where every modelled release restores exactly this tree,
 * each time; false says nothing. Everybody but the root either leads a session, or is in the parent's session and there
 * leads a group or is in the parent's: forks after setsid make all of it, in whatever order CRIU makes the groups.
 * Pure, linear. Quick enough to be asked before a planner is loaded.
 */

export interface RecordNumbers {
  readonly pid: number;
  /** 0: the root. */
  readonly ppid: number;
  readonly pgid: number;
  readonly sid: number;
}

export function isInheritedTree(records: readonly RecordNumbers[]): boolean {
  const [root, ...others] = records;
  if (root === undefined || root.pid <= 0 || !leadsSession(root)) return false;
  const made = new Map([[root.pid, root]]);
  for (const record of others) {
    const parent = made.get(record.ppid);
    if (parent === undefined || record.pid <= 0 || made.has(record.pid)) return false;
    if (!leadsSession(record) && !staysInSession(record, parent)) return false;
    made.set(record.pid, record);
  }
  return true;
}

const leadsSession = ({ pid, pgid, sid }: RecordNumbers): boolean => sid === pid && pgid === pid;

const staysInSession = ({ pid, pgid, sid }: RecordNumbers, parent: RecordNumbers): boolean =>
  sid === parent.sid && sid !== pid && (pgid === pid || pgid === parent.pgid);
