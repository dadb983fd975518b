/** What restorers would do. */

import Type from 'typebox';
import { RESTORERS } from '../../engine/restorers/predict.ts';
import { OUTCOMES } from '../../engine/restorers/prediction.ts';
import { Pid } from './plan-schemas.ts';

const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

const RestorersSchema = Type.Object(
  {
    restorers: Type.Array(
      Type.Object({
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
        why: nullable(
          Type.String({ description: 'The reason in plain words; null where it restores the tree' }),
        ),
        remedy: nullable(Type.String({ description: 'What helps' })),
        graft: Type.Boolean({ description: 'A graft makes it restore exactly this tree' }),
      }),
    ),
  },
  { $id: 'Restorers' },
);

export const RESTORER_SCHEMAS = [RestorersSchema];
