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

/** The conflict; with all above it; with the members of the sessions of these; everybody. */
function* scopes(image: Image, pids: readonly number[], given: readonly number[]): Generator<number[]> {
  if (given.length === 0) yield [...pids];
  const born = given.flatMap((pid) => [pid, image.givenBirth(pid)]).filter((pid) => image.has(pid));
  let scope = withAncestors(image, [...pids.filter((pid) => image.has(pid)), ...born, ...given]);
  yield [...scope];
  for (;;) {
    const wider = withAncestors(image, [...scope, ...membersOf(image, scope)]);
    if (wider.size === scope.size || wider.size > MOST_ELEMENTS) break;
    yield [...wider];
    scope = wider;
  }
  const { pid } = image.tree;
  if (pid.length > scope.size && pid.length <= MOST_ELEMENTS) yield [...pid];
}

function withAncestors(image: Image, pids: readonly number[]): Set<number> {
  const all = new Set<number>(pids.filter((pid) => !image.has(pid)));
  for (const pid of pids) for (let p = pid; p > 0 && !all.has(p); p = image.parent(p)) all.add(p);
  return all;
}

/** Leaders and members of the sessions that these are in. */
function membersOf(image: Image, pids: ReadonlySet<number>): number[] {
  const sessions = new Set<number>();
  for (const pid of pids) {
    const c = image.session(pid);
    if (c > 0) sessions.add(c);
  }
  const { pid, sid } = image.tree;
  const members: number[] = [];
  for (let i = 0; i < pid.length && members.length <= MOST_ELEMENTS; i++) {
    if (sessions.has(sid[i]!)) members.push(pid[i]!);
  }
  return members;
}
