/** A forest as Graphviz DOT, for small trees: sessions by colour, pid namespaces as clusters. */

import type { ProcessForest, ShownProcess } from '../model/process-forest.ts';
import type { SessionColours } from '../model/session-colour.ts';

export function dotOf(forest: ProcessForest, colours: SessionColours): string {
  const lines = ['digraph processes {', '  node [shape=box, style="filled,rounded", fontname="sans-serif"];'];
  const clusters = new Map<string, string[]>();
  for (let row = 0; row < forest.size; row++) {
    const process = forest.process(row);
    const hue = colours.hue(process.sid);
    const fill = hue === null ? '"#e3e6ea"' : `"${(hue / 360).toFixed(3)} 0.25 0.95"`;
    const node = `"${process.pid}" [label="${labelOf(process)}", fillcolor=${fill}${styleOf(process)}];`;
    const namespace = process.pidns ?? '0';
    const nodes = clusters.get(namespace) ?? [];
    if (nodes.length === 0) clusters.set(namespace, nodes);
    nodes.push(node);
  }
  for (const [namespace, nodes] of clusters) {
    if (namespace === '0') {
      lines.push(...nodes.map((node) => `  ${node}`));
      continue;
    }
    lines.push(
      `  subgraph "cluster_${quoted(namespace)}" {`,
      `    label="pid namespace ${quoted(namespace)}";`,
    );
    lines.push(...nodes.map((node) => `    ${node}`), '  }');
  }
  for (let row = 0; row < forest.size; row++) {
    const parent = forest.parent[row]!;
    if (parent >= 0) lines.push(`  "${forest.pid[parent]}" -> "${forest.pid[row]}";`);
  }
  lines.push('}');
  return `${lines.join('\n')}\n`;
}

function labelOf({ pid, sid, pgid, comm, childSubreaper, state }: ShownProcess): string {
  const marks = [childSubreaper ? 'subreaper' : '', state === 'zombie' ? 'zombie' : ''].filter(Boolean);
  const first = [pid, comm].filter((part) => part !== undefined && part !== '').join(' ');
  return quoted([first, `sid ${sid} pgid ${pgid}`, ...marks].join('\n')).replaceAll('\n', '\\n');
}

function styleOf({ state, helper }: ShownProcess): string {
  if (helper) return ', style="filled,rounded,dashed"';
  return state === 'zombie' ? ', fontcolor="#777777"' : '';
}

function quoted(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
}
