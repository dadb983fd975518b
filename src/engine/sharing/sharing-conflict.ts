/**
 * Sharing conflict: why no history gives these shared objects, by as few facts as there can be, as data and in words.
 *
 * In: a tree that the state search has refused. Out: the smallest part of it that is still refused (refused-part.ts), as a
 * conflict. Where classes of two kinds close a circle, that is the reason by itself.
 * Cost: one search a part that is tried, within the budget; `minimal` says whether it sufficed.
 */
import { type Conflict, type Fact, placeBelow } from '../answer-types/conflict.ts';
import { inWords } from '../answer-types/in-words.ts';
import type { WorkBudget } from '../plan/work-budget.ts';
import { KIND_WORDS } from '../tree/kind-words.ts';
import { OUTSIDE, type ProcessTree, parentPid } from '../tree/process-tree.ts';
import { KINDS, type Kind, NOT_TOLD, SIGHAND, VM } from '../tree/sharing-columns.ts';
import type { ClassCycle } from './class-cycle.ts';
import { cycleOf, Shrinking, toldSignals } from './refused-part.ts';

/** Processes up to which a tree is shrunk as it is. */
const SMALL = 64;

export interface SharingConflict {
  readonly conflict: Conflict;
  readonly kinds: readonly Kind[];
  /** Processes of the circle of classes, where there is one, in its order. */
  readonly cycle: readonly number[] | null;
  /** The part of the tree that is still refused, and whether sessions matter in it. */
  readonly part: ProcessTree;
  readonly sessions: boolean;
}

export function sharingConflict(tree: ProcessTree, budget: WorkBudget): SharingConflict {
  let shrink = new Shrinking(budget, false);
  const small = shrink.ofCycle(tree) ?? (tree.size > SMALL ? shrink.ofCollision(tree) : null);
  if (!small && tree.sharing?.exitSignal && !shrink.isRefused(tree)) shrink = new Shrinking(budget, true);
  const part = shrink.smallest(small ?? tree);
  const cycle = cycleOf(part);
  const bare = shrink.isRefused(withoutSessions(part));
  const conflict = conflictOf(tree, part, cycle, !bare, shrink.complete);
  // Handlers that several have are in one address space, whoever tells it (K1).
  const sharesHandlers = membersOf(part, SIGHAND).length > 0;
  const kinds = KINDS.filter(
    (_, kind) =>
      membersOf(part, kind).length > 0 || (kind === VM && sharesHandlers && part.sharing!.classes[VM]),
  );
  const pids = cycle?.processes.map((p) => part.pid[p]!) ?? null;
  return { conflict, kinds, cycle: pids, part, sessions: !bare };
}

/** The same with everybody in the root's session. */
function withoutSessions(tree: ProcessTree): ProcessTree {
  const sid = new Int32Array(tree.size).fill(tree.sid[0]!);
  return { ...tree, sid };
}

/** Processes whose class of a kind has another member, by class. */
function membersOf({ sharing }: ProcessTree, kind: number): number[][] {
  const column = sharing?.classes[kind] ?? new Int32Array(0);
  const told = [...column.keys()].filter((i) => column[i] !== NOT_TOLD);
  return [...Map.groupBy(told, (i) => column[i]!).values()].filter(({ length }) => length > 1);
}

function conflictOf(
  whole: ProcessTree,
  part: ProcessTree,
  cycle: ClassCycle | null,
  sessions: boolean,
  minimal: boolean,
): Conflict {
  const facts: Fact[] = [];
  const words: string[] = [];
  const concerned = new Set<number>();
  for (let kind = 0; kind < KINDS.length; kind++) {
    for (const members of membersOf(part, kind)) {
      const first = whole.indexOf(part.pid[members[0]!]!);
      const value = (whole.sharing?.classes[kind]?.[first] ?? first) + 1;
      for (const i of members) {
        facts.push({ pid: part.pid[i]!, field: KINDS[kind]!, value });
        concerned.add(i);
      }
      words.push(`${inWords(members.map((i) => part.pid[i]!))} share ${KIND_WORDS[KINDS[kind]!].any}`);
    }
  }
  for (const i of toldSignals(part)) {
    const value = part.sharing!.exitSignal![i]!;
    facts.push({ pid: part.pid[i]!, field: 'exitSignal', value });
    words.push(`${part.pid[i]} has exit signal ${value}`);
  }
  for (let i = 0; i < part.size; i++) {
    if (sessions) facts.push({ pid: part.pid[i]!, field: 'sid', value: part.sid[i]! });
    if (cycle && !sessions) continue;
    if (sessions)
      words.push(`${part.pid[i]} ${part.sid[i] === part.pid[i] ? 'leads' : 'is in'} session ${part.sid[i]}`);
    if (part.parent[i] === OUTSIDE) continue;
    const above = part.pid[part.parent[i]!]!;
    const place = placeBelow(part.pid[i]!, parentPid(whole, whole.indexOf(part.pid[i]!)), above);
    facts.push(place.fact);
    words.push(`${part.pid[i]} is ${place.words}`);
    concerned.add(i);
    concerned.add(part.parent[i]!);
  }
  const pids = [...concerned].map((i) => part.pid[i]!).sort((a, b) => a - b);
  const fromBirth = 'Another exit signal than SIGCHLD is had from birth, as a child of the same parent.';
  const signals = facts.some(({ field }) => field === 'exitSignal') ? ` ${fromBirth}` : '';
  const reason = cycle
    ? `${circle(part, cycle)}: each of these passes at births only, and births have no circle.`
    : `Each of these passes at births only, and no order of births, of leaving and of setsid gives all of it.${signals}`;
  return { rule: 'SHARING', pids, facts, text: `${words.join('; ')}. ${reason}`, minimal };
}

function circle(tree: ProcessTree, { processes, links }: ClassCycle): string {
  return processes
    .map(
      (p, at) =>
        `${tree.pid[p]} has ${links[at]} in common with ${tree.pid[processes[(at + 1) % processes.length]!]}`,
    )
    .join(', ');
}
