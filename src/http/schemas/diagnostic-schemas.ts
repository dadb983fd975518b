/**
 * Diagnostics as clients see them: one shape a code, with what it says, how it comes about, and what to do.
 *
 * The table is complete by its type: a code that the engine adds has no place until it is described here.
 */

import Type from 'typebox';
import { DIAGNOSTIC_CODES, type DiagnosticCode } from '../../engine/answer-types/diagnostic.ts';
import { Count, nullable, Pid, PidOrOutside } from './field-types.ts';

const byPid = <T extends Type.TSchema>(schema: T, description: string) =>
  Type.Record(Type.String(), schema, { description });

interface Described {
  /** How it comes about. */
  readonly cause: string;
  readonly remedy: string;
  readonly detail: Readonly<Record<string, Type.TSchema>>;
}

const counted = {
  count: Type.Integer({ minimum: 1, description: 'Processes in all; `pids` has the first' }),
};

const FactSchema = Type.Object(
  {
    pid: Pid,
    field: Type.String({ description: 'Field of the process in the image' }),
    value: Type.Union([Type.Integer(), Type.String()]),
    below: Type.Optional(Pid),
  },
  {
    $id: 'Fact',
    description:
      'What the image says of one process. `below`: with field `ppid`, the nearest process of the conflict above this one.',
  },
);

