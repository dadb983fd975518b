/**
 * Difference: what the working tree still lacks of the wanted one, and what it has too much.
 *
 * In: the processes that are there now and those that shall be, by parents. Out: numbers, and what differs in words.
 * Cost: O(n).
 */

import type { ShownProcess } from './process-forest.ts';

export interface Difference {
  readonly missing: readonly number[];
  readonly extra: readonly number[];
  readonly other: readonly { readonly pid: number; readonly what: string }[];
}

export function differenceOf(now: readonly ShownProcess[], wanted: readonly ShownProcess[]): Difference {
  const there = new Map(now.map((process) => [process.pid, process]));
  const missing: number[] = [];
  const other: { pid: number; what: string }[] = [];
  for (const process of wanted) {
    const found = there.get(process.pid);
    there.delete(process.pid);
    if (!found) missing.push(process.pid);
    else {
      const what = FIELDS.flatMap((differs) => differs(found, process));
      if (what.length > 0) other.push({ pid: process.pid, what: what.join(', ') });
    }
  }
  return { missing, extra: [...there.keys()], other };
}

type Differs = (now: ShownProcess, wanted: ShownProcess) => string[];

const numbered =
  (name: string, field: 'parent' | 'sid' | 'pgid'): Differs =>
  (now, wanted) =>
    now[field] === wanted[field] ? [] : [`${name} ${now[field]} instead of ${wanted[field]}`];

const FIELDS: readonly Differs[] = [
  numbered('parent', 'parent'),
  numbered('session', 'sid'),
  numbered('group', 'pgid'),
  (now, wanted) => (now.state === wanted.state ? [] : [`${now.state}, not yet ${wanted.state}`]),
  ({ childSubreaper: now = false }, { childSubreaper: wanted = false }) =>
    now === wanted ? [] : [now ? 'still a subreaper' : 'not yet a subreaper'],
];
