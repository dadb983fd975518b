/**
 * Class cycle: a certificate that no tree of births has these classes, whatever the parents (inherit-only resources, 6.1).
 *
 * In: a sharing problem. Out: processes of which each has a class in common with the next, alternately of one kind and
 * of another, with two different classes of each; null, there is no such circle of two kinds.
 * Every class is a connected part of one tree. Take the graph of the classes of two kinds, an edge for each pair that
 * somebody has both of: in a tree of births it has no circle, and disjoint sets meet the first edge that closes one.
 * Cost: near-linear in processes, for each pair of kinds.
 */
import { joinSets, setOf } from '../tree/disjoint-sets.ts';
import { KINDS } from '../tree/sharing-columns.ts';
import { PRIVATE, type SharingProblem } from './sharing-problem.ts';

export interface ClassCycle {
  readonly processes: readonly number[];
  /** What each process has in common with the next. */
  readonly links: readonly string[];
}

export function classCycle(problem: SharingProblem): ClassCycle | null {
  for (let a = 0; a < problem.kinds.length; a++) {
    for (let b = a + 1; b < problem.kinds.length; b++) {
      const cycle = cycleOfTwo(problem, a, b);
      if (cycle) return cycle;
    }
  }
  return null;
}

interface Edge {
  readonly to: number;
  readonly process: number;
}

function cycleOfTwo(
  { births, classes, classCount, kinds }: SharingProblem,
  a: number,
  b: number,
): ClassCycle | null {
  const link = Int32Array.from({ length: classCount[a]! + classCount[b]! }, (_, i) => i);
  const edges = new Map<number, Edge[]>();
  const known = new Set<string>();
  for (let p = 0; p < births.size; p++) {
    const x = classes[a]![p]!;
    if (x === PRIVATE || classes[b]![p] === PRIVATE) continue;
    const y = classCount[a]! + classes[b]![p]!;
    if (known.has(`${x},${y}`)) continue;
    known.add(`${x},${y}`);
    if (setOf(link, x) === setOf(link, y)) {
      const processes = [p, ...path(edges, y, x)];
      // From y on: the first two have y, a class of kind b, in common.
      return { processes, links: processes.map((_, at) => KINDS[kinds[at % 2 === 0 ? b : a]!]!) };
    }
    joinSets(link, x, y);
    edges.set(x, [...(edges.get(x) ?? []), { to: y, process: p }]);
    edges.set(y, [...(edges.get(y) ?? []), { to: x, process: p }]);
  }
  return null;
}

/** Processes on the way between two classes of a forest, breadth first. */
function path(edges: ReadonlyMap<number, readonly Edge[]>, from: number, to: number): number[] {
  const cameBy = new Map<number, { readonly before: number; readonly process: number }>();
  const queue = [from];
  for (let at = 0; at < queue.length && !cameBy.has(to); at++) {
    for (const edge of edges.get(queue[at]!) ?? []) {
      if (edge.to === from || cameBy.has(edge.to)) continue;
      cameBy.set(edge.to, { before: queue[at]!, process: edge.process });
      queue.push(edge.to);
    }
  }
  const processes: number[] = [];
  for (let at = to; at !== from; at = cameBy.get(at)!.before) processes.unshift(cameBy.get(at)!.process);
  return processes;
}
