/**
 * Schedule of a birth script: steps with their helpers, by the planner's own ways to parents, groups and deaths.
 *
 * In: the tree, its sharing problem and a birth script. Out: what the planner's schedule gives. Null: the numbers below
 * pid_max do not suffice, or a process changes too often for the columns.
 * A holder of a class is a tool: an element with a number of its own that dies in the plan. A carrier shares with its
 * creator whatever anybody shares whom it bears. The births are those of the script, in its order.
 * Cost: O(n + steps).
 */

import type { PlanOptions } from '../plan/plan-options.ts';
import { PARENT, StepList } from '../plan/step-list.ts';
import type { Scheduled } from '../planner/draft.ts';
import { AFTER, BEFORE } from '../planner/origin.ts';
import { elementLeads, elementSession, type OriginProblem } from '../planner/origin-problem.ts';
import { castPlan, type Parts } from '../planner/schedule/cast.ts';
import { Deaths } from '../planner/schedule/deaths.ts';
import { ANYBODY, type Elements, withExitSignals } from '../planner/schedule/elements.ts';
import { FreshNumbers } from '../planner/schedule/fresh-numbers.ts';
import { GroupMoves } from '../planner/schedule/group-moves.ts';
import { groupsThatMove } from '../planner/schedule/groups.ts';
import { inOneNamespace } from '../planner/schedule/one-namespace.ts';
import { type OriginWalk, walkChildren } from '../planner/schedule/origin-walk.ts';
import { arrangeParents, CARRIED, type Parentage, SIBLING } from '../planner/schedule/parentage.ts';
import { NumbersExhausted, Stage } from '../planner/schedule/stage.ts';
import { PairList } from '../tree/adjacency.ts';
import { outsideNumbers } from '../tree/outside.ts';
import { ZOMBIE } from '../tree/process-columns.ts';
import type { ProcessTree } from '../tree/process-tree.ts';
import { SIGCHLD } from '../tree/sharing-columns.ts';
import { BEAR, type BirthScript, EXEC, IOPRIO, LEAVE, SETSID } from './birth-script.ts';
import type { SharingProblem } from './sharing-problem.ts';

/** Segments of one process's births that a phase column tells apart. */
const MOST_SEGMENTS = 127;

export function scheduleScript(
  tree: ProcessTree,
  { births }: SharingProblem,
  script: BirthScript,
  options: PlanOptions,
): Scheduled | null {
  const elements = elementsOf(tree, births, script);
  if (!elements) return null;
  const walk = walkScript(script);
  const parentage = arrangeParents(elements, walk, options.allowCloneParent, null);
  const steps = new StepList(Math.max(64, tree.size * 3));
  const fresh = new FreshNumbers(tree, options.helperPidMin, options.occupiedPids);
  const stage = new Stage(steps, script.elements + parentage.carriers.count, fresh);
  const groups = groupsThatMove(tree, outsideNumbers(tree));
  try {
    const parts = partsOf(tree, births, script, elements, walk, parentage);
    const cast = castPlan(tree, elements, parentage, groups, stage, parts);
    scheduleBirths(script, parentage, stage);
    new GroupMoves(tree, groups, cast, stage, null).run();
    const deaths = new Deaths(tree, elements, parentage, stage);
    for (const e of walk.postorder) deaths.of(e);
    deaths.finish(null);
    return { steps, helpers: stage.roster.list(), adopts: deaths.adopts };
  } catch (error) {
    if (error instanceof NumbersExhausted) return null;
    throw error;
  }
}

/** A phase is BEFORE or AFTER the creator's setsid, and twice the number of its changes so far. */
function elementsOf(
  tree: ProcessTree,
  problem: OriginProblem,
  { elements, creator, events }: BirthScript,
): Elements | null {
  const { size, sessionCount } = problem;
  const phase = new Uint8Array(elements);
  const leads = new Uint8Array(elements);
  const dies = new Uint8Array(elements);
  const wanted = new Int32Array(elements).fill(ANYBODY);
  wanted.set(tree.parent);
  for (let e = 0; e < elements; e++) {
    if (e > 0 && creator[e]! < 0) continue;
    if (e < size + sessionCount && elementLeads(problem, e)) leads[e] = 1;
    if (e >= size || (e > 0 && tree.state[e] === ZOMBIE)) dies[e] = 1;
    let side = leads[e] === 1 ? BEFORE : AFTER;
    let segment = 0;
    for (const { op, value } of events[e]!) {
      if (op === BEAR) phase[value] = 2 * segment + side;
      else if (op !== IOPRIO) {
        if (op === SETSID) side = AFTER;
        if (++segment > MOST_SEGMENTS) return null;
      }
    }
  }
  const all: Elements = { size, creator, phase, leads, wanted, dies, places: null };
  return withExitSignals(all, asBorn(tree, all));
}

