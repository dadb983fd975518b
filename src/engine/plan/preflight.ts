/**
 * Preflight: does a target have what a plan needs? Each conflict comes with its remedy.
 *
 * In: a tree, its plan, and what the target says about itself; what it does not say is not checked.
 * Out: conflicts, none where the plan can run.
 * Kernel rules: D1 (a taken number is EEXIST), D10 to D12 (set_tid stays below pid_max), D14 (a pid namespace begins
 * with its init); clone3's set_tid came with Linux 5.5, CAP_CHECKPOINT_RESTORE with 5.9. The root and the threads are
 * not in the steps, and are made with set_tid like the rest; only an init has its number from its new namespace.
 * Cost: O(processes + threads + steps + occupied).
 */

import { type ProcessTree, rootIsInit } from '../tree/process-tree.ts';
import type { Helper } from './helper-list.ts';
import { CLONE3, NEWPID, SETNS, StepList, UNSHARE, WAIT4 } from './step-list.ts';

export interface Target {
  /** Level-0 numbers that are taken. */
  readonly occupiedPids?: readonly number[];
  /** kernel.pid_max of the target's pid namespace: numbers stay below it. */
  readonly pidMax?: number;
  /** As `uname -r` prints it. */
  readonly kernelRelease?: string;
  /** Effective capabilities of the restorer. */
  readonly capabilities?: readonly string[];
  /** pids.max of the target's cgroup, less what runs there already. */
  readonly pidsLimit?: number;
}

export const PREFLIGHT_CODES = {
  PID_CONFLICT: 'A number that the plan needs is taken on the target.',
  PID_MAX_EXCEEDED: 'A number that the plan needs is not below pid_max of the target.',
  KERNEL_TOO_OLD: 'The kernel of the target lacks a call that the plan needs.',
  KERNEL_UNKNOWN: 'The kernel release of the target cannot be read.',
  INIT_MISSING: 'The root is no init, and the pid namespace of the target has none.',
  CAPABILITY_MISSING: 'The restorer lacks a capability.',
  PIDS_LIMIT_EXCEEDED: 'The plan has more tasks at one time than the target allows.',
} as const;
export type PreflightCode = keyof typeof PREFLIGHT_CODES;

