/**
 * The kernel's rules as step sequences, each beside what every step answers and what the tree looks like afterwards.
 * They start from a lone init, process 1. Ids are those of the collected rules; a rule that needs exec, threads, chosen
 * exit signals or an ignored SIGCHLD has no sequence.
 */

import type { Step } from '../../src/engine/plan/step.ts';
import type { SeenProcess } from './replayer.ts';
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
  siblingInit,
  subreaper,
  unshare,
  wait4,
} from './steps.ts';

/** A step, or a step and the errno that it answers with. */
type Line = Step | readonly [Step, string];
type Facts = Readonly<Record<number, Partial<SeenProcess> | null>>;

export interface Rule {
  readonly id: string;
  readonly steps: readonly Step[];
  /** `ok` or an errno for every step. */
  readonly expect: readonly string[];
  /** Fields of processes at the end; null: no such process. */
  readonly final: Facts;
}

function rule(id: string, lines: readonly Line[], final: Facts = {}): Rule {
  return {
    id,
    steps: lines.map((line) => ('op' in line ? line : line[0])),
    expect: lines.map((line) => ('op' in line ? 'ok' : line[1])),
    final,
  };
}

const CREATION: readonly Rule[] = [
  rule('A6', [...chain(1, 2), subreaper(2, 1), clone(2, 3)], {
    2: { childSubreaper: true },
    3: { childSubreaper: false },
  }),
  rule('A8', [...chain(1, 2, 3), subreaper(2, 1), sibling(3, 4)], { 4: { ppid: 2 } }),
  rule('A8b', [...chain(1, 2, 3), subreaper(2, 1), sibling(3, 4), clone(4, 5), exit(4)], { 5: { ppid: 2 } }),
  rule('C1', [[sibling(1, 2), 'EINVAL']]),
  rule('C2', [newInit(1, 2, 1), [sibling(2, 3, 2), 'EINVAL']]),
  rule('C3', [clone(1, 2), sibling(2, 3)], { 3: { ppid: 1 } }),
  rule('C4', [clone(1, 2), setsid(2), sibling(2, 3)], { 3: { ppid: 1, sid: 2, pgid: 2 } }),
  rule('C5', [clone(1, 2), siblingInit(2, 3, 1)], { 3: { ppid: 1, nspid: [3, 1] } }),
  rule('C6', [clone(1, 2), unshare(2), sibling(2, 3, 1), sibling(2, 4, 2)], {
    4: { ppid: 1, nspid: [4, 2] },
  }),
  rule('C7', [newInit(1, 2, 1), setns(1, 2), clone(1, 3, 2), sibling(3, 4, 3)], {
    4: { ppid: 1, nspid: [4, 3] },
  }),
  rule('C7b', [clone(1, 5), newInit(1, 2, 1), setns(5, 2), sibling(5, 6, 2)], {
    6: { ppid: 1, nspid: [6, 2] },
  }),
  rule('C9', [clone(1, 2), sibling(2, 3), exit(3), wait4(1, 3)], { 3: null }),
  rule('C10', [...chain(1, 2, 3), sibling(3, 4), exit(2), exit(4), wait4(1, 4)], { 4: null }),
];

