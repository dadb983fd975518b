/** A forest as text, as `pstree` and checkpoint tools print it: one line a process. */

import type { ProcessForest, ShownProcess } from '../model/process-forest.ts';

export function textOf(forest: ProcessForest): string {
  const lines: string[] = [];
  /** By depth: does a sibling follow? */
  const follows: boolean[] = [];
  for (let row = 0; row < forest.size; row++) {
    const depth = forest.depth[row]!;
    const parent = forest.parent[row]!;
    follows[depth] = parent >= 0 && forest.end[row]! < forest.end[parent]!;
    let indent = '';
    for (let at = 1; at < depth; at++) indent += follows[at] ? '│   ' : '    ';
    if (depth > 0) indent += follows[depth] ? '├── ' : '└── ';
    lines.push(`${indent}${describe(forest.process(row))}`);
  }
  return `${lines.join('\n')}\n`;
}

function describe(process: ShownProcess): string {
  const { pid, comm, sid, pgid, pidns, childSubreaper, state, helper, threads, shares } = process;
  return [
    `[${pid}]`,
    comm,
    `sid=${sid}`,
    pgid === sid ? '' : `pgid=${pgid}`,
    pidns === undefined || pidns === '0' ? '' : `pidns=${pidns}`,
    threads && threads > 1 ? `threads=${threads}` : '',
    childSubreaper ? 'subreaper' : '',
    state === 'alive' ? '' : state,
    helper ? 'helper' : '',
    shares,
  ]
    .filter(Boolean)
    .join(' ');
}
