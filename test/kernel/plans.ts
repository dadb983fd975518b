/** Plans written by hand, each with the image that it rebuilds. */

import type { Step } from '../../src/engine/plan/step.ts';
import type { ReplayLine } from './replayer.ts';
import {
  chain,
  clone,
  exit,
  killed,
  newInit,
  setns,
  setpgid,
  setsid,
  sibling,
  subreaper,
  wait4,
} from './steps.ts';

interface ImageProcess {
  readonly pid: number;
  readonly ppid: number;
  readonly pgid: number;
  readonly sid: number;
  readonly [field: string]: unknown;
}

export function process(
  pid: number,
  ppid: number,
  pgid: number,
  sid: number,
  more: Readonly<Record<string, unknown>> = {},
): ImageProcess {
  return { pid, ppid, pgid, sid, state: 'alive', childSubreaper: false, ...more };
}

const plan = (id: string, image: object, steps: readonly Step[]): ReplayLine => ({
  id,
  image,
  plan: { steps },
});

/** The published puzzle: leaders 7 and 12 are dead, 300 carries 10 to the root. */
export const HABR_IMAGE = {
  root: 1,
  processes: [
    process(1, 0, 1, 1),
    process(6, 1, 6, 6),
    process(8, 6, 7, 7),
    process(15, 6, 12, 12),
    process(10, 1, 10, 10),
    process(11, 10, 7, 7),
    process(13, 10, 12, 12),
  ],
};

export const HABR_STEPS: readonly Step[] = [
  ...[setsid(1), clone(1, 6), setsid(6), clone(6, 300), clone(300, 10), setsid(10)],
  ...[clone(10, 7), setsid(7), clone(7, 8), sibling(7, 11)],
  ...[clone(10, 12), setsid(12), clone(12, 15), sibling(12, 13)],
  ...[subreaper(6, 1), exit(7), wait4(10, 7), exit(12), wait4(10, 12), subreaper(6, 0)],
  ...[exit(300), wait4(6, 300)],
];

const NESTED = [
  { id: '0', parent: null, init: 1 },
  { id: '1', parent: '0', init: 2 },
];

const namespaces = plan(
  'a process put into a namespace, its session led inside by a dead leader',
  {
    root: 1,
    pidNamespaces: NESTED,
    processes: [
      process(1, 0, 0, 0, { nspid: [1] }),
      process(2, 1, 0, 0, { pidns: '1', nspid: [2, 1], nspgid: [0, 0], nssid: [0, 0] }),
      process(3, 1, 100, 100, { pidns: '1', nspid: [3, 53], nspgid: [100, 200], nssid: [100, 200] }),
    ],
  },
  [
    ...[newInit(1, 2, 1), setns(1, 2), clone(1, 100, 200), setns(1, 1), setsid(100)],
    ...[sibling(100, 3, 53), exit(100), wait4(1, 100)],
  ],
);

const zombies = plan(
  'zombies with their wait statuses, groups led by a zombie and by a dead process',
  {
    root: 1,
    processes: [
      process(1, 0, 1, 1),
      process(2, 1, 2, 1, { state: 'zombie', exitStatus: 1792 }),
      process(3, 1, 2, 1, { childSubreaper: true }),
      process(4, 3, 4, 4, { state: 'zombie', exitStatus: 15 }),
      process(5, 3, 50, 1, { state: 'zombie', exitStatus: 9 }),
      process(6, 3, 1, 1, { state: 'zombie', exitStatus: 11 }),
    ],
  },
  [
    ...[setsid(1), clone(1, 2), setpgid(2, 2, 2), clone(1, 3), setpgid(3, 3, 2)],
    ...[clone(3, 4), setsid(4), clone(3, 5), clone(3, 6), setpgid(3, 6, 6), setpgid(6, 6, 2)],
    ...[clone(5, 50), setpgid(50, 50, 50), setpgid(5, 5, 50), exit(50), wait4(5, 50), setpgid(3, 6, 1)],
    ...[subreaper(3, 1), exit(2, 7), killed(4, 15), killed(5, 9), killed(6, 11)],
  ],
);

const deadInit = plan(
  'a namespace whose init is a zombie, killed from outside',
  {
    root: 1,
    pidNamespaces: NESTED,
    processes: [
      process(1, 0, 0, 0),
      process(2, 1, 0, 0, { pidns: '1', nspid: [2, 1], state: 'zombie', exitStatus: 9 }),
    ],
  },
  [newInit(1, 2, 1), clone(2, 3, 2), killed(2, 9)],
);

