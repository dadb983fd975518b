/**
 * From a tree and a plan to the graft: the engine room's front door.
 *
 * In: a tree, a plan for it without CLONE_PARENT where one is needed, the release of CRIU. Out: an empty graft
 * where CRIU restores the tree exactly by itself, each time; a graft that its own check has run to exactly this tree; or none, with
 * a diagnostic that says why. Grafts are tried from the one that leaves most to CRIU to the one that leaves it least;
 * the first that the check passes is the answer.
 * Pure. Cost: near-linear, a few runs of the simulator.
 */

import { aboutProcesses, processesWhere } from '../answer-types/about-processes.ts';
import type { Diagnostic } from '../answer-types/diagnostic.ts';
import { bootOf } from '../kernel/replay.ts';
import { type HelperList, helperAt } from '../plan/helper-list.ts';
import type { StepList } from '../plan/step-list.ts';
import { predictCriu, refusedDump } from '../restorers/criu/predict.ts';
import type { CriuRules } from '../restorers/criu/release.ts';
import { runCriu } from '../restorers/criu/run.ts';
import type { Prediction } from '../restorers/prediction.ts';
import { CRIU_4_2, CRIU_4_3 } from '../restorers/releases.ts';
import { type SharingOutcome, sharingOutcome } from '../restorers/sharing-outcome.ts';
import { outsideNumbers } from '../tree/outside.ts';
import { ALIVE, ZOMBIE } from '../tree/process-columns.ts';
import type { ProcessTree } from '../tree/process-tree.ts';
import { withScratch } from '../tree/scratch.ts';
import { BOLDNESS, type Boldness, type Cast, castCarriers } from './cast-carriers.ts';
import { graftFault, restoreRecords } from './check-graft.ts';
import { finishingScript } from './finishing-script.ts';
import { type FullestTree, fullestTree } from './fullest-tree.ts';
import type { Carrier, CriuRelease, FinishStep, Graft, GraftRecord } from './graft.ts';
import { graftRecords, type RecordSet } from './graft-records.ts';
import { imageAsFullest } from './image-tree.ts';
import { keepsSharedTables } from './shared-tables.ts';

export interface PlanToGraft {
  readonly steps: StepList;
  readonly helpers: HelperList;
}

const RULES: Readonly<Record<CriuRelease, CriuRules>> = { '4.2': CRIU_4_2, '4.3': CRIU_4_3 };

/** @param planOf asked for a plan where CRIU alone does not do; null: the tree has none */
export function graftTree(image: ProcessTree, planOf: () => PlanToGraft | null, criu: CriuRelease): Graft {
  const tree: ProcessTree = { ...image, sharing: null };
  const rules = RULES[criu];
  const lost = sharingOutcome(image);
  const refusal = refusedDump(tree);
  const alone = withShared(predictCriu(tree, rules), refusal ? null : lost);
  const base = { criu, root: tree.pid[0]!, alone, diagnostics: lostStatuses(tree) };
  if (alone.outcome === 'restores' && !alone.mayHangFor)
    return { ...base, outcome: 'not needed', ...NOTHING };
  if (refusal) return impossible(base, 'not dumped', refusal.pids);
  if (lost?.outcome === 'refuses') return impossible(base, 'shared objects', lost.pids);
  const plan = planOf();
  if (!plan) return impossible(base, 'no plan', []);
  const graft = withScratch(() =>
    firstRight(tree, plan, rules, (records) => keepsSharedTables(image, records)),
  );
  if (graft) return { ...base, outcome: 'graft', ...graft };
  if (lost?.outcome === 'unsound') return impossible(base, 'file tables', lost.pids);
  return impossible(base, bornInShellSession(tree) ? 'shell session' : 'not found', alone.pids);
}

/** What processes share comes after the tree: where that is not restored, more is lost. What CRIU never looks at no graft brings. */
function withShared(alone: Prediction, lost: SharingOutcome | null): Prediction {
  if (lost === null || lost.outcome === 'differs') return alone;
  if (lost.outcome === 'unsound' && alone.outcome !== 'restores') return alone;
  const { outcome, message, pids } = lost;
  const { mayHangFor } = alone;
  return { outcome, message, pids, ...(mayHangFor && { mayHangFor }) };
}

const NOTHING = {
  records: [],
  carriers: [],
  script: [],
  restore: { sigchld: [], pdeathSignals: [], stops: [] },
} as const;

type Found = Pick<Graft, 'records' | 'carriers' | 'script' | 'restore'>;

/** Do these records keep what is shared? */
type Keeps = (records: readonly GraftRecord[]) => boolean;

