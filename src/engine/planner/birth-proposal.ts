/**
 * Birth proposal (theory, step 3): places every element in a first origin tree, only to read off birth sessions for
 * the leaders whose birth is still free.
 *
 * In: births known after the opening order. Out: a birth session for every leader, or a failure. Nothing here is
 * believed later: exact-check.ts judges the proposal.
 * Invariant: whoever was required above an element when it was placed stays above it.
 * Cost: near-linear; climbing only where an element needs two ancestors (origin-draft.ts). Kernel rules: E7, A1–A3.
 */

import { accumulate, PairList, type Rows } from '../tree/adjacency.ts';
import { copyOf, int32s } from '../tree/scratch.ts';
import { topologicalOrder } from '../tree/topological-order.ts';
import type { Failure, Opening } from './opening-order.ts';
import { OriginDraft } from './origin-draft.ts';
import {
  deadLeaders,
  isElement,
  isLeader,
  isRootRegion,
  leaderElement,
  type OriginProblem,
  regionOf,
  regionTop,
} from './origin-problem.ts';
import { SessionTree } from './session-tree.ts';

export function proposeBirths(problem: OriginProblem, opening: Opening): Int32Array | Failure {
  const certain = opening.commits === 0;
  const required = requiredAbove(problem, opening);
  if (!(required instanceof PairList)) return { ...required, certain };
  const elements = problem.size + problem.sessionCount;
  const above = withoutRepeats(required.rows(elements));
  const below = reversedRows(elements, above);

  const underTop = new PairList(elements);
  for (let e = 1; e < elements; e++) {
    if (!isElement(problem, e)) continue;
    const region = regionOf(problem, opening.birth, e);
    if (region < 0) continue;
    const top = regionTop(problem, region);
    if (top !== 0) underTop.push(top, e);
  }
  const order = topologicalOrder(elements, (e) => isElement(problem, e), [below, underTop.rows(elements)]);
  const draft = new OriginDraft(problem, opening.birth, above);
  for (let at = 0; at < order.length; at++) {
    const e = order[at]!;
    if (e !== 0 && !draft.place(e)) return { certain: false, processes: draft.conflict };
  }
  if (order.length < problem.size + deadLeaders(problem)) {
    const placed = new Set(order);
    const stuck = [...problem.parent.keys()].filter((v) => !placed.has(v));
    return { certain, processes: stuck };
  }

  const birth = copyOf(opening.birth);
  for (let s = 0; s < problem.sessionCount; s++) {
    if (birth[s]! < 0 && !isRootRegion(problem, s)) birth[s] = draft.regionOf(leaderElement(problem, s));
  }
  return birth;
}

/** owner: element, item: element that must be above it. */
function requiredAbove(problem: OriginProblem, opening: Opening): PairList | Omit<Failure, 'certain'> {
  const { size, parent, session } = problem;
  const { birth } = opening;
  const known = new SessionTree(birth);
  const required = new PairList(size);
  const rootCluster = opening.clusterOf(0);
  let failure: (Omit<Failure, 'certain'> & { readonly alike: number[] }) | null = null;
  const refuse = (q: number, p: number): void => {
    failure ??= { processes: [q, p], alike: [] };
    failure.alike.push(q, p);
  };
  for (let q = 1; q < size; q++) {
    const p = parent[q]!;
    if (p === 0) continue;
    const region = regionOf(problem, birth, q);
    if (region < 0) {
      required.push(q, p);
      continue;
    }
    const cluster = opening.clusterOf(region);
    if (opening.clusterOf(session[p]!) !== cluster) {
      if (cluster === rootCluster) refuse(q, p);
      else required.push(leaderElement(problem, cluster), p);
      continue;
    }
    if (isLeader(problem, p) && known.isAbove(session[p]!, region)) continue;
    const parentRegion = regionOf(problem, birth, p);
    if (parentRegion === region) {
      required.push(q, p);
      continue;
    }
    if (parentRegion < 0 || !known.isAbove(parentRegion, region)) {
      refuse(q, p);
      continue;
    }
    const towards = known.childToward(parentRegion, region);
    if (regionTop(problem, towards) === 0) refuse(q, p);
    else if (leaderElement(problem, towards) !== p) required.push(leaderElement(problem, towards), p);
  }
  return failure ?? required;
}

/** Closes up the rows of which some have an item twice, in place. */
function withoutRepeats({ offset, items }: Rows): Rows {
  let length = 0;
  let from = 0;
  for (let o = 0; o + 1 < offset.length; o++) {
    const to = offset[o + 1]!;
    if (to - from > 1) items.subarray(from, to).sort();
    for (let i = from; i < to; i++)
      if (i === from || items[i] !== items[length - 1]) items[length++] = items[i]!;
    from = to;
    offset[o + 1] = length;
  }
  return { offset, items: items.subarray(0, length) };
}

function reversedRows(count: number, rows: Rows): Rows {
  const offset = int32s(count + 1);
  for (let i = 0; i < rows.items.length; i++) offset[rows.items[i]!]!++;
  accumulate(offset);
  const items = int32s(rows.items.length);
  for (let o = count - 1; o >= 0; o--) {
    for (let i = rows.offset[o + 1]! - 1; i >= rows.offset[o]!; i--) items[--offset[rows.items[i]!]!] = o;
  }
  return { offset, items };
}
