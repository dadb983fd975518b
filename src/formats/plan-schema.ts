/** Steps and helpers of a plan as JSON: one schema for the answers of the API, for plans from elsewhere, and for grafts. */

import Type from 'typebox';
import { HELPER_ROLES } from '../engine/plan/helper-list.ts';
import { SHARE_NAMES } from '../engine/plan/share-flags.ts';
import { Pid } from './number-schemas.ts';

/** Beside the caller, of the steps that finish a grafted tree too. */
export const STEP_FIELDS = {
  setpgid: { target: Pid, pgid: Pid },
  prctl: {
    option: Type.Literal('PR_SET_CHILD_SUBREAPER'),
    value: Type.Union([Type.Literal(0), Type.Literal(1)]),
  },
  exit: {
    code: Type.Optional(Type.Integer({ minimum: 0, maximum: 255 })),
    signal: Type.Optional(Type.Integer({ minimum: 1, maximum: 127 })),
    coreDump: Type.Optional(Type.Literal(true)),
  },
  wait4: { child: Pid },
};

const step = <P extends Record<string, Type.TSchema>>(op: string, properties: P, description: string) =>
  Type.Object({ op: Type.Literal(op), pid: Type.Integer({ minimum: 0 }), ...properties }, { description });

export const StepSchema = Type.Union(
  [
    step(
      'clone3',
      {
        child: Pid,
        setTid: Type.Array(Pid, { description: 'One number a level, level 0 first.' }),
        flags: Type.Array(Type.Enum(['CLONE_PARENT', 'CLONE_NEWPID', ...SHARE_NAMES])),
        exitSignal: Type.Optional(
          Type.Integer({
            minimum: 0,
            maximum: 64,
            description: 'Signal to the parent at exit; left out: 17, SIGCHLD.',
          }),
        ),
      },
      'clone3 with set_tid',
    ),
    step('setsid', {}, 'setsid()'),
    step('setpgid', STEP_FIELDS.setpgid, 'setpgid(): of the caller itself or its child'),
    step('prctl', STEP_FIELDS.prctl, 'prctl()'),
    step(
      'unshare',
      { flags: Type.Array(Type.Enum(['CLONE_NEWPID', 'CLONE_FILES', 'CLONE_FS', 'CLONE_SYSVSEM'])) },
      'unshare()',
    ),
    step(
      'setns',
      { target: Pid, nstype: Type.Literal('CLONE_NEWPID') },
      "setns() on the target's pid namespace",
    ),
    step('exit', STEP_FIELDS.exit, 'Exit by code, or death by signal'),
    step('wait4', STEP_FIELDS.wait4, 'Reaps the zombie child'),
    step(
      'exec',
      {},
      'execve() of the executor itself, which then goes on: leaves address space, handlers, files',
    ),
    step(
      'ioctl',
      {
        request: Type.Enum(['TIOCSCTTY', 'TIOCNOTTY']),
        ttyNr: Type.Optional(
          Type.Integer({ minimum: 1, description: 'Device number of the terminal to take.' }),
        ),
      },
      'ioctl() on a terminal: takes it for the session, or drops it',
    ),
    step('ioprio', {}, 'ioprio_set() on itself: makes an I/O context'),
  ],
  {
    $id: 'Step',
    description: 'One system call of one process. `pid` is the caller; 0: the restorer outside the image.',
  },
);

export const HelperSchema = Type.Object(
  {
    pid: Pid,
    role: Type.Enum([...HELPER_ROLES]),
    serves: Type.Array(Pid, { description: 'Processes of the image for whose sake it exists.' }),
  },
  { $id: 'Helper', description: 'A process of the plan that the image does not have.' },
);
