/**
 * Findings about births, for people: what is missing, what is ambiguous, what contradicts (codes of the contract,
 * section 4; texts and fields in docs/caba.md, section 9).
 *
 * In: a tree with an analysis of its births, the births of its plan, or a refusal. Out: diagnostics with pids.
 * Cost: O(n + what is listed).
 */

import { aboutProcesses, LISTED, processesWhere } from '../answer-types/about-processes.ts';
import type { Diagnostic } from '../answer-types/diagnostic.ts';
import { adoptions, type BirthMap } from '../births/birth-map.ts';
import type { BirthProblem } from '../births/birth-problem.ts';
import type { MapFault } from '../births/check-map.ts';
import type { BirthAnalysis } from '../histories/birth-analysis.ts';
import type { BirthRefusal } from '../histories/birth-demand.ts';
import type { OrderUse } from '../histories/choose-births.ts';
import type { BirthContradiction } from '../histories/contradiction.ts';
import { UNKNOWN } from '../tree/process-columns.ts';
import type { ProcessTree } from '../tree/process-tree.ts';
import { sharedKinds } from '../tree/sharing.ts';

/** Values that a text lists. */
const TOLD = 12;

/** CABA_MISSING, where births are missing. */
export function missingBirths(
  tree: ProcessTree,
  hints: Int32Array | null,
  analysis: BirthAnalysis | null,
): Diagnostic[] {
  return aboutProcesses(
    'CABA_MISSING',
    'info',
    processesWhere(tree, (q) => q > 0 && (!hints || hints[q] === UNKNOWN)),
    'Nothing that counts says who created these processes: the planner chose a history.',
    'The numbers come out exactly; what was only inherited at birth may have been shared differently.',
    analysis ? gradesInPids(tree, analysis) : { bounded: true },
  );
}

function gradesInPids(tree: ProcessTree, { grades, candidates, simplest, complete }: BirthAnalysis) {
  const forced: Record<string, number> = {};
  const simple: Record<string, number> = {};
  const open: Record<string, number[]> = {};
  for (let q = 1; q < tree.size; q++) {
    const pid = tree.pid[q]!;
    if (grades[q] === 'forced') forced[pid] = tree.pid[candidates.of[q]![0]!]!;
    else if (grades[q] === 'simplest') simple[pid] = tree.pid[simplest[q]!]!;
    else if (grades[q] === 'open') open[pid] = pidsOf(tree, candidates.of[q]!);
  }
  return { forced, simplest: simple, open, bounded: !complete || hasOnlyFromBirth(tree) };
}

/** Are there shared objects or exit signals, which not all of the births carry that parents and sessions allow? */
export function hasOnlyFromBirth({ sharing }: ProcessTree): boolean {
  return sharing !== null && (sharing.exitSignal !== null || sharedKinds(sharing).length > 0);
}

/** ORIGIN_AMBIGUOUS, where there is more than one history. `taken`: the births of the plan. */
export function ambiguousOrigin(
  tree: ProcessTree,
  problem: BirthProblem,
  analysis: BirthAnalysis,
  taken: BirthMap,
): Diagnostic[] {
  const { histories, ask, candidates, grades } = analysis;
  if (!ask) return [];
  const open: number[] = [];
  const certain: number[] = [];
  for (let q = 1; q < tree.size; q++) (candidates.of[q]!.length > 1 ? open : certain).push(q);
  const alternatives: Record<string, number[]> = {};
  for (const q of open) alternatives[tree.pid[q]!] = pidsOf(tree, candidates.of[q]!);
  const by = (q: number): string => `${tree.pid[q]}←${tree.pid[taken[q]!]}`;
  const words = [
    `This tree has ${numberOf(tree, histories)}.`,
    certain.length === 0
      ? 'No birth is certain.'
      : `Certain: ${told(certain.filter((q) => grades[q] !== 'given').map(by)) || 'what is given'}.`,
    `Taken: ${told(open.map(by))}.`,
    questionText(tree, ask),
  ];
  return [
    {
      code: 'ORIGIN_AMBIGUOUS',
      severity: 'info',
      pids: open.map((q) => tree.pid[q]!),
      message: words.join(' '),
      hint: 'Give `caba` in the image or `births` in the options; `history` n plans the n-th alternative.',
      detail: {
        histories: countedHistories(tree, histories),
        taken: mapInPids(tree, taken),
        adoptions: adoptions(taken, problem.parent),
        open: alternatives,
        ask: questionInPids(tree, ask),
      },
    },
  ];
}

