/** What restorers would do, what a target must have, what a log says. */

import Type from 'typebox';
import { LEVELS, STRICTNESS } from '../../engine/requirements/requirement.ts';
import { RESTORERS } from '../../engine/restorers/predict.ts';
import { OUTCOMES } from '../../engine/restorers/prediction.ts';
import { nullable, Pid } from './field-types.ts';

const RestorerSchema = Type.Object(
  {
    restorer: Type.Enum([...RESTORERS]),
    version: Type.String({ description: 'Release, as people name it', examples: ['4.3'] }),
    outcome: Type.Enum([...OUTCOMES], {
      description:
        '`restores`: exactly this tree. `differs`: another one. `refuses`: with `message`. `hangs`: never ends. ' +
        '`unsound`: reports success, and something is missing.',
    }),
    message: nullable(
      Type.String({
        description: 'The line of its log, without file and line; null where it says nothing',
      }),
    ),
    pids: Type.Array(Pid, { description: 'Whom the message, or the difference, is about' }),
    mayHangFor: Type.Optional(
      Type.Array(Pid, {
        description: 'It hangs now and then while it waits for these; a graft avoids that',
      }),
    ),
    why: nullable(Type.String({ description: 'The reason in plain words; null where it restores the tree' })),
    remedy: nullable(Type.String({ description: 'What helps' })),
    graft: Type.Boolean({ description: 'A graft makes it restore exactly this tree' }),
  },
  { $id: 'Restorer', description: 'What a release of a restorer would do with the tree by itself.' },
);

const RestorersSchema = Type.Object({ restorers: Type.Array(Type.Ref('Restorer')) }, { $id: 'Restorers' });

const NotTold = Type.Array(Type.String(), { description: 'What the image did not tell' });

const Total = Type.Integer({ minimum: 0, description: 'Also those that are not listed' });

export const REQUIREMENT = {
  property: Type.String({ examples: ['pidMax'] }),
  captured: Type.Union([
    Type.Integer(),
    Type.String(),
    Type.Object({ numbers: Type.Array(Pid), total: Total }),
    Type.Object({
      list: Type.Array(Type.Union([Type.String(), Type.Object({}, { additionalProperties: true })]), {
        description: 'Names, or objects that say what is wanted of each',
      }),
      total: Total,
    }),
  ]),
  level: Type.Enum([...LEVELS], { description: '`cluster`, `node` or `namespace`: where it must hold' }),
  strictness: Type.Enum([...STRICTNESS], {
    description: '`exact`, `at least`, or `free`: nobody else may have it',
  }),
  says: Type.String({ description: 'In a sentence' }),
};

const RequirementsSchema = Type.Object(
  {
    requirements: Type.Array(Type.Object(REQUIREMENT)),
    notTold: NotTold,
    notes: Type.Array(Type.String(), {
      description: 'Members that could not be read, or not wholly: the requirements may lack something',
    }),
    surroundings: nullable(Type.Object({}, { additionalProperties: true }), {
      description: 'What the members of the image set beside the tree say; null where there were none',
    }),
  },
  { $id: 'Requirements', description: 'What a target must have for the tree to be restored there.' },
);

export const COMMAND_OPTION = {
  option: Type.String(),
  at: Type.Enum(['dump', 'restore', 'both']),
  because: Type.String({ description: 'The fact of the image that asks for it' }),
};

const CriuCommandSchema = Type.Object(
  {
    dump: Type.String({ description: 'PID and DIR stand for themselves' }),
    restore: Type.String(),
    options: Type.Array(Type.Object(COMMAND_OPTION)),
    notTold: NotTold,
  },
  { $id: 'CriuCommand', description: 'The command of CRIU, and why it has each option.' },
);

/** A refusal, with the line before it that is harmless and the one after it that only follows. */
export const SAMPLE_LOG = `(00.000115) Error (criu/rlimit.c:45): rlimit: Can't setup RLIMIT_NOFILE for self: Operation not permitted
(00.002071) Error (criu/pstree.c:1012): Can't find a session leader for 4
(00.002102) Error (criu/cr-restore.c:2536): Restoring FAILED.
`;

export const LOG_UPLOADS = {
  'text/plain': {
    schema: { type: 'string', description: 'dump.log or restore.log, as it is' },
    example: SAMPLE_LOG,
  },
  ...Object.fromEntries(
    ['application/x-tar', 'application/gzip', 'application/zstd'].map((type) => [
      type,
      { schema: { type: 'string', format: 'binary', description: 'A checkpoint archive that has a log' } },
    ]),
  ),
};

const LogLine = {
  line: Type.Integer({ minimum: 1, description: 'From 1' }),
  text: Type.String({ description: 'The whole line' }),
  message: Type.String({ description: 'Without time, pid and source' }),
};

const LogExplanationSchema = Type.Object(
  {
    expected: Type.Optional(
      Type.Boolean({
        description: 'Was the message, or the hang, to be expected of the tree? Where the tree is known.',
      }),
    ),
    hang: Type.Optional(
      Type.Object(
        { pids: Type.Array(Type.Integer({ minimum: 1 })), why: Type.String(), remedy: Type.String() },
        {
          description:
            'Where the log has no error, and a restore of its tree waits for ever: for whom, why, and what helps.',
        },
      ),
    ),
    failed: Type.Boolean({ description: 'False: the log has no error, or only harmless ones' }),
    cause: nullable(
      Type.Object({
        ...LogLine,
        known: Type.Boolean({ description: 'Is the message in the catalogue?' }),
        pids: Type.Array(Type.Integer({ minimum: 0 }), { description: 'Whom it is about' }),
        why: Type.String(),
        remedy: Type.String(),
      }),
    ),
    others: Type.Array(
      Type.Object({ ...LogLine, kind: Type.Enum(['cause', 'consequence', 'harmless', 'unknown']) }),
    ),
  },
  { $id: 'LogExplanation', description: 'What a log of CRIU says, for a person.' },
);

export const RESTORER_SCHEMAS = [
  RestorerSchema,
  RestorersSchema,
  RequirementsSchema,
  CriuCommandSchema,
  LogExplanationSchema,
];