export interface Conflict {
  readonly code: PreflightCode;
  /** The first of them, at most a thousand. */
  readonly pids: readonly number[];
  readonly message: string;
  readonly remedy: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

export function preflight(
  tree: ProcessTree,
  steps: StepList,
  helpers: readonly Helper[],
  target: Target,
): Conflict[] {
  const numbers = neededNumbers(tree, helpers);
  return [
    ...occupied(tree, numbers, target.occupiedPids ?? []),
    init(tree, target.occupiedPids),
    ...aboveMax(numbers, target.pidMax),
    kernel(target.kernelRelease),
    ...capabilities(tree, steps, target),
    tasks(tree, steps, target.pidsLimit),
  ].filter((conflict) => conflict !== null);
}

/** The same without a plan: what the tree asks for whoever restores it, with the numbers of its dead leaders. */
export function preflightOfTree(tree: ProcessTree, target: Target): Conflict[] {
  const dead = new Set(
    [...tree.pgid, ...tree.sid].filter((number) => number > 0 && tree.indexOf(number) < 0),
  );
  const leaders = [...dead].map((pid): Helper => ({ pid, role: 'session-leader', serves: [] }));
  return preflight(tree, new StepList(0), leaders, target);
}

interface NeededNumbers {
  /** Pids and thread ids of the image. */
  readonly image: ReadonlySet<number>;
  /** Helpers whose number is given: that of a dead leader. */
  readonly bound: ReadonlySet<number>;
  /** Helpers that may have any free number. */
  readonly free: ReadonlySet<number>;
}

function neededNumbers(tree: ProcessTree, helpers: readonly Helper[]): NeededNumbers {
  const isBound = ({ role }: Helper) => role === 'session-leader' || role === 'group-leader';
  return {
    image: new Set([...tree.pid, ...tree.threadId]),
    bound: new Set(helpers.filter(isBound).map(({ pid }) => pid)),
    free: new Set(helpers.filter((helper) => !isBound(helper)).map(({ pid }) => pid)),
  };
}

const LISTED = 1000;

function occupied(tree: ProcessTree, numbers: NeededNumbers, taken: readonly number[]): (Conflict | null)[] {
  const fixed = taken.filter((pid) => numbers.image.has(pid) || numbers.bound.has(pid));
  const free = taken.filter((pid) => numbers.free.has(pid));
  return [
    refused(
      'PID_CONFLICT',
      'fixed',
      fixed,
      [
        'One of the numbers that the tree itself needs is taken on the target.',
        'of the numbers that the tree itself needs are taken on the target.',
      ],
      rootIsInit(tree)
        ? 'Restore into a fresh pid namespace, as CRIU does by itself with a tree that has its own init: nothing is taken there, so leave occupiedPids out. Else end the processes that have them.'
        : `End the processes that have them, or restore into a fresh pid namespace: below an init of its own, since the root ${tree.pid[0]} is none.`,
    ),
    refused(
      'PID_CONFLICT',
      'helpers',
      free,
      [
        'A helper has a number that is taken on the target.',
        'helpers have numbers that are taken on the target.',
      ],
      'Ask for a plan with these numbers in options.occupiedPids: its helpers avoid them.',
    ),
  ];
}

/**
 * Numbers that cannot be had, all fixed by the tree or all of helpers; null: there are none. What is wrong is said of one, and
 * behind the number of several.
 */
function refused(
  code: PreflightCode,
  kind: 'fixed' | 'helpers',
  pids: readonly number[],
  [isWrong, areWrong]: readonly [string, string],
  remedy: string,
  detail: Readonly<Record<string, unknown>> = {},
): Conflict | null {
  const total = pids.length;
  if (total === 0) return null;
  const message = total === 1 ? isWrong : `${total} ${areWrong}`;
  return { code, pids: pids.slice(0, LISTED), message, remedy, detail: { kind, total, ...detail } };
}

/** A pid namespace in which number 1 is free has no init yet, and takes no other process before it. */
function init(tree: ProcessTree, taken: readonly number[] | undefined): Conflict | null {
  if (taken === undefined || rootIsInit(tree) || taken.includes(1)) return null;
  return {
    code: 'INIT_MISSING',
    pids: [tree.pid[0]!],
    message: `The root ${tree.pid[0]} is no init, and number 1 is not taken on the target: its pid namespace has no init.`,
    remedy: 'Start an init in it first, such as a pause process, and restore below that.',
    detail: { root: tree.pid[0]! },
  };
}

function aboveMax(numbers: NeededNumbers, pidMax: number | undefined): (Conflict | null)[] {
  if (pidMax === undefined) return [];
  const over = (pids: Iterable<number>) => [...pids].filter((pid) => pid >= pidMax).sort((a, b) => a - b);
  const fixed = over(new Set([...numbers.image, ...numbers.bound]));
  const free = over(numbers.free);
  const needed = (pids: readonly number[]) => (pids.at(-1) ?? 0) + 1;
  return [
    refused(
      'PID_MAX_EXCEEDED',
      'fixed',
      fixed,
      [
        `A number of the tree is not below pid_max, which is ${pidMax}.`,
        `numbers of the tree are not below pid_max, which is ${pidMax}.`,
      ],
      `Set kernel.pid_max of the target's pid namespace to at least ${needed(fixed)}.`,
      { pidMaxNeeded: needed(fixed) },
    ),
    refused(
      'PID_MAX_EXCEEDED',
      'helpers',
      free,
      [
        `A helper has a number that is not below pid_max, which is ${pidMax}.`,
        `helpers have numbers that are not below pid_max, which is ${pidMax}.`,
      ],
      `Ask for a plan with a lower options.helperPidMin, or set kernel.pid_max to at least ${needed(free)}.`,
      { pidMaxNeeded: needed(free) },
    ),
  ];
}

function kernel(release: string | undefined): Conflict | null {
  if (release === undefined) return null;
  const version = versionOf(release);
  if (version === null) {
    return {
      code: 'KERNEL_UNKNOWN',
      pids: [],
      message: `"${release}" does not begin with a kernel version.`,
      remedy: 'Give what `uname -r` prints on the target.',
      detail: {},
    };
  }
  if (version >= 5005) return null;
  return {
    code: 'KERNEL_TOO_OLD',
    pids: [],
    message: `Linux ${release} has no clone3 with set_tid.`,
    remedy: 'Restore on Linux 5.5 or newer.',
    detail: { needed: '5.5' },
  };
}

/** 5.9 is 5009. Null: it begins with no version. */
function versionOf(release: string): number | null {
  const version = /^(\d+)\.(\d+)/.exec(release);
  return version && Number(version[1]) * 1000 + Number(version[2]);
}

function capabilities(
  tree: ProcessTree,
  steps: StepList,
  { capabilities: given, kernelRelease }: Target,
): Conflict[] {
  if (given === undefined) return [];
  const has = capabilitySet(given);
  const missing = (pids: number[], call: string, needed: string): Conflict => ({
    code: 'CAPABILITY_MISSING',
    pids,
    message: `${call} needs ${needed}.`,
    remedy: `Run the restorer with ${needed} in the user namespace that owns the pid namespace.`,
    detail: { needed },
  });
  const conflicts: Conflict[] = [];
  const isOld = kernelRelease !== undefined && (versionOf(kernelRelease) ?? 5009) < 5009;
  const enough = has.has('CAP_SYS_ADMIN') || (has.has('CAP_CHECKPOINT_RESTORE') && !isOld);
  if (setsNumbers(tree, steps) && !enough) {
    const call = isOld
      ? `clone3 with set_tid on Linux ${kernelRelease}, which is before 5.9,`
      : 'clone3 with set_tid';
    conflicts.push(missing([], call, isOld ? 'CAP_SYS_ADMIN' : 'CAP_CHECKPOINT_RESTORE or CAP_SYS_ADMIN'));
  }
  const namespaceCallers = callersForNamespaces(steps);
  if (namespaceCallers.length && !has.has('CAP_SYS_ADMIN')) {
    conflicts.push(missing(namespaceCallers, 'Making and entering pid namespaces', 'CAP_SYS_ADMIN'));
  }
  return conflicts;
}

/** With their full names, however they were given. */
export function capabilitySet(names: readonly string[]): ReadonlySet<string> {
  return new Set(names.map((name) => name.toUpperCase().replace(/^(?:CAP_)?/, 'CAP_')));
}

/** Is there a task whose number somebody chooses? */
function setsNumbers(tree: ProcessTree, steps: StepList): boolean {
  if (!rootIsInit(tree) || tree.threadId.length > 0) return true;
  for (let i = 0; i < steps.length; i++) if (steps.op[i] === CLONE3) return true;
  return false;
}

function callersForNamespaces(steps: StepList): number[] {
  const callers = new Set<number>();
  for (let i = 0; i < steps.length; i++) {
    const op = steps.op[i];
    if (op === SETNS || ((op === CLONE3 || op === UNSHARE) && steps.flags[i]! & NEWPID))
      callers.add(steps.actor[i]!);
  }
  return [...callers].slice(0, LISTED);
}

function tasks(tree: ProcessTree, steps: StepList, limit: number | undefined): Conflict | null {
  if (limit === undefined) return null;
  let processes = 1;
  let peak = tree.size;
  for (let i = 0; i < steps.length; i++) {
    if (steps.op[i] === CLONE3) peak = Math.max(peak, ++processes);
    else if (steps.op[i] === WAIT4) processes--;
  }
  // Threads come when the processes are complete.
  peak = Math.max(peak, tree.size + tree.threadId.length);
  if (peak <= limit) return null;
  return {
    code: 'PIDS_LIMIT_EXCEEDED',
    pids: [],
    message: `The plan has up to ${peak} tasks at one time; the target allows ${limit}.`,
    remedy: `Raise pids.max of the target's cgroup so that ${peak} more tasks fit.`,
    detail: { peak, limit },
  };
}