const NUMBERS: readonly Rule[] = [
  rule('D1', [clone(1, 2), [clone(1, 2), 'EEXIST']]),
  rule('D2', [clone(1, 2), exit(2), [clone(1, 2), 'EEXIST']]),
  rule('D3', [clone(1, 2), exit(2), wait4(1, 2), clone(1, 2)], { 2: { state: 'alive' } }),
  rule('D4', [...chain(1, 2), setsid(2), clone(2, 3), exit(2), wait4(1, 2), [clone(1, 2), 'EEXIST']]),
  rule('D5', [
    ...[clone(1, 2), setsid(2), clone(2, 3), exit(2), wait4(1, 2)],
    ...[exit(3), wait4(1, 3), clone(1, 2)],
  ]),
  rule('D6', [clone(1, 2), setpgid(2, 2, 2), clone(2, 3), exit(2), wait4(1, 2), [clone(1, 2), 'EEXIST']]),
  rule('D7', [clone(1, 2), setsid(2), clone(2, 3), exit(3), exit(2), wait4(1, 2), [clone(1, 2), 'EEXIST']]),
  rule('D9', [[{ op: 'clone3', pid: 1, child: 2, setTid: [0], flags: [] }, 'EINVAL']]),
  rule('D10', [clone(1, 4_194_303)]),
  rule('D11', [newInit(1, 2, 1), clone(2, 3, 4_194_303)]),
  rule('D12', [[clone(1, 4_194_304), 'EINVAL']]),
  rule('D13', [[clone(1, 2, 5), 'EINVAL']]),
  rule('D14', [[newInit(1, 2, 5), 'EINVAL']]),
  rule('D15', [newInit(1, 301, 1)]),
  rule('D16', [newInit(1, 2, 1), setns(1, 2), [clone(1, 3, 1), 'EEXIST']]),
  rule('D17', [unshare(1), [clone(1, 3, 5), 'EINVAL']]),
  rule('D18', [unshare(1), clone(1, 3, 1)]),
  rule('D19', [unshare(1), clone(1, 3, 1), clone(1, 4, 4711)]),
];

const SESSIONS: readonly Rule[] = [
  rule('E1', [clone(1, 2), setpgid(2, 2, 2), [setsid(2), 'EPERM']]),
  rule('E2', [
    ...[clone(1, 2), setpgid(2, 2, 2), clone(2, 3), clone(1, 4), setpgid(4, 4, 4), setpgid(2, 2, 4)],
    [setsid(2), 'EPERM'],
  ]),
  rule('E3', [
    ...[clone(1, 2), setpgid(2, 2, 2), clone(2, 3), clone(1, 4), setpgid(4, 4, 4), setpgid(2, 2, 4), exit(3)],
    [setsid(2), 'EPERM'],
  ]),
  rule('E4', [
    ...[clone(1, 2), setpgid(2, 2, 2), clone(1, 4), setpgid(4, 4, 2), clone(1, 5), setpgid(5, 5, 5)],
    ...[setpgid(2, 2, 5), exit(4), [setsid(2), 'EPERM'] as const],
  ]),
  rule(
    'E5',
    [
      ...[clone(1, 2), setpgid(2, 2, 2), clone(2, 3), clone(1, 4), setpgid(4, 4, 4), setpgid(2, 2, 4)],
      ...[exit(3), wait4(2, 3), setsid(2)],
    ],
    { 2: { sid: 2, pgid: 2 } },
  ),
  rule('E6', [clone(1, 2), setsid(2), [setsid(2), 'EPERM']]),
  rule('E7', [setsid(1), ...chain(1, 2, 3), setsid(2), clone(2, 4)], { 3: { sid: 1 }, 4: { sid: 2 } }),
  rule('E8', [clone(1, 2), setsid(2), clone(2, 3), exit(2)], {
    2: { state: 'zombie' },
    3: { sid: 2, ppid: 1 },
  }),
  rule('E9', [clone(1, 2), setsid(2), clone(2, 3), exit(2), wait4(1, 2)], { 2: null, 3: { sid: 2 } }),
  rule('E10', [clone(1, 2), setsid(2), clone(2, 3), exit(2), wait4(1, 2), clone(3, 4)], { 4: { sid: 2 } }),
  rule('E11', [clone(1, 2), setpgid(2, 2, 2), clone(2, 3), setsid(3)], { 3: { sid: 3, pgid: 3 } }),
];