/** With the signals that processes are born with for those whom they bear as siblings, and lose by execve. */
function asBorn(tree: ProcessTree, { size, creator }: Elements): ProcessTree {
  const { sharing, parent } = tree;
  if (!sharing?.exitSignal) return tree;
  const exitSignal = sharing.exitSignal.slice();
  for (let p = 1; p < size; p++) {
    if (sharing.exitSignal[p] === SIGCHLD) continue;
    for (let e = creator[p]!; e !== parent[p]; e = creator[e]!)
      if (e < size && parent[e] === parent[p]) exitSignal[e] = exitSignal[p]!;
  }
  return { ...tree, sharing: { ...sharing, exitSignal } };
}

function walkScript({ elements, events }: BirthScript): OriginWalk {
  const born = new PairList();
  for (let e = 0; e < elements; e++)
    for (const { op, value } of events[e]!) if (op === BEAR) born.push(e, value);
  return walkChildren(born.rows(elements));
}

function partsOf(
  tree: ProcessTree,
  problem: OriginProblem,
  { elements, serves }: BirthScript,
  { creator, phase }: Elements,
  walk: OriginWalk,
  { carriers }: Parentage,
): Parts {
  const { size, sessionCount, rootHasTwoRegions, outside } = problem;
  const firstTool = size + sessionCount;
  /** Session that an element is born in; a tool stays in it. */
  const bornIn = new Int32Array(elements);
  bornIn[0] = rootHasTwoRegions ? outside : 0;
  const bornBy = (o: number, at: number): number => {
    if (o >= firstTool) return bornIn[o]!;
    return (at & 1) === BEFORE && elementLeads(problem, o) ? bornIn[o]! : elementSession(problem, o);
  };
  for (let at = 1; at < walk.preorder.length; at++) {
    const e = walk.preorder[at]!;
    bornIn[e] = bornBy(creator[e]!, phase[e]!);
  }
  return {
    tools: serves.map((_, h) => firstTool + h),
    ...inOneNamespace(tree, problem),
    sessionOf: (actor) => {
      const h = actor - elements;
      const s = h < 0 ? bornIn[actor]! : bornBy(carriers.creator[h]!, carriers.phase[h]!);
      return problem.sessionNumber[s]!;
    },
  };
}

function scheduleBirths(script: BirthScript, parentage: Parentage, { steps, pid }: Stage): void {
  const { elements, events, flags } = script;
  const { mode, carrierOf, carriers } = parentage;
  const { of } = pid;
  const carrierFlags = new Uint8Array(carriers.count);
  for (let e = 0; e < elements; e++) if (mode[e] === CARRIED) carrierFlags[carrierOf[e]!]! |= flags[e]!;
  const carrierBorn = new Uint8Array(carriers.count);
  const bear = (child: number, creator: number): void => {
    const shared = flags[child]!;
    if (mode[child] !== CARRIED) {
      steps.clone3(of[creator]!, of[child]!, shared | (mode[child] === SIBLING ? PARENT : 0));
      return;
    }
    const h = carrierOf[child]!;
    const carrier = of[elements + h]!;
    if (!carrierBorn[h]) {
      carrierBorn[h] = 1;
      steps.clone3(of[creator]!, carrier, carrierFlags[h]!);
    }
    steps.clone3(carrier, of[child]!, shared);
  };

  const next = new Int32Array(elements);
  const stack: number[] = [0];
  while (stack.length > 0) {
    const e = stack[stack.length - 1]!;
    const event = events[e]![next[e]!++];
    if (event === undefined) {
      stack.pop();
      continue;
    }
    switch (event.op) {
      case BEAR:
        bear(event.value, e);
        stack.push(event.value);
        break;
      case SETSID:
        steps.setsid(of[e]!);
        break;
      case LEAVE:
        steps.leave(of[e]!, event.value);
        break;
      case EXEC:
        steps.exec(of[e]!);
        break;
      default:
        steps.ioprio(of[e]!);
    }
  }
}
