/** Grafts as clients see them. */

import Type from 'typebox';
import { CRIU_RELEASES, GRAFT_OUTCOMES } from '../../engine/handover/graft.ts';
import { OUTCOMES } from '../../engine/restorers/prediction.ts';
import {
  CarrierSchema,
  FinishStepSchema,
  GraftRecordSchema,
  GraftRestoreSchema,
} from '../../formats/graft-schema.ts';
import { nullable, Pid } from './field-types.ts';

const GraftSchema = Type.Object(
  {
    criu: Type.Enum([...CRIU_RELEASES]),
    root: Pid,
    outcome: Type.Enum([...GRAFT_OUTCOMES], {
      description:
        '`not needed`: CRIU restores the tree exactly by itself, and the graft is empty. `impossible`: the diagnostics say why.',
    }),
    alone: Type.Object(
      {
        outcome: Type.Enum([...OUTCOMES]),
        message: nullable(Type.String(), {
          description: "The line of CRIU's log that says so, without file and line.",
        }),
        pids: Type.Array(Pid),
        mayHangFor: Type.Optional(
          Type.Array(Pid, {
            description: 'The restore hangs now and then while it waits for these; a graft avoids it.',
          }),
        ),
      },
      { description: 'What CRIU does with the tree as it was dumped.' },
    ),
    records: Type.Array(GraftRecordSchema, {
      description: 'Of pstree.img: parents before children, depth first.',
    }),
    carriers: Type.Array(CarrierSchema),
    script: Type.Array(FinishStepSchema, { description: 'Done to the restored processes, in order.' }),
    restore: GraftRestoreSchema,
    diagnostics: Type.Array(Type.Ref('Diagnostic')),
  },
  {
    $id: 'Graft',
    description:
      'What makes an unpatched CRIU restore the tree: it restores the records, nothing of it running, and the script does the rest. Checked on a model of that CRIU and on the simulator.',
  },
);

export const GRAFT_SCHEMAS = [GraftSchema];
