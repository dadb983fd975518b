/**
 * The proof of a sharing conflict: its facts as lines, and the rule by which they contradict each other.
 *
 * In: the image and a conflict. Out: a proof that the checker has accepted; null, it does not accept this one.
 * A circle of classes is a proof of any length; else the rule tries every way for the processes of the conflict, of
 * which it takes a few. Cost: that of the check.
 */
import type { WorkBudget } from '../plan/work-budget.ts';
import { checkProof } from '../proof/check-proof.ts';
import { exitSignal, parent as parentFact } from '../proof/facts.ts';
import { Image, NOTHING_GIVEN } from '../proof/image.ts';
import { namesIn } from '../proof/names.ts';
import { CONTRADICTION, type Fact, IMAGE, type Line, type Proof } from '../proof/proof.ts';
import type { CheckedProof } from '../refute/prove-refusal.ts';
import { OUTSIDE, type ProcessTree, parentPid } from '../tree/process-tree.ts';
import { KINDS, type Kind, NOT_TOLD } from '../tree/sharing-columns.ts';
import { toldSignals } from './refused-part.ts';
import type { SharingConflict } from './sharing-conflict.ts';

/** What trying every way may cost, in work of the budget. */
const TRIED = 1_000_000;

export function proveSharing(
  tree: ProcessTree,
  conflict: SharingConflict,
  budget: WorkBudget,
): CheckedProof | null {
  budget.work -= TRIED;
  const image = new Image(tree, NOTHING_GIVEN);
  for (const { facts, rule } of attempts(image, conflict)) {
    const lines: Line[] = facts.map((claim) => ({ rule: IMAGE, from: [], claim }));
    lines.push({ rule, from: facts.map((_, at) => at), claim: CONTRADICTION });
    const proof: Proof = { names: namesIn(image, lines), lines };
    const check = checkProof(image, proof);
    if (check.valid) return { proof, facts: check.facts, steps: check.steps };
  }
  return null;
}

function* attempts(
  image: Image,
  { part, kinds, cycle, sessions }: SharingConflict,
): Generator<{ facts: Fact[]; rule: string }> {
  if (cycle) {
    const pids = [...cycle];
    for (let a = 0; a < kinds.length; a++)
      for (let b = a + 1; b < kinds.length; b++)
        yield {
          facts: [kinds[a]!, kinds[b]!].map((kind) => objects(part, kind, pids)),
          rule: 'circle of objects',
        };
  }
  const pids = [...part.pid];
  const facts: Fact[] = kinds.map((kind) => objects(part, kind, pids));
  const signals = toldSignals(part);
  for (let i = 1; i < part.size; i++) {
    const above = part.parent[i]!;
    const pid = part.pid[i]!;
    if (signals.includes(i)) facts.push(exitSignal(image, pid));
    // Where signals matter it does whether somebody is a child of who is above.
    if (signals.length > 0) facts.push(parentFact(image, pid));
    if (signals.length > 0 && image.parent(pid) === parentPid(part, i)) continue;
    if (above > 0 && above !== OUTSIDE)
      facts.push({ says: 'ancestor', process: part.pid[i]!, ancestor: part.pid[above]! });
  }
  if (sessions)
    for (let i = 0; i < part.size; i++)
      facts.push({ says: 'session', process: part.pid[i]!, session: part.sid[i]! });
  yield { facts, rule: signals.length > 0 ? 'exit signals' : 'shared objects' };
}

function objects(part: ProcessTree, kind: Kind, pids: readonly number[]): Fact {
  const column = part.sharing!.classes[KINDS.indexOf(kind)]!;
  const numbers = new Map<number, number>();
  const classes = pids.map((pid) => {
    const name = column[part.indexOf(pid)]!;
    if (name === NOT_TOLD) return -1;
    if (!numbers.has(name)) numbers.set(name, numbers.size);
    return numbers.get(name)!;
  });
  return { says: 'objects', kind, processes: [...pids], classes };
}
