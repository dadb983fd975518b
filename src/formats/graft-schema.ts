/** Grafts as JSON: one schema for the answer of the API and for the file beside the rewritten images. */

import Type, { type Static } from 'typebox';
import { CARRIER_ROLES, CRIU_RELEASES } from '../engine/handover/graft.ts';
import { LARGEST_EXIT_STATUS } from './field-limits.ts';
import { GRAFT_FORMAT } from './graft-file.ts';
import { describedPid, Pid, PidOrOutside } from './number-schemas.ts';
import { STEP_FIELDS } from './plan-schema.ts';

const Signal = Type.Integer({ minimum: 1, maximum: 64 });
const closed = { additionalProperties: false };

export const GraftRecordSchema = Type.Object(
  {
    pid: Pid,
    ppid: PidOrOutside,
    pgid: PidOrOutside,
    sid: PidOrOutside,
    threads: Type.Array(Pid, { description: 'Thread ids, the pid first; empty for a zombie.' }),
    zombie: Type.Optional(Type.Literal(true, { description: 'CRIU itself restores it as a zombie.' })),
  },
  { ...closed, description: 'A record of pstree.img.' },
);

export const CarrierSchema = Type.Object(
  {
    pid: Pid,
    ppid: Pid,
    pgid: Pid,
    sid: Pid,
    model: describedPid('A live process of the image whose core, credentials and namespaces fit.'),
    role: Type.Enum([...CARRIER_ROLES], {
      description:
        '`zombie`: a zombie of the image, played by a stopped task until the script lets it exit; the others are helpers of the plan.',
    }),
    serves: Type.Array(Pid, { description: 'Processes of the image for whose sake it exists.' }),
    childSubreaper: Type.Boolean(),
  },
  { ...closed, description: 'A stopped task that runs nothing; its record is among the records.' },
);

export const FinishStepSchema = Type.Union(
  [
    Type.Object({ op: Type.Literal('prctl'), pid: Pid, ...STEP_FIELDS.prctl }, closed),
    Type.Object(
      { op: Type.Literal('setpgid'), pid: Pid, ...STEP_FIELDS.setpgid },
      { ...closed, description: '`target` is the caller itself or its child.' },
    ),
    Type.Object(
      {
        op: Type.Literal('exit'),
        pid: Pid,
        ...STEP_FIELDS.exit,
        parent: describedPid('Its parent at this moment.'),
        reap: Type.Enum(['ignore', 'wait', 'zombie'], {
          description:
            '`ignore`: reaped because its parent ignores SIGCHLD while it dies; `wait`: reaped by wait4 of its parent, ' +
            'since a zombie that stays falls to that parent with this death; `zombie`: it stays a zombie with this status.',
        }),
        adopter: Type.Optional(describedPid('Who gets its children.')),
      },
      { ...closed, description: 'Death of a carrier, by code or by signal.' },
    ),
    Type.Object({ op: Type.Literal('wait4'), pid: Pid, ...STEP_FIELDS.wait4 }, closed),
  ],
  { description: 'One step of the finishing script.' },
);

export const GraftRestoreSchema = Type.Object(
  {
    sigchld: Type.Array(Pid, {
      description: 'Processes that stay, whose SIGCHLD the script disturbs.',
    }),
    pdeathSignals: Type.Array(Type.Object({ pid: Pid, tid: Pid, signal: Signal }, closed), {
      description:
        'Parent-death signals to set after the last death. From core images: `regraft graft` fills it in.',
    }),
    stops: Type.Array(Type.Object({ pid: Pid, signal: Signal }, closed), {
      description: 'Processes that are stopped in the end. From core images: `regraft graft` fills it in.',
    }),
  },
  { ...closed, description: 'What the finisher puts back, or does last.' },
);

/** What only core images tell. */
const GraftFileRestoreSchema = Type.Object(
  {
    ...GraftRestoreSchema.properties,
    signals: Type.Array(
      Type.Object(
        { pid: Pid, tid: PidOrOutside, info: Type.String({ pattern: '^([0-9a-f]{2}){12,128}$' }) },
        closed,
      ),
      {
        description:
          'Pending signals that a stop or its end throws away: the siginfo of each, in hexadecimal; tid 0: for the whole process.',
      },
    ),
  },
  closed,
);

const ExpectedSchema = Type.Object(
  {
    pid: Pid,
    ppid: PidOrOutside,
    pgid: PidOrOutside,
    sid: PidOrOutside,
    threads: Type.Array(Pid, { description: 'Thread ids, the pid first; empty for a zombie.' }),
    exitStatus: Type.Optional(
      Type.Integer({ minimum: 0, maximum: LARGEST_EXIT_STATUS, description: 'Of zombies: raw wait status.' }),
    ),
    childSubreaper: Type.Optional(
      Type.Boolean({ description: 'Left out where the image does not tell it.' }),
    ),
  },
  { ...closed, description: 'A process as it has to be in the end.' },
);

export const GraftFileSchema = Type.Object(
  {
    format: Type.Literal(GRAFT_FORMAT),
    /** Of the image set before it was rewritten. */
    pstree: Type.String({ pattern: '^[0-9a-f]{64}$', description: 'SHA-256 of the original pstree.img' }),
    criu: Type.Enum([...CRIU_RELEASES]),
    root: Pid,
    records: Type.Array(GraftRecordSchema),
    carriers: Type.Array(CarrierSchema),
    script: Type.Array(FinishStepSchema),
    restore: GraftFileRestoreSchema,
    expected: Type.Array(ExpectedSchema, { description: 'The tree of the image set, the root first.' }),
  },
  { ...closed, description: 'regraft-graft.json: what has to be done to the restored processes.' },
);
export type GraftFile = Static<typeof GraftFileSchema>;
