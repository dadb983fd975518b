/**
 * The pid namespaces of an image: checked, and put into canonical order.
 *
 * In: the declarations of the columns, the pid index, the root's row. Out: namespaces ordered by level, then by the
 * pid of their init, and the canonical index of each declaration.
 * Invariant: index 0 is level 0, parents come before children, every nested namespace has its init in the image and inside.
 * Rules: an init has the number 1; Linux nests 32 levels (kernel-rules: MAX_PID_NS_LEVEL).
 * Cost: linear in the processes, k log k in the namespaces.
 */
import type { PidNamespaceDeclaration, ProcessColumns } from './process-columns.ts';
import { OUTSIDE } from './process-tree.ts';
import type { FaultList } from './tree-fault.ts';

const MAX_LEVELS = 32;

export interface NamespaceForest {
  readonly namespaces: readonly ForestNamespace[];
  /** Canonical index of each declaration. */
  readonly canonical: Int32Array;
}

export interface ForestNamespace {
  readonly id: string;
  readonly parent: number;
  readonly level: number;
  /** Row of the init, OUTSIDE where level 0 has it outside the image. */
  readonly initRow: number;
}

/** Null with faults where the declarations are no forest, or a process names none of them. */
export function namespaceForest(
  columns: ProcessColumns,
  rootRow: number,
  rowOf: (pid: number) => number,
  faults: FaultList,
): NamespaceForest | null {
  const declared = columns.namespaces ?? [defaultNamespace(columns, rootRow)];
  const before = faults.total;
  for (let row = 0; row < columns.count; row++) {
    const namespace = columns.namespace[row]!;
    if (namespace < 0 || namespace >= declared.length) homeUnknown(columns, row, faults);
  }
  const parents = declaredParents(declared, faults);
  if (faults.total > before) return null;
  const levels = declaredLevels(declared, parents, faults);
  if (faults.total > before) return null;
  const inits = declared.map((_, at) => initRow(columns, at, levels[at]!, rootRow, rowOf, faults));
  if (faults.total > before) return null;

  const order = declared.map((_, at) => at);
  const initPid = (at: number): number => (inits[at]! < 0 ? 0 : columns.pid[inits[at]!]!);
  order.sort((a, b) => levels[a]! - levels[b]! || initPid(a) - initPid(b));
  const canonical = new Int32Array(declared.length);
  order.forEach((at, index) => {
    canonical[at] = index;
  });
  const namespaces = order.map((at) => ({
    id: declared[at]!.id,
    parent: parents[at]! < 0 ? -1 : canonical[parents[at]!]!,
    level: levels[at]!,
    initRow: inits[at]!,
  }));
  return { namespaces, canonical };
}

function homeUnknown({ pid }: ProcessColumns, row: number, faults: FaultList): void {
  faults.add(
    'NAMESPACE_UNKNOWN',
    row,
    'pidns',
    () => `${pid[row]} lives in a pid namespace that is not declared.`,
  );
}

/** Level 0 alone. Number 1 is the init's and nobody else's. */
function defaultNamespace(columns: ProcessColumns, rootRow: number): PidNamespaceDeclaration {
  return { id: '0', parent: null, init: columns.pid[rootRow] === 1 ? 1 : null };
}

function declaredParents(declared: readonly PidNamespaceDeclaration[], faults: FaultList): number[] {
  const at = new Map<string, number>();
  declared.forEach(({ id }, index) => {
    if (at.has(id))
      faults.add(
        'NAMESPACE_TWICE',
        -1,
        `pidNamespaces/${index}/id`,
        () => `There are two pid namespaces "${id}".`,
      );
    else at.set(id, index);
  });
  const outermost = declared.filter(({ parent }) => parent === null).length;
  if (outermost !== 1) {
    faults.add(
      'NAMESPACE_OUTERMOST',
      -1,
      'pidNamespaces',
      () => `${outermost} pid namespaces have no parent; exactly one is the outermost.`,
    );
  }
  return declared.map(({ id, parent }, index) => {
    if (parent === null) return -1;
    const found = at.get(parent);
    if (found === undefined) {
      faults.add(
        'NAMESPACE_UNKNOWN',
        -1,
        `pidNamespaces/${index}/parent`,
        () => `The parent "${parent}" of pid namespace "${id}" is not declared.`,
      );
    }
    return found ?? -1;
  });
}

function declaredLevels(
  declared: readonly PidNamespaceDeclaration[],
  parents: readonly number[],
  faults: FaultList,
): number[] {
  const levels = new Array<number>(declared.length).fill(-1);
  const chain: number[] = [];
  for (let start = 0; start < declared.length; start++) {
    let at = start;
    while (at >= 0 && levels[at] === -1) {
      levels[at] = ON_CHAIN;
      chain.push(at);
      at = parents[at]!;
    }
    let level: number = at < 0 ? -1 : levels[at]!;
    if (level === ON_CHAIN) {
      faults.add(
        'NAMESPACE_CYCLE',
        -1,
        `pidNamespaces/${at}/parent`,
        () => `Pid namespace "${declared[at]!.id}" is its own ancestor.`,
      );
      level = 0;
    }
    while (chain.length > 0) {
      const index = chain.pop()!;
      levels[index] = ++level;
      if (level === MAX_LEVELS) {
        faults.add(
          'NAMESPACE_TOO_DEEP',
          -1,
          `pidNamespaces/${index}/parent`,
          () =>
            `Pid namespace "${declared[index]!.id}" is at level ${level}; Linux nests ${MAX_LEVELS} levels.`,
        );
      }
    }
  }
  return levels;
}

const ON_CHAIN = -2;

function initRow(
  columns: ProcessColumns,
  at: number,
  level: number,
  rootRow: number,
  rowOf: (pid: number) => number,
  faults: FaultList,
): number {
  const { id, init } = columns.namespaces?.[at] ?? defaultNamespace(columns, rootRow);
  const field = `pidNamespaces/${at}/init`;
  const row = init === null ? -1 : rowOf(init);
  if (row < 0) {
    if (level > 0) {
      faults.add('INIT_ABSENT', -1, field, () =>
        `The init ${init ?? ''} of pid namespace "${id}" is not in the image.`.replace('  ', ' '),
      );
    }
    return OUTSIDE;
  }
  if (columns.namespace[row] !== at) {
    faults.add(
      'INIT_ELSEWHERE',
      -1,
      field,
      () => `${init} is named as init of pid namespace "${id}" and lives in another one.`,
    );
  } else if (level === 0 && row !== rootRow) {
    faults.add(
      'INIT_NOT_ROOT',
      -1,
      field,
      () => `${init} is the init of the outermost pid namespace, so it must be the root.`,
    );
  }
  return row;
}