const GROUPS: readonly Rule[] = [
  rule('F1', [clone(1, 2), setpgid(2, 2, 2)], { 2: { pgid: 2 } }),
  rule('F2', [clone(1, 2), setpgid(1, 2, 2)], { 2: { pgid: 2 } }),
  rule('F3', [...chain(1, 2, 3), [setpgid(1, 3, 3), 'ESRCH']]),
  rule('F4', [...chain(1, 2), [setpgid(2, 1, 1), 'ESRCH']]),
  rule('F5', [clone(1, 2), clone(2, 3), setsid(3), clone(3, 4), exit(3), [setpgid(1, 4, 4), 'EPERM']]),
  rule('F6', [clone(1, 2), setsid(2), [setpgid(2, 2, 2), 'EPERM']]),
  rule('F7', [clone(1, 2), setsid(2), clone(1, 3), [setpgid(3, 3, 2), 'EPERM']]),
  rule('F8', [clone(1, 2), [setpgid(2, 2, 77), 'EPERM']]),
  rule('F9', [clone(1, 2), clone(1, 3), [setpgid(2, 2, 3), 'EPERM']]),
  rule('F10', [clone(1, 2), setpgid(2, 2, 2), clone(1, 3), exit(2), setpgid(3, 3, 2)], { 3: { pgid: 2 } }),
  rule(
    'F11',
    [clone(1, 2), setpgid(2, 2, 2), clone(2, 3), clone(1, 4), exit(2), wait4(1, 2), setpgid(4, 4, 2)],
    { 4: { pgid: 2 } },
  ),
  rule('F12', [
    ...[clone(1, 2), setpgid(2, 2, 2), clone(2, 3), clone(1, 4), exit(2), wait4(1, 2)],
    ...[setpgid(3, 3, 3), [setpgid(4, 4, 2), 'EPERM'] as const, clone(1, 2)],
  ]),
  rule('F13', [clone(1, 2), exit(2), setpgid(1, 2, 2)], { 2: { state: 'zombie', pgid: 2 } }),
  rule('F14', [clone(1, 2), exit(2), setpgid(1, 2, 2), clone(1, 3), setpgid(3, 3, 2)], { 3: { pgid: 2 } }),
  rule('F15', [
    ...[clone(1, 2), setpgid(2, 2, 2), clone(2, 3), clone(1, 4), setpgid(4, 4, 4)],
    ...[setpgid(2, 2, 4), setpgid(2, 2, 2)],
  ]),
  rule('F16', [
    clone(1, 2),
    ...[setpgid(2, 2, 2), clone(1, 4), setpgid(4, 4, 4)],
    ...[setpgid(2, 2, 4), setpgid(2, 2, 2)],
  ]),
  rule('F27', [clone(1, 2), setpgid(2, 2, 2), exit(2), [setpgid(1, 2, 77), 'EPERM']]),
  rule('F28', [clone(1, 2), setpgid(2, 2, 2), clone(1, 3), setpgid(3, 3, 3), exit(2), setpgid(1, 2, 3)], {
    2: { pgid: 3, state: 'zombie' },
  }),
  rule('F17', [setsid(1), newInit(1, 2, 1)], { 2: { nspgid: [1, 0], nssid: [1, 0] } }),
  rule('F18', [setsid(1), clone(1, 5), setpgid(5, 5, 5), newInit(1, 2, 1), setpgid(1, 2, 5)], {
    2: { pgid: 5, nspgid: [5, 0] },
  }),
  rule('F19', [newInit(1, 2, 1), clone(2, 3, 2), setpgid(3, 3, 3), setpgid(1, 2, 2), setpgid(1, 2, 3)], {
    2: { pgid: 3, nspgid: [3, 2] },
  }),
  rule('F20', [clone(1, 5), setpgid(5, 5, 5), newInit(1, 2, 1), [setpgid(2, 2, 5), 'EPERM']]),
  rule('F21', [newInit(1, 2, 1), clone(2, 3, 2), setpgid(3, 3, 3)], { 3: { pgid: 3, nspgid: [3, 2] } }),
  rule('F22', [newInit(1, 2, 1), clone(2, 3, 2), setpgid(3, 3, 3), clone(1, 5), setpgid(5, 5, 3)], {
    5: { pgid: 3, nspgid: [3] },
  }),
  rule('F23', [newInit(1, 2, 1), clone(2, 3, 2), clone(2, 4, 3), setpgid(3, 3, 3), setpgid(4, 4, 3)], {
    4: { pgid: 3, nspgid: [3, 2] },
  }),
  rule('F24', [setsid(1), newInit(1, 2, 1), setpgid(2, 2, 2), setpgid(1, 2, 1)], { 2: { nspgid: [1, 0] } }),
  rule('F26', [newInit(1, 2, 1), clone(2, 3, 2), setsid(3)], { 3: { nssid: [3, 2], nspgid: [3, 2] } }),
];

