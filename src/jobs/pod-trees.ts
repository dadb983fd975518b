/** The trees of a pod's containers: which of them share a pid namespace, as one tree; and whose processes some pids are. */

import { joinTrees } from '../engine/tree/join-trees.ts';
import type { ProcessTree } from '../engine/tree/process-tree.ts';
import { rootIsInit } from '../engine/tree/process-tree.ts';
import type { Fault } from '../errors.ts';
import type { TreeRecord } from '../store/store.ts';
import { treeFromBytes } from '../store/tree-bytes.ts';
import { infoOf, treeRecord } from './tree-record.ts';

export interface ContainerTree {
  readonly record: Pick<TreeRecord, 'id' | 'info' | 'bytes'>;
  /** Name that those who share one have in common; null: what the trees look like decides. */
  readonly pidNamespace: string | null;
}

/** Trees that are one, by their places. */
export interface TreesTogether {
  readonly of: readonly number[];
  /** Their joint tree; null for a single one, and where they cannot be one. */
  readonly joint: TreeRecord | null;
  /** Why they cannot be one. */
  readonly faults: readonly Fault[];
}

/**
 * Trees of one pid namespace, joined. Where nobody names it, those whose root is no init live in that of the pod, and
 * so does the init that they have, if there is only one; they are one tree unless two of them have a number in common.
 */
export function treesTogether(containers: readonly ContainerTree[]): TreesTogether[] {
  const trees = containers.map(({ record }) => treeFromBytes(record.bytes));
  const groups = new Map<string, number[]>();
  const inits: number[] = [];
  trees.forEach((tree, at) => {
    const { pidNamespace } = containers[at]!;
    if (pidNamespace === null && isInit(tree)) inits.push(at);
    else groups.set(keyOf(pidNamespace), [...(groups.get(keyOf(pidNamespace)) ?? []), at]);
  });
  const shared = groups.get(keyOf(null));
  if (inits.length === 1 && shared) shared.unshift(inits.pop()!);
  return [
    ...[...groups].flatMap(([key, of]) => joined(of, trees, containers, key === keyOf(null))),
    ...inits.map((at) => alone(at)),
  ];
}

function keyOf(pidNamespace: string | null): string {
  return pidNamespace === null ? '' : `named ${pidNamespace}`;
}

/** Has its container a pid namespace of its own? */
function isInit(tree: ProcessTree): boolean {
  const innermost = tree.levels ? tree.levels.pid[tree.levels.offset[1]! - 1] : tree.pid[0];
  return innermost === 1 || rootIsInit(tree);
}

function alone(at: number): TreesTogether {
  return { of: [at], joint: null, faults: [] };
}

function joined(
  of: readonly number[],
  trees: readonly ProcessTree[],
  containers: readonly ContainerTree[],
  byLooks: boolean,
): TreesTogether[] {
  if (of.length === 1) return [alone(of[0]!)];
  const built = joinTrees(of.map((at) => trees[at]!));
  if (built.ok) {
    const findings = of.flatMap((at) => infoOf(containers[at]!.record).findings);
    return [{ of, joint: treeRecord(built.tree, findings), faults: [] }];
  }
  if (byLooks) return of.map(alone);
  return [{ of, joint: null, faults: built.faults.map(({ code, message }) => ({ code, message })) }];
}

/** Places of the trees that have a process with one of the pids. */
export function treesWith(records: readonly Pick<TreeRecord, 'bytes'>[], pids: readonly number[]): number[] {
  return records.flatMap(({ bytes }, at) => {
    const { indexOf } = treeFromBytes(bytes);
    return pids.some((pid) => indexOf(pid) >= 0) ? [at] : [];
  });
}
