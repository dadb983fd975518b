/**
 * Processes that can be born last, of their parents, whatever comes before: no search has to place them.
 *
 * In: a sharing problem. Out: 1 for each such process. It shares nothing, everybody below it can be born last too, and it
 * is in its parent's session, or leads one that nobody else is in who is placed before. When all others have been placed,
 * its parent has its session and may bear it with objects of its own; and leaving processes out keeps a reachable tree
 * reachable (inherit-only resources, 5.1). So the rest has a history exactly if the tree has one.
 * Cost: O(processes · kinds).
 */
import { PRIVATE, type SharingProblem } from './sharing-problem.ts';

export function bornLast({ births, classes }: Pick<SharingProblem, 'births' | 'classes'>): Uint8Array {
  const { size, parent, session, leader, sessionCount } = births;
  const last = new Uint8Array(size);
  /** Not born last: children of each process, members of each session. */
  const children = new Int32Array(size);
  const members = new Int32Array(sessionCount);
  for (let p = 0; p < size; p++) {
    members[session[p]!]!++;
    if (p > 0) children[parent[p]!]!++;
  }
  // Parents come before their children.
  for (let p = size - 1; p > 0; p--) {
    const s = session[p]!;
    const leadsAlone = leader[s] === p && members[s] === 1;
    if (children[p]! > 0 || (s !== session[parent[p]!] && !leadsAlone)) continue;
    if (classes.some((column) => column[p] !== PRIVATE)) continue;
    last[p] = 1;
    members[s]!--;
    children[parent[p]!]!--;
  }
  return last;
}