const NAMESPACES: readonly Rule[] = [
  rule('A15', [newInit(1, 2, 1)], { 2: { ppid: 1, nspid: [2, 1] } }),
  rule('A16', [newInit(1, 2, 1), setns(1, 2), clone(1, 3, 2)], { 3: { ppid: 1, nspid: [3, 2] } }),
  rule('G1', [clone(1, 2), unshare(2), clone(2, 3, 1), clone(2, 4, 2)], {
    2: { nspid: [2] },
    3: { ppid: 2, nspid: [3, 1] },
    4: { ppid: 2, nspid: [4, 2] },
  }),
  rule('G2', [unshare(1), [unshare(1), 'EINVAL']]),
  rule('G3', [unshare(1), [newInit(1, 2, 1, 1), 'EINVAL']]),
  rule('G4', [unshare(1), clone(1, 2, 1), setns(1, 1), unshare(1), clone(1, 3, 1)]),
  rule('G5', [newInit(1, 2, 1), setns(1, 2), setns(1, 1), newInit(1, 3, 1)]),
  rule('G6', [newInit(1, 2, 1), clone(1, 3), setns(3, 2), clone(3, 4, 2)], { 4: { ppid: 3 } }),
  rule('G7', [newInit(1, 2, 1), newInit(2, 3, 2, 1), setns(1, 3), clone(1, 4, 5, 6)], {
    4: { ppid: 1, nspid: [4, 5, 6] },
  }),
  rule('G8', [newInit(1, 2, 1), newInit(2, 3, 2, 1), setns(1, 2), setns(1, 3), clone(1, 4, 5, 6)], {
    4: { ppid: 1, nspid: [4, 5, 6] },
  }),
  rule('G9', [newInit(1, 2, 1), [setns(2, 1), 'EINVAL']]),
  rule('G10', [newInit(1, 2, 1), newInit(1, 3, 1), [setns(2, 3), 'EINVAL']]),
  rule('G11', [newInit(1, 2, 1), unshare(2), clone(2, 3, 2, 1)], { 3: { nspid: [3, 2, 1] } }),
  rule('G12', [newInit(1, 2, 1), clone(2, 3, 2), clone(3, 4, 3), exit(2)], {
    2: { state: 'zombie', ppid: 1 },
    3: null,
    4: null,
  }),
  rule('G13', [newInit(1, 2, 1), setns(1, 2), exit(2), [clone(1, 3, 2), 'ENOMEM']]),
  rule('G14', [newInit(1, 2, 1), setns(1, 2), exit(2), [unshare(1), 'EINVAL']]),
  rule('G15', [newInit(1, 2, 1), setns(1, 2), exit(2), setns(1, 1), clone(1, 3)]),
  rule('G16', [newInit(1, 2, 1), exit(2), setns(1, 2), [clone(1, 3, 2), 'ENOMEM']]),
  rule('G21', [setsid(1), clone(1, 2), setsid(2), newInit(2, 3, 1), clone(3, 4, 2)], {
    4: { nspid: [4, 2], nssid: [2, 0], nspgid: [2, 0] },
  }),
  rule(
    'G23',
    [
      ...[newInit(1, 2, 1), newInit(1, 3, 1), clone(1, 4), setsid(4)],
      ...[setns(4, 2), clone(4, 5, 2), setns(4, 3), clone(4, 6, 2)],
    ],
    { 5: { sid: 4, nssid: [4, 0] }, 6: { sid: 4, nssid: [4, 0] } },
  ),
  rule('G24', [newInit(1, 2, 1), clone(1, 4), setsid(4), setns(4, 2), clone(4, 5, 2), clone(5, 6, 3)], {
    6: { ppid: 5, nssid: [4, 0] },
  }),
  rule('G25', [clone(1, 2), unshare(2), sibling(2, 3, 1)], { 3: { ppid: 1, nspid: [3, 1] } }),
  rule('G28', [newInit(1, 2, 1), newInit(2, 3, 2, 1), clone(1, 4), setns(4, 3), clone(4, 5, 6, 7)], {
    5: { ppid: 4, nspid: [5, 6, 7] },
  }),
  rule('G29', [newInit(1, 2, 1), clone(1, 3), setns(3, 2), clone(3, 4, 2), clone(4, 5, 3), unshare(4)]),
  rule('G30', [...chain(1, 2, 3), unshare(3), clone(3, 4, 1), sibling(3, 5, 2)], { 5: { ppid: 2 } }),
];

