/**
 * The order of a birth script's births, for a planner that has ways of its own to everything else.
 *
 * In: a tree, its sharing problem, a birth script. Out: who is born of whom, before or after its setsid, and which of
 * the creator's objects each birth passes on: who has an earlier one of a kind is born before who has a later one.
 * Nothing else orders the children of one creator.
 * Cost: O(events · kinds).
 */
import { SHARING, shareFlag } from '../plan/share-flags.ts';
import type { OrderedBirth, OrderedBirths } from '../planner/ordered-births.ts';
import type { ProcessTree } from '../tree/process-tree.ts';
import { FILES, KINDS, SIGHAND, VM } from '../tree/sharing-columns.ts';
import { BEAR, type BirthScript, EXEC, IOPRIO, LEAVE, SETSID } from './birth-script.ts';
import type { SharingProblem } from './sharing-problem.ts';

/** What execve leaves at once: one row of eras beside those of the kinds. */
const LEFT_BY_EXEC = shareFlag(FILES) | shareFlag(VM) | shareFlag(SIGHAND);

const ROWS: readonly number[] = [...KINDS.map((_, kind) => shareFlag(kind)), LEFT_BY_EXEC];

/** @param isExact does nobody bear for another, and no carrier what its creator cannot hold at once? */
export function scriptOrder(
  tree: ProcessTree,
  { births }: SharingProblem,
  { flags, events }: BirthScript,
  isExact = false,
): OrderedBirths {
  const { size, sessionNumber, sessionCount, leader, session } = births;
  const firstHolder = size + sessionCount;
  const numberOf = (e: number): number => {
    if (e >= firstHolder) return firstHolder - e - 1;
    return e < size ? tree.pid[e]! : sessionNumber[e - size]!;
  };
  const leads = (e: number): boolean => (e < size ? leader[session[e]!] === e : e < firstHolder);
  const ordered = new Map<number, OrderedBirth>();
  const left = [0];
  for (let by = left.pop(); by !== undefined; by = left.pop()) {
    let before = leads(by);
    const eras = new Array<number>(ROWS.length).fill(0);
    const children: number[] = [];
    const carriers: number[][] = [];
    for (const { op, value, rank } of events[by]!) {
      if (op === BEAR) {
        const passedOn = flags[value]!;
        const own = ROWS.map((flag, row) => ((passedOn & flag) === 0 ? -1 : eras[row]!));
        const of = { by: numberOf(by), before, rank, leadsAt: Number.POSITIVE_INFINITY };
        ordered.set(numberOf(value), { ...of, eras: own, carrier: isExact ? carrierFor(carriers, own) : -1 });
        children.push(value);
      } else if (op === SETSID) {
        before = false;
        const birth = ordered.get(numberOf(by));
        if (birth) ordered.set(numberOf(by), { ...birth, leadsAt: rank });
      } else if (op !== IOPRIO) {
        const changed = op === LEAVE ? value & SHARING : LEFT_BY_EXEC;
        for (let kind = 0; kind < KINDS.length; kind++) if ((changed & ROWS[kind]!) !== 0) eras[kind]!++;
        if (op === EXEC) eras[KINDS.length]!++;
      }
    }
    for (let i = children.length - 1; i >= 0; i--) left.push(children[i]!);
  }
  return ordered;
}

/** The first carrier that has borne nobody with another object; what it bears is added. */
function carrierFor(carriers: number[][], eras: readonly number[]): number {
  const fits = (held: readonly number[]): boolean =>
    held.every((era, row) => era < 0 || eras[row]! < 0 || era === eras[row]);
  const found = carriers.findIndex(fits);
  if (found < 0) return carriers.push([...eras]) - 1;
  carriers[found] = carriers[found]!.map((era, row) => Math.max(era, eras[row]!));
  return found;
}
