/** What a target says about itself, and how a plan and its requirements are judged by it. */

import Type from 'typebox';
import { TARGET_CODES, type TargetCode, WHEN } from '../../engine/requirements/fault.ts';
import { STATUSES } from '../../engine/requirements/judge.ts';
import { ContentId, nullable, Pid } from './field-types.ts';
import { COMMAND_OPTION, REQUIREMENT } from './restorer-schemas.ts';

const PreflightSchema = Type.Object(
  {
    planId: ContentId,
    madeAnewFrom: Type.Optional(ContentId),
    ok: Type.Boolean({ description: 'No conflict' }),
    verdict: Type.Enum(['yes', 'not now', 'never', 'no restorer'], {
      description:
        '`yes`: by `command`. `not now`: when the remedies are done. `never`: not on this target. `no restorer`: nothing that is known restores such a tree.',
    }),
    conflicts: Type.Array(
      Type.Object({
        code: Type.Enum(Object.keys(TARGET_CODES) as TargetCode[], {
          description: Object.entries(TARGET_CODES)
            .map(([code, says]) => `- \`${code}\`: ${says}`)
            .join('\n'),
        }),
        property: Type.String({ description: 'Of the requirement' }),
        when: Type.Enum([...WHEN], {
          description: '`never`: nothing on this target helps. `not now`: the remedy does',
        }),
        pids: Type.Array(Pid),
        message: Type.String(),
        remedy: Type.String(),
        detail: Type.Object({}, { additionalProperties: true }),
      }),
    ),
    requirements: Type.Array(
      Type.Object({
        ...REQUIREMENT,
        status: Type.Enum([...STATUSES], { description: 'Not checked: the body says nothing about it' }),
      }),
    ),
    token: nullable(Type.String(), {
      description:
        'The facts that were judged, for `regraft restore --check`, which refuses when they have changed; null where there are conflicts',
    }),
    command: Type.Object(
      {
        restore: nullable(Type.String(), {
          description:
            'DIR, ARCHIVE and GRAFTED stand for themselves; null where nothing that is known restores the tree',
        }),
        by: nullable(Type.Enum(['criu', 'regraft', 'podman']), {
          description:
            'criu: alone. podman: with the archive as it is. regraft: CRIU alone does not restore the tree, a graft does; Podman needs the action script of `regraft finish` for it',
        }),
        why: nullable(Type.String(), { description: 'What CRIU alone would do wrong' }),
        options: Type.Array(Type.Object(COMMAND_OPTION)),
      },
      { description: 'What restores the tree there' },
    ),
  },
  { $id: 'Preflight' },
);

export const TARGET_SCHEMAS = [PreflightSchema];