const ADOPTION: readonly Rule[] = [
  rule('A1', [...chain(1, 2, 3, 4), exit(3)], { 4: { ppid: 1 } }),
  rule('A2', [...chain(1, 2, 3, 4, 5), subreaper(2, 1), subreaper(3, 1), exit(4)], { 5: { ppid: 3 } }),
  rule('A3', [...chain(1, 2, 3, 4), subreaper(2, 1), subreaper(3, 1), exit(3)], { 4: { ppid: 2 } }),
  rule('A4', [...chain(1, 2, 3, 4), subreaper(2, 1), exit(3)], { 4: { ppid: 2 } }),
  rule('A5', [...chain(1, 2, 3, 4), subreaper(2, 1), subreaper(2, 0), exit(3)], { 4: { ppid: 1 } }),
  rule('A7', [...chain(1, 2, 3, 4), subreaper(2, 1), subreaper(2, 0), subreaper(2, 1), exit(3)], {
    4: { ppid: 2 },
  }),
  rule('A17', [clone(1, 2), newInit(2, 3, 1), setns(2, 3), clone(2, 4, 2), exit(2)], {
    3: { ppid: 1 },
    4: { ppid: 1 },
  }),
  rule('A18', [clone(1, 2), subreaper(2, 1), newInit(2, 3, 1), clone(3, 4, 2), clone(4, 5, 3), exit(4)], {
    5: { ppid: 3 },
  }),
  rule('A19', [...chain(1, 2, 3), subreaper(2, 1), newInit(3, 4, 1), exit(3)], { 4: { ppid: 2 } }),
  rule(
    'A21',
    [
      ...[newInit(1, 2, 1), setns(1, 2), clone(1, 3, 2), subreaper(3, 1)],
      ...[clone(3, 4, 3), clone(4, 5, 4), exit(4)],
    ],
    { 5: { ppid: 3 } },
  ),
  rule('A22', [...chain(1, 2), subreaper(2, 1), newInit(2, 3, 1), clone(3, 4, 2), clone(4, 5, 3), exit(4)], {
    5: { ppid: 3 },
  }),
  rule('A23', [subreaper(1, 1), ...chain(1, 2, 3), exit(2)], { 3: { ppid: 1 } }),
  rule('A24', [...chain(1, 2, 3), exit(3), exit(2)], { 3: { ppid: 1, state: 'zombie' } }),
  rule('A25', [...chain(1, 2, 3), exit(3, 7), exit(2), wait4(1, 3)], { 3: null }),
  rule('G26', [...chain(1, 2, 3), newInit(1, 4, 1), setns(3, 4), clone(3, 5, 2), subreaper(2, 1), exit(3)], {
    5: { ppid: 2, nspid: [5, 2] },
  }),
  rule('G31', [clone(1, 2), unshare(2), clone(2, 3, 1), clone(2, 4, 2), exit(2)], {
    3: { ppid: 1 },
    4: { ppid: 1 },
  }),
  rule('G32', [...chain(1, 2, 3), clone(1, 4), subreaper(4, 1), exit(2)], { 3: { ppid: 1 } }),
  rule('H4', [...chain(1, 2, 3), exit(2)], { 2: { state: 'zombie' }, 3: { ppid: 1 } }),
  rule('H6', [...chain(1, 2, 3, 4), subreaper(2, 1), exit(2), exit(3)], { 4: { ppid: 1 } }),
];