function numberOf(tree: ProcessTree, histories: BirthAnalysis['histories']): string {
  const isExact = 'exact' in histories;
  if (!hasOnlyFromBirth(tree))
    return `${isExact ? histories.exact : `at least ${histories.atLeast}`} possible histories`;
  const counted = isExact ? `${histories.exact}` : `${histories.atLeast} or more`;
  return `${counted} histories by its parents and sessions, some of which may not carry what only birth gives`;
}

/** Whose birth settles most, for JSON. */
export function questionInPids(tree: ProcessTree, ask: NonNullable<BirthAnalysis['ask']>) {
  return {
    pid: tree.pid[ask.process]!,
    expectedLeft: ask.expectedLeft,
    worstLeft: ask.worstLeft,
    settles: ask.settles,
    of: ask.open,
    alternatives: ask.asGood.map((q) => [tree.pid[q]!]),
  };
}

/** How many histories there are, for JSON, which has no infinity. */
export function countedHistories(tree: ProcessTree, histories: BirthAnalysis['histories']) {
  const carries = hasOnlyFromBirth(tree);
  if ('exact' in histories) return carries ? { atLeast: 1, atMost: histories.exact } : histories;
  const { atLeast, atMost } = histories;
  return { atLeast: carries ? 1 : atLeast, atMost: Number.isFinite(atMost) ? atMost : null };
}

function questionText(tree: ProcessTree, ask: NonNullable<BirthAnalysis['ask']>): string {
  const others = ask.asGood.map((q) => tree.pid[q]!);
  const asked = tree.pid[ask.process]!;
  if (ask.settles === null) return `The best question is probably the CABA of ${asked}.`;
  if (ask.settles === ask.open) {
    const whose = others.length === 0 ? `${asked}` : `any one of ${[asked, ...others].join(', ')}`;
    return `Knowing the CABA of ${whose} settles all of it.`;
  }
  return `Knowing the CABA of ${asked} settles at least ${ask.settles} of ${ask.open} open births and leaves ${round(ask.expectedLeft!)} histories on average, ${ask.worstLeft} at worst.`;
}

const round = (n: number): string => String(Math.round(n * 100) / 100);

/** BIRTH_ORDER_IGNORED, where there is an order of births and the plan does not follow it. */
export function ignoredOrder(order: OrderUse): Diagnostic[] {
  if (order === 'none given' || order === 'followed') return [];
  const none = order === 'contradicts';
  return [
    {
      code: 'BIRTH_ORDER_IGNORED',
      severity: 'warning',
      pids: [],
      message: none
        ? 'No history fits the order of births: an ancestor by birth would be younger than its descendant. The plan does not follow it.'
        : 'No history that follows the order of births was found within the work limit; there may be one.',
      hint: 'The order is evidence only. Check birthOrder, or startTime where no process has a birthOrder.',
      detail: { reason: order },
    },
  ];
}