const legalHazard = plan(
  'a live init in a group of its own namespace (it could not exit)',
  {
    root: 1,
    pidNamespaces: NESTED,
    processes: [
      process(1, 0, 0, 0),
      process(2, 1, 3, 0, { pidns: '1', nspid: [2, 1], nspgid: [3, 2] }),
      process(3, 2, 3, 0, { pidns: '1', nspid: [3, 2], nspgid: [3, 2] }),
    ],
  },
  [newInit(1, 2, 1), clone(2, 3, 2), setpgid(3, 3, 3), setpgid(2, 2, 3)],
);

const outsideInit = plan(
  'a root that is no init: helpers that fall out of the tree are reaped outside',
  {
    root: 40,
    pidNamespaces: [{ id: '0', parent: null, init: null }],
    processes: [
      process(40, 0, 40, 40),
      process(41, 40, 40, 40),
      process(42, 0, 40, 40),
      process(43, 40, 43, 40, { state: 'zombie', exitStatus: 256 }),
    ],
  },
  [
    ...[setsid(40), clone(40, 41), clone(40, 300), clone(300, 301), clone(301, 42), clone(300, 302)],
    ...[exit(301), wait4(300, 301), exit(300), wait4(40, 300), exit(302), clone(40, 302), exit(302)],
    ...[wait4(40, 302), clone(40, 43), setpgid(40, 43, 43), exit(43, 1)],
  ],
);

const cutOut = plan(
  'a root in a session and a group led outside the image',
  {
    root: 40,
    pidNamespaces: [{ id: '0', parent: null, init: null }],
    processes: [process(40, 0, 21, 20), process(41, 40, 41, 20), process(42, 40, 21, 20)],
  },
  [clone(40, 41), setpgid(40, 41, 41), clone(40, 42)],
);

const putInFromOutside = plan(
  'processes put in from outside, into level 0 and below',
  {
    root: 1,
    pidNamespaces: NESTED,
    processes: [
      process(1, 0, 1, 1),
      process(2, 1, 1, 1, { pidns: '1', nspid: [2, 1], nspgid: [1, 0], nssid: [1, 0] }),
      process(5, 0, 5, 0),
      process(6, 0, 5, 0, { state: 'zombie', exitStatus: 512 }),
      process(7, 0, 7, 7, { pidns: '1', nspid: [7, 9], nssid: [7, 9] }),
    ],
  },
  [
    ...[setsid(1), newInit(1, 2, 1), clone(0, 5), setpgid(0, 5, 5), clone(0, 6), setpgid(0, 6, 5)],
    ...[clone(0, 8), exit(8), wait4(0, 8), setns(0, 2), clone(0, 7, 9), setns(0, 1), setsid(7), exit(6, 2)],
  ],
);

const leftGroup = plan(
  'a leader that left its group, which a placeholder keeps',
  { root: 1, processes: [process(1, 0, 1, 1), process(2, 1, 3, 1), process(3, 1, 2, 1)] },
  [
    ...[setsid(1), clone(1, 2), clone(1, 3), setpgid(2, 2, 2), setpgid(3, 3, 3)],
    ...[clone(2, 300), setpgid(2, 2, 3), setpgid(3, 3, 2), exit(300), wait4(2, 300)],
  ],
);

const threads = plan(
  'threads, in level 0 and below',
  {
    root: 1,
    pidNamespaces: NESTED,
    processes: [
      process(1, 0, 1, 1, { threads: [1, 11, 12] }),
      process(2, 1, 1, 1, { pidns: '1', nspid: [2, 1], threads: [2] }),
      process(3, 2, 1, 1, { pidns: '1', nspid: [3, 2], threads: [3, 400, 13] }),
    ],
  },
  [setsid(1), newInit(1, 2, 1), clone(2, 3, 2)],
);

/** Siblings and a chain, `size` processes in all. */
export function largePlan(size: number): ReplayLine {
  const half = Math.floor(size / 2);
  const line = Array.from({ length: half }, (_, i) => i + 1);
  const wide = Array.from({ length: size - half }, (_, i) => half + i + 1);
  const processes = [
    ...line.map((pid) => process(pid, pid - 1, 0, 0)),
    ...wide.map((pid) => process(pid, 1, pid, pid)),
  ];
  const steps = [...chain(...line), ...wide.flatMap((pid) => [clone(1, pid), setsid(pid)])];
  return plan(`${size} processes`, { root: 1, processes }, steps);
}

export const PLANS: readonly ReplayLine[] = [
  plan('habr', HABR_IMAGE, HABR_STEPS),
  ...[namespaces, zombies, deadInit, legalHazard, outsideInit, cutOut, putInFromOutside, leftGroup, threads],
];

export const LEGAL_HAZARD = legalHazard;