function firstRight(tree: ProcessTree, plan: PlanToGraft, rules: CriuRules, keeps: Keeps): Found | null {
  const fullest = fullestTree(tree, plan.steps, plan.helpers);
  if (!fullest) return null;
  const asItIs = imageAsFullest(tree, plan.steps, fullest);
  const tries: readonly (readonly [FullestTree, Boldness])[] = [
    ...(asItIs ? [[asItIs, 'safe'] as const] : []),
    ...BOLDNESS.map((boldness) => [fullest, boldness] as const),
  ];
  const roles = Array.from({ length: plan.helpers.length }, (_, i) => helperAt(plan.helpers, i).role);
  for (const [players, boldness] of tries) {
    const cast = castCarriers(tree, players, roles, rules, boldness);
    const set = graftRecords(tree, players, plan.helpers, cast);
    const found = keeps(set.records) && complete(tree, plan.steps, players, cast, set, rules);
    if (found) return found;
  }
  return null;
}

/** Null: CRIU would not restore these records, or no script leads from there to the image. */
function complete(
  tree: ProcessTree,
  steps: StepList,
  fullest: FullestTree,
  cast: Cast,
  { records, carriers }: RecordSet,
  rules: CriuRules,
): Found | null {
  const run = runCriu(restoreRecords(tree, records), bootOf(tree), rules);
  if (!run.done || run.mayHangFor.length > 0) return null;
  const script = finishingScript(tree, steps, fullest, cast.as, run.kernel);
  if (!script || graftFault(tree, { records, script }, rules) !== null) return null;
  const restore = { ...NOTHING.restore, sigchld: disturbed(tree, script, records, carriers) };
  return { records, carriers, script, restore };
}

/** Processes that stay and see a carrier die, or get a zombie. */
function disturbed(
  tree: ProcessTree,
  script: readonly FinishStep[],
  records: readonly GraftRecord[],
  carriers: readonly Carrier[],
): number[] {
  const carried = new Set(carriers.map(({ pid }) => pid));
  const zombieParents = new Set(records.filter(({ zombie }) => zombie).map(({ ppid }) => ppid));
  const found = new Set<number>();
  const add = (pid: number): void => {
    const process = tree.indexOf(pid);
    if (process >= 0 && !carried.has(pid) && tree.state[process] === ALIVE) found.add(pid);
  };
  for (const step of script) {
    if (step.op !== 'exit') continue;
    add(step.parent);
    if (step.adopter !== undefined && zombieParents.has(step.pid)) {
      add(step.adopter);
      zombieParents.add(step.adopter);
    }
    if (step.reap === 'zombie') zombieParents.add(step.parent);
  }
  return [...found].sort((a, b) => a - b);
}

type Base = Pick<Graft, 'criu' | 'root' | 'alone' | 'diagnostics'>;

const IMPOSSIBLE = {
  'not dumped': [
    'CRIU does not dump this tree, so there are no images to graft: nested pid namespaces, a session whose leader is outside, or a process put in from outside.',
    'Restore the plan with an executor of its own.',
  ],
  'shared objects': [
    'CRIU does not dump objects that these processes share, so there are no images to graft.',
    'Restore the plan with an executor of its own, which shares them at birth.',
  ],
  'file tables': [
    'CRIU restores these processes without a single open descriptor and says nothing: each shares its parent’s file table and is in a session whose leader has another one, so no task of that session can bear it with that table.',
    'Do not restore with CRIU; restore the plan with an executor of its own.',
  ],
  'no plan': ['The tree has no plan, so there is nothing to graft.', 'The plan says why.'],
  'shell session': [
    "Somebody was born in the session from outside the image before its parent called setsid: with --shell-job CRIU looks for that session's leader among the records, and refuses whatever stands there.",
    'Dump from the session leader down, or restore the plan with an executor of its own.',
  ],
  'not found': [
    'No rewriting of the records was found that leads to this tree on the model of CRIU and the simulator.',
    'Please report this image; the plan itself stands.',
  ],
} as const;

function impossible(base: Base, reason: keyof typeof IMPOSSIBLE, pids: readonly number[]): Graft {
  const [message, hint] = IMPOSSIBLE[reason];
  const diagnostic: Diagnostic = {
    code: 'GRAFT_IMPOSSIBLE',
    severity: 'error',
    pids,
    message,
    hint,
    detail: { reason },
  };
  return { ...base, outcome: 'impossible', ...NOTHING, diagnostics: [...base.diagnostics, diagnostic] };
}

/** Is somebody in the session that the root came with, below a process that left it? */
function bornInShellSession(tree: ProcessTree): boolean {
  const { sid } = outsideNumbers(tree);
  if (sid === 0) return false;
  for (let i = 1; i < tree.size; i++) {
    if (tree.sid[i] === sid && tree.sid[tree.parent[i]!] !== sid) return true;
  }
  return false;
}

const CORE_DUMPED = 0x80;

function lostStatuses(tree: ProcessTree): Diagnostic[] {
  return aboutProcesses(
    'EXIT_STATUS_LOST',
    'warning',
    processesWhere(tree, (i) => tree.state[i] === ZOMBIE && (tree.exitStatus[i]! & CORE_DUMPED) !== 0),
    'These zombies dumped core when they died: the wait status has that bit only if they can dump again.',
    'Allow core files where the tree is finished, or accept the status without the bit.',
  );
}