/** Every code with what the answer says of it; docs/guide/diagnostics.md is made from here. */
export const DIAGNOSTICS: Readonly<Record<DiagnosticCode, Described>> = {
  UNRESTORABLE: {
    cause:
      'The image was edited or misread, or the machine that it comes from is not a Linux as this service knows it.',
    remedy: 'Compare the facts with the machine that the image comes from; the explanation has the proof.',
    detail: {
      rule: Type.String({
        description: 'The rule that is broken, or `ORIGIN`: the births contradict each other',
      }),
      facts: Type.Array(Type.Ref('Fact')),
      minimal: Type.Boolean({ description: 'Without any one of the processes the rest would be restorable' }),
      derivation: Type.Optional(
        Type.Array(Type.String(), { description: 'The proof in words, a line a step' }),
      ),
    },
  },
  UNDECIDED: {
    cause: 'A limit of the procedure was reached; `reason` says which.',
    remedy:
      'Nothing follows about the tree. Leave out options that narrow the search; report the image otherwise.',
    detail: {
      reason: Type.String({ description: 'Which limit' }),
      missing: Type.Optional(
        Type.String({ description: 'The step that plans cannot say, where the tree needs nothing else' }),
      ),
    },
  },
  CABA_MISSING: {
    cause: 'Nothing in the image or the request says who created these processes.',
    remedy:
      'Give `caba`, or record births (POST /v1/trees/{id}/births), where it matters who inherited what.',
    detail: {
      ...counted,
      forced: Type.Optional(byPid(PidOrOutside, 'Births that are the same in every history')),
      simplest: Type.Optional(
        byPid(PidOrOutside, 'Births that are the same in all histories of fewest adoptions'),
      ),
      open: Type.Optional(byPid(Type.Array(PidOrOutside), 'Who can have created the others')),
      bounded: Type.Boolean({ description: 'Limits were reached, or nothing was analysed' }),
    },
  },
  ORIGIN_AMBIGUOUS: {
    cause: 'The numbers of the image do not tell who created whom.',
    remedy: 'Find out the birth that `ask` names, and give it as `caba` or in the option `births`.',
    detail: {
      histories: Type.Object(
        {
          exact: Type.Optional(Count),
          atLeast: Type.Optional(Count),
          atMost: Type.Optional(nullable(Type.Number({ minimum: 0 }))),
        },
        { description: '`exact`, or `atLeast` and `atMost` (null: too many to say)' },
      ),
      taken: byPid(PidOrOutside, 'Births of the plan'),
      adoptions: Count,
      open: byPid(Type.Array(PidOrOutside), 'Who can have created each process that is open'),
      ask: Type.Object({
        pid: Pid,
        expectedLeft: nullable(Type.Number()),
        worstLeft: nullable(Count),
        settles: nullable(Count),
        of: Count,
        alternatives: Type.Array(Type.Array(Pid)),
      }),
    },
  },
  CABA_CONTRADICTION: {
    cause: 'Births that were given, by the image or by the option `births`, fit no history together.',
    remedy: 'Leave out one of the births of `core`, or give one of its possible values.',
    detail: {
      core: Type.Array(Type.Object({ pid: Pid, caba: PidOrOutside }), {
        description: 'Births that contradict each other',
      }),
      minimal: Type.Boolean(),
      possible: byPid(Type.Array(PidOrOutside), 'What each could be, the others given'),
      because: nullable(
        Type.Object({ kind: Type.String(), process: Pid, session: nullable(Type.Integer({ minimum: 0 })) }),
      ),
    },
  },
  BIRTH_ORDER_IGNORED: {
    cause: '`birthOrder` or `startTime` of the image fit no history, or none was found that follows them.',
    remedy: 'Check where these numbers come from; a clock that jumped gives such start times.',
    detail: { reason: Type.Enum(['contradicts', 'work limit']) },
  },
  SUBREAPER_UNKNOWN: {
    cause: '/proc does not show the child-subreaper flag; CRIU’s core images do.',
    remedy: 'Give `childSubreaper` where it is known.',
    detail: counted,
  },
  SUBREAPER_INFERRED: {
    cause: 'A process has children that it cannot have created: it was a subreaper when it adopted them.',
    remedy: 'Give `childSubreaper` where it is known: the flag may have been taken back since.',
    detail: counted,
  },
  SESSION_OUTSIDE: {
    cause: 'The leader of the session lives, or lived, above the root of the image.',
    remedy:
      'Start the root, or put in whoever came from outside, from a process in the session that they shall have.',
    detail: counted,
  },
  GROUP_OUTSIDE: {
    cause: 'The leader of the process group lives, or lived, above the root of the image.',
    remedy:
      'Start the root, or put in whoever came from outside, from a process in the group that they shall have.',
    detail: counted,
  },
  SHARING_UNKNOWN: {
    cause: 'Neither the image nor the request says which processes share file tables and other resources.',
    remedy: 'Give `files`, `fs`, `vm` and the other classes where it matters; `regraft scan` finds them.',
    detail: {},
  },
  SHARING_UNREACHABLE: {
    cause: 'What is shared passes at birth only, and no history of births gives these classes.',
    remedy: 'Compare the classes with the machine that the image comes from.',
    detail: {},
  },
  SHARING_IMPOSSIBLE: {
    cause: 'Classes of the image break a rule that no live kernel breaks.',
    remedy: 'Check where the image comes from: it was edited or misread.',
    detail: {},
  },
  SHARING_LOST_BY_RESTORER: {
    cause: 'CRIU has no image or no call for this kind of sharing.',
    remedy: 'Restore by the plan instead of by CRIU, or do without the sharing.',
    detail: {},
  },
  NEEDS_EXEC: {
    cause: 'A process can leave an address space that it shared at birth by execve only.',
    remedy: 'The executor of the plan has to be able to execute itself again.',
    detail: {},
  },
  NEEDS_THREADS: {
    cause: 'What is shared was handed on between threads of one process.',
    remedy: 'Nothing: that is not planned.',
    detail: {},
  },
  EXIT_SIGNAL_LOST: {
    cause: 'CRIU does not keep the exit signal of a process.',
    remedy: 'Restore by the plan instead of by CRIU.',
    detail: {},
  },
  TERMINAL_BY_BIRTH: {
    cause:
      'The controlling terminal of a session comes from its leader, at birth or by a call of the leader.',
    remedy: 'See the message: the session needs that terminal before the process is born.',
    detail: {},
  },
  IO_OR_UNDO_AMBIGUOUS: {
    cause: 'kcmp does not tell an undo list or I/O context that is shared from one that nobody has.',
    remedy: 'Give `sysvsem` and `io` where it matters.',
    detail: {},
  },
  INIT_CANNOT_EXIT: {
    cause: 'The init of a pid namespace is in a group of its own namespace that it does not lead.',
    remedy: 'Before it has to end, its parent outside moves it home: setpgid(init, init).',
    detail: counted,
  },
  PID_CONFLICT: {
    cause: 'The option `occupiedPids` has numbers that the image has too.',
    remedy: 'Restore into a fresh pid namespace, or end the processes that have them.',
    detail: counted,
  },
  PID_MAX_EXCEEDED: {
    cause: 'The image has numbers above 4194303, the largest that Linux gives.',
    remedy: 'Check where the image comes from: it was edited or misread.',
    detail: counted,
  },
  THREAD_ID_CONFLICT: {
    cause: 'A thread id of the image is also the number of a group or session.',
    remedy: 'Check where the image comes from.',
    detail: counted,
  },
  SESSIONS_OUTSIDE_AS_ONE: {
    cause:
      'Processes came from outside, each by itself, and session 0 does not tell one outside session from another.',
    remedy: 'Ask the source of the image for the numbers outside, where it matters.',
    detail: counted,
  },
  FIRST_THREAD_ENDED: {
    cause: 'The first thread of these processes has ended and others live; the image calls them zombies.',
    remedy: 'Give them as alive, and end the first thread when the others run.',
    detail: counted,
  },
  CHILDREN_ELSEWHERE: {
    cause: 'A process called unshare(CLONE_NEWPID) or setns for its children and did not go home.',
    remedy: 'Nothing, where the plan is run; a restorer of its own has to make these calls last of all.',
    detail: counted,
  },
  EXIT_STATUS_LOST: {
    cause:
      'Zombies dumped core when they died: that bit comes back only if they dump again. Or inits of pid namespaces died of a signal that ends an init only by reboot(2) or beside a fault.',
    remedy: 'Allow core files for the exit step; else accept another status.',
    detail: counted,
  },
  GRAFT_IMPOSSIBLE: {
    cause: 'CRIU cannot carry a process that the plan needs; the message names it.',
    remedy: 'Restore by the plan instead of by CRIU.',
    detail: {},
  },
  STATE_UNKNOWN: {
    cause: 'An image set has no core-N.img of these processes.',
    remedy: 'Add it: states, wait statuses, threads and subreaper flags are only there.',
    detail: counted,
  },
  STATE_STOPPED: {
    cause: 'The processes were stopped by a signal when they were dumped.',
    remedy: 'Send them SIGSTOP when the tree is complete.',
    detail: counted,
  },
  IMAGE_VERSION_UNKNOWN: {
    cause: 'The image set was written by a CRIU that is newer, or was changed.',
    remedy: 'Check that the plan fits what was dumped.',
    detail: {
      version: Type.Integer({ minimum: 0 }),
      known: Type.Array(Type.Integer({ minimum: 0 })),
    },
  },
  IMAGE_INCONSISTENT: {
    cause: 'The files of the upload come from several dumps, or some were lost.',
    remedy: 'Dump again, and upload all files of one dump.',
    detail: counted,
  },
};

const SHAPES = Object.entries(DIAGNOSTICS).map(([code, { cause, remedy, detail }]) =>
  Type.Object(
    {
      code: Type.Literal(code as DiagnosticCode),
      severity: Type.Enum(['info', 'warning', 'error']),
      pids: Type.Array(Pid, { description: 'The first of the processes that it is about' }),
      message: Type.String({ description: 'What was found, in this tree' }),
      hint: Type.String({ description: 'What to do about it, in this tree' }),
      detail: Type.Object(detail, { additionalProperties: true }),
    },
    {
      description: `${DIAGNOSTIC_CODES[code as DiagnosticCode]} Cause: ${cause} Remedy: ${remedy}`,
    },
  ),
);

const DiagnosticSchema = Type.Union(SHAPES, {
  $id: 'Diagnostic',
  description: 'A finding about a tree or its plan. Codes are stable; `detail` has the shape of its code.',
});

export const DIAGNOSTIC_SCHEMAS = [FactSchema, DiagnosticSchema];