/** CABA_CONTRADICTION. */
export function contradictingBirths(
  tree: ProcessTree,
  problem: BirthProblem | null,
  hints: Int32Array,
  refusal: BirthRefusal,
): Diagnostic {
  const finding = {
    code: 'CABA_CONTRADICTION',
    severity: 'error',
    hint: 'Correct one of these values, or plan without them: respectCaba false, no births.',
  } as const;
  if (refusal.kind === 'faults') {
    const core = refusal.faults.map(({ pid, caba }) => ({ pid, caba }));
    const said = refusal.faults.map(({ pid, caba, message }) => `caba(${pid}) = ${caba}: ${message}.`);
    return {
      ...finding,
      pids: core.map(({ pid }) => pid),
      message: told(said, ' '),
      detail: { core, minimal: false, possible: {}, because: null },
    };
  }
  const { core, minimal, possible, because } = refusal.contradiction;
  const given = core.map((q) => ({ pid: tree.pid[q]!, caba: hints[q]! >= 0 ? tree.pid[hints[q]!]! : 0 }));
  const values: Record<string, number[]> = {};
  if (possible) for (const [i, q] of core.entries()) values[tree.pid[q]!] = pidsOf(tree, possible[i]!);
  return {
    ...finding,
    pids: given.slice(0, LISTED).map(({ pid }) => pid),
    message: contradictionText(tree, problem, refusal.contradiction, given, values),
    detail: {
      core: given.slice(0, LISTED),
      minimal,
      possible: values,
      because:
        because && problem
          ? {
              kind: because.fault,
              process: tree.pid[because.process]!,
              session: 'session' in because ? problem.sessionNumber[because.session]! : null,
            }
          : null,
    },
  };
}

function contradictionText(
  tree: ProcessTree,
  problem: BirthProblem | null,
  { because, minimal }: BirthContradiction,
  given: readonly { pid: number; caba: number }[],
  values: Readonly<Record<string, readonly number[]>>,
): string {
  const said = told(given.map(({ pid, caba }) => `caba(${pid}) = ${caba}`));
  const reason =
    because && problem ? ` In a history that meets all others: ${reasonText(tree, problem, because)}` : '';
  const could = given
    .filter(({ pid }) => values[pid] !== undefined)
    .map(({ pid }) =>
      values[pid]!.length === 0 ? `caba(${pid}): nothing` : `caba(${pid}): ${told(values[pid]!)}`,
    );
  if (given.length === 1) {
    const possible = could.length > 0 ? ` Possible is ${could[0]}.` : '';
    return `This value alone fits no history: ${said}.${reason}${possible}`;
  }
  const which = minimal ? 'one of them must change' : 'at least one of them must change';
  const possible = could.length > 0 ? ` If the others hold, possible is ${could.join('; ')}.` : '';
  return `These values exclude each other, ${which}: ${said}.${reason}${possible}`;
}

function reasonText(tree: ProcessTree, problem: BirthProblem, fault: MapFault): string {
  const q = tree.pid[fault.process]!;
  switch (fault.fault) {
    case 'cycle':
      return `they make ${q} its own ancestor.`;
    case 'parent':
      return `a parent is always an ancestor by birth, and on the way up from ${q} its parent ${tree.pid[problem.parent[fault.process]!]} is missing.`;
    case 'session': {
      const through = tree.pid[fault.through]!;
      return `${q} is in session ${number(problem, fault.session)}, which would have come to it past ${through}, and ${through} was never in it.`;
    }
    case 'leader': {
      const through = tree.pid[fault.through]!;
      return `${through} would have been born in two sessions, ${number(problem, fault.session)} and ${number(problem, fault.other)}.`;
    }
    case 'namespace':
      return `where ${q} and its parent live, that ancestor cannot have made it: orphans do not leave their pid namespace.`;
    case 'order':
      return `${q} is older than its ancestor.`;
  }
}

function number(problem: BirthProblem, session: number): number {
  return problem.sessionNumber[session]!;
}

/** pid → pid, without the root. */
export function mapInPids(tree: ProcessTree, map: BirthMap): Record<string, number> {
  const pids: Record<string, number> = {};
  for (let q = 1; q < tree.size; q++) if (map[q]! >= 0) pids[tree.pid[q]!] = tree.pid[map[q]!]!;
  return pids;
}

/** Ascending. */
export function pidsOf(tree: ProcessTree, processes: readonly number[]): number[] {
  return processes.map((x) => tree.pid[x]!).sort((a, b) => a - b);
}

function told(values: readonly (string | number)[], separator = ', '): string {
  const more = values.length > TOLD ? `${separator}and ${values.length - TOLD} more` : '';
  return values.slice(0, TOLD).join(separator) + more;
}