const DEATH: readonly Rule[] = [
  rule('H1', [clone(1, 2), setsid(2), exit(2, 7)], {
    2: { state: 'zombie', sid: 2, pgid: 2, exitStatus: 7 << 8 },
  }),
  rule('H1 signal', [clone(1, 2), killed(2, 15), clone(1, 3), killed(3, 9)], {
    2: { state: 'zombie', exitStatus: 15 },
    3: { state: 'zombie', exitStatus: 9 },
  }),
  rule('wait of the living', [clone(1, 2), [wait4(1, 2), 'EAGAIN'], exit(2), wait4(1, 2)]),
  rule('wait of a stranger', [...chain(1, 2, 3), exit(3), [wait4(1, 3), 'ECHILD']]),
  rule('G17', [
    ...[newInit(1, 2, 1), setns(1, 2), clone(1, 3, 2), setns(1, 1), [exit(2), 'EDEADLK'] as const],
    ...[wait4(1, 3), wait4(1, 2)],
  ]),
  rule(
    'G18',
    [
      newInit(1, 2, 1),
      clone(1, 5),
      setns(5, 2),
      clone(5, 3, 2),
      [exit(2), 'EDEADLK'],
      [wait4(1, 2), 'EAGAIN'],
    ],
    { 3: { ppid: 5, state: 'zombie' } },
  ),
  rule('G19', [
    ...[newInit(1, 2, 1), clone(2, 3, 2), setpgid(3, 3, 3), clone(1, 5), setpgid(5, 5, 3)],
    ...[[exit(2), 'EDEADLK'] as const, setpgid(5, 5, 5), wait4(1, 2)],
  ]),
  rule('G20', [
    ...[newInit(1, 2, 1), clone(2, 3, 2), setpgid(3, 3, 3), clone(1, 5), setpgid(5, 5, 3)],
    ...[exit(3), wait4(2, 3), [exit(2), 'EDEADLK'] as const, exit(5), wait4(1, 5), wait4(1, 2)],
  ]),
  rule('G22', [newInit(1, 2, 1), newInit(2, 3, 2, 1), clone(3, 4, 3, 2), exit(2)], { 3: null, 4: null }),
  rule('G33', [
    ...[newInit(1, 2, 1), clone(2, 3, 2), setpgid(3, 3, 3), setpgid(2, 2, 3), [exit(2), 'EDEADLK'] as const],
    ...[setpgid(1, 2, 2), wait4(1, 2)],
  ]),
  rule(
    'G34',
    [
      ...[newInit(1, 2, 1), clone(2, 3, 2), setpgid(3, 3, 3), setpgid(2, 2, 3)],
      ...[[killed(2, 9), 'EDEADLK'] as const, [wait4(1, 2), 'EAGAIN'] as const],
    ],
    { 2: { state: 'exiting' } },
  ),
];

export const RULES: readonly Rule[] = [
  ...CREATION,
  ...NUMBERS,
  ...SESSIONS,
  ...GROUPS,
  ...NAMESPACES,
  ...ADOPTION,
  ...DEATH,
];
