/**
 * The proof that goes with a refusal: looked for among the processes of its conflict, and checked.
 *
 * In: the image, the conflict's processes, and the given births that it is about. Out: a proof that the checker has
 * accepted, or null; then nothing is proved, and the refusal is no answer.
 * The conflict is where the search begins; where it does not suffice, whoever may have to do with it comes in too.
 * Cost: bounded by WORK and what the request has left; MOST_ELEMENTS of refute.ts.
 */

import { type WorkBudget, withShare } from '../plan/work-budget.ts';
import { checkProof } from '../proof/check-proof.ts';
import { type BirthsGiven, Image } from '../proof/image.ts';
import type { Proof } from '../proof/proof.ts';
import type { ProcessTree } from '../tree/process-tree.ts';
import { MOST_ELEMENTS, refute } from './refute.ts';

/** Work of one search. Some milliseconds of it are there even where nothing is left of the request's. */
const WORK = 20_000_000;
const LEAST_WORK = 1_000_000;

export interface CheckedProof {
  readonly proof: Proof;
  readonly facts: number;
  readonly steps: number;
}

/** @param births pid → closest alive born ancestor, those that the refusal is about */
export function proveRefusal(
  tree: ProcessTree,
  given: BirthsGiven,
  pids: readonly number[],
  births: BirthsGiven['births'],
  budget: WorkBudget,
): CheckedProof | null {
  const image = new Image(tree, { respectCaba: false, births });
  return withShare(budget, WORK, (share) => {
    const granted = Math.max(share.work, LEAST_WORK);
    const own = { work: granted };
    const proof = proofAmong(image, scopes(image, pids, Object.keys(births).map(Number)), own);
    share.work -= granted - own.work;
    const check = proof && checkProof(new Image(tree, given), proof);
    return check?.valid ? { proof: proof!, facts: check.facts, steps: check.steps } : null;
  });
}

function proofAmong(image: Image, scopes: Iterable<number[]>, budget: WorkBudget): Proof | null {
  for (const concerned of scopes) {
    const proof = refute(image, concerned, budget);
    if (proof || budget.work <= 0) return proof;
  }
  return null;
}

/**
 * The conflict; with all above it; with the members of the sessions of these; everybody. Where everybody is too many:
 * children, then members too, whose parent is in another session; where those above are, the conflict with the parents of who
 * is said to be born of somebody.
 */
function* scopes(image: Image, pids: readonly number[], given: readonly number[]): Generator<number[]> {
  if (given.length === 0) yield [...pids];
  const born = given.flatMap((pid) => [pid, image.givenBirth(pid)]).filter((pid) => image.has(pid));
  const named = [...pids.filter((pid) => image.has(pid)), ...born, ...given];
  const scope = withAncestors(image, named);
  if (scope.size > MOST_ELEMENTS) {
    const parents = given.filter((pid) => image.has(pid)).map((pid) => image.parent(pid));
    yield [...new Set([...named, ...parents.filter((pid) => pid > 0)])];
  }
  yield [...scope];
  const wide = yield* widened(image, scope, (from) => membersOf(image, from));
  const everybody = Array.from(image.tree.pid);
  if (everybody.length <= MOST_ELEMENTS) {
    if (everybody.length > (wide ?? scope).size) yield everybody;
    return;
  }
  const across = everybody.filter((pid) => isAcross(image, pid));
  const children = (from: ReadonlySet<number>) => across.filter((pid) => from.has(image.parent(pid)));
  yield* widened(image, scope, children);
  yield* widened(image, scope, (from) => {
    const sessions = sessionsOf(image, from);
    return [...children(from), ...across.filter((pid) => sessions.has(image.session(pid)))];
  });
}

/** Those and who comes with them, with all above, until nobody does: who that is; null, it is too many. */
function* widened(
  image: Image,
  scope: ReadonlySet<number>,
  comeWith: (pids: ReadonlySet<number>) => readonly number[],
): Generator<number[], ReadonlySet<number> | null> {
  for (let from = scope; ; ) {
    const wider = withAncestors(image, [...from, ...comeWith(from)]);
    if (wider.size > MOST_ELEMENTS) return null;
    if (wider.size === from.size) return from;
    yield [...wider];
    from = wider;
  }
}

/** Is its parent in another session, and not the root, who is above everybody? */
function isAcross(image: Image, pid: number): boolean {
  const parent = image.parent(pid);
  return parent > 0 && parent !== image.root && image.session(parent) !== image.session(pid);
}

function withAncestors(image: Image, pids: readonly number[]): Set<number> {
  const all = new Set<number>(pids.filter((pid) => !image.has(pid)));
  for (const pid of pids) for (let p = pid; p > 0 && !all.has(p); p = image.parent(p)) all.add(p);
  return all;
}

/** Sessions with a number that these are in. */
function sessionsOf(image: Image, pids: ReadonlySet<number>): Set<number> {
  const sessions = new Set<number>();
  for (const pid of pids) {
    const c = image.session(pid);
    if (c > 0) sessions.add(c);
  }
  return sessions;
}

/** Leaders and members of the sessions that these are in. */
function membersOf(image: Image, pids: ReadonlySet<number>): number[] {
  const sessions = sessionsOf(image, pids);
  const { pid, sid } = image.tree;
  const members: number[] = [];
  for (let i = 0; i < pid.length && members.length <= MOST_ELEMENTS; i++) {
    if (sessions.has(sid[i]!)) members.push(pid[i]!);
  }
  return members;
}
