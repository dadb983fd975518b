/** A tree as the store keeps it: its id, what is shown of it, its columns as bytes; and what an upload says beside it. */

import { hash } from 'node:crypto';
import type { Diagnostic } from '../engine/answer-types/diagnostic.ts';
import { countNumbers } from '../engine/plan/number-counts.ts';
import type { Surroundings } from '../engine/requirements/surroundings.ts';
import { ZOMBIE } from '../engine/tree/process-columns.ts';
import type { ProcessTree } from '../engine/tree/process-tree.ts';
import { withScratch } from '../engine/tree/scratch.ts';
import { treeId } from '../formats/tree-id.ts';
import type { SurroundingsRecord, TreeRecord } from '../store/store.ts';
import { treeBytes } from '../store/tree-bytes.ts';

/** `info` of a tree's record. */
export interface TreeInfo {
  readonly processes: number;
  /** Besides the main ones. */
  readonly threads: number;
  readonly zombies: number;
  readonly sessions: number;
  readonly groups: number;
  readonly namespaces: number;
  /** Of the upload that was the first to bring this tree. */
  readonly findings: readonly Diagnostic[];
}

export function infoOf({ info }: Pick<TreeRecord, 'info'>): TreeInfo {
  return JSON.parse(info) as TreeInfo;
}

export function treeRecord(tree: ProcessTree, findings: readonly Diagnostic[]): TreeRecord {
  return {
    id: treeId(tree),
    info: JSON.stringify(withScratch(() => treeInfo(tree, findings))),
    bytes: treeBytes(tree),
  };
}

/** Fields are written in one order by the reader, so equal surroundings have one text. */
export function surroundingsRecord(surroundings: Surroundings): SurroundingsRecord {
  const text = JSON.stringify(surroundings);
  return { id: hash('sha256', text), text };
}

function treeInfo(tree: ProcessTree, findings: readonly Diagnostic[]): TreeInfo {
  let zombies = 0;
  for (let i = 0; i < tree.size; i++) if (tree.state[i] === ZOMBIE) zombies++;
  const { sessions, groups } = countNumbers(tree);
  return {
    processes: tree.size,
    threads: tree.threadId.length,
    zombies,
    sessions,
    groups,
    namespaces: tree.namespaces.length,
    findings,
  };
}
