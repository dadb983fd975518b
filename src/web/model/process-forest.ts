/**
 * Process forest: what is shown of a tree of processes, as columns in the order of a walk from the top.
 *
 * In: one record a process, in any order. Out: rows where every parent comes before its children and a subtree is one
 * run of rows. A process whose parent is not there is a top. Cost: O(n), no recursion: made for a million processes.
 */

/** What a page knows of one process; numbers are level-0 numbers, 0 is outside. */
export interface ShownProcess {
  readonly pid: number;
  readonly parent: number;
  readonly pgid: number;
  readonly sid: number;
  readonly state: 'alive' | 'zombie' | 'gone';
  readonly childSubreaper?: boolean;
  readonly helper?: boolean;
  readonly pidns?: string;
  readonly comm?: string;
  readonly threads?: number;
  /** Who cloned it, where that is another than its parent. */
  readonly bornOf?: number;
  /** Resources that it shares with others, in words. */
  readonly shares?: string;
}

/** What a box says below the number. */
export function marksOf({ sid, pgid, state, helper }: ShownProcess): string {
  const group = pgid === sid ? '' : `g${pgid}`;
  return [`s${sid}`, group, state === 'zombie' ? 'Z' : '', helper ? 'helper' : ''].filter(Boolean).join(' ');
}

export interface ProcessForest {
  readonly size: number;
  readonly process: (row: number) => ShownProcess;
  /** Row of the parent, −1 for a top. */
  readonly parent: Int32Array;
  readonly depth: Int32Array;
  /** First row behind the subtree. */
  readonly end: Int32Array;
  readonly pid: Int32Array;
  readonly sid: Int32Array;
  readonly rowOf: (pid: number) => number;
}

export function processForest(processes: readonly ShownProcess[]): ProcessForest {
  const size = processes.length;
  const at = new Map<number, number>();
  for (let i = 0; i < size; i++) at.set(processes[i]!.pid, i);
  const above = new Int32Array(size);
  const firstChild = new Int32Array(size + 1).fill(-1);
  const next = new Int32Array(size).fill(-1);
  for (let i = size - 1; i >= 0; i--) {
    const { pid, parent } = processes[i]!;
    const found = parent === pid ? undefined : at.get(parent);
    above[i] = found ?? size;
    next[i] = firstChild[above[i]!]!;
    firstChild[above[i]!] = i;
  }

  const order = new Int32Array(size);
  const rowAt = new Int32Array(size).fill(-1);
  const parent = new Int32Array(size);
  const depth = new Int32Array(size);
  const end = new Int32Array(size);
  let count = 0;
  let current = firstChild[size]!;
  while (current !== -1) {
    const row = count++;
    order[row] = current;
    rowAt[current] = row;
    const top = above[current] === size;
    parent[row] = top ? -1 : rowAt[above[current]!]!;
    depth[row] = top ? 0 : depth[parent[row]!]! + 1;
    if (firstChild[current] !== -1) {
      current = firstChild[current]!;
      continue;
    }
    while (current !== size && next[current] === -1) {
      end[rowAt[current]!] = count;
      current = above[current]!;
    }
    if (current === size) break;
    end[rowAt[current]!] = count;
    current = next[current]!;
  }

  const pid = new Int32Array(count);
  const sid = new Int32Array(count);
  for (let row = 0; row < count; row++) {
    pid[row] = processes[order[row]!]!.pid;
    sid[row] = processes[order[row]!]!.sid;
  }
  return {
    size: count,
    process: (row) => processes[order[row]!]!,
    parent,
    depth,
    end,
    pid,
    sid,
    rowOf: (wanted) => {
      const index = at.get(wanted);
      return index === undefined ? -1 : rowAt[index]!;
    },
  };
}

/** Rows that are seen when the subtrees below `collapsed` rows are folded away. */
export function visibleRows({ size, end }: ProcessForest, collapsed: ReadonlySet<number>): Int32Array {
  const rows = new Int32Array(size);
  let count = 0;
  for (let row = 0; row < size; row = collapsed.has(row) ? end[row]! : row + 1) rows[count++] = row;
  return rows.subarray(0, count);
}
