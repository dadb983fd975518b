/** Lines of a batch: what they say of pods, and what is answered of one. */

import Type, { type Static } from 'typebox';
import { ContentId, nullable } from './field-types.ts';
import { PlanOptionsSchema } from './plan-schemas.ts';

const Name = Type.String({ minLength: 1, maxLength: 512 });

const LABELS = {
  pod: Type.Optional({ ...Name, description: 'Pod that the tree is of. The lines of a pod stand together.' }),
  container: Type.Optional({ ...Name, description: 'Its container.' }),
  pidNamespace: Type.Optional({
    ...Name,
    description:
      'Containers of a pod with the same one share a pid namespace, and are planned together. Left out: those whose root is not ' +
      'pid 1 of its namespace share that of the pod, with the one container whose root is, if there is only one.',
  }),
};

export const BatchLabelsSchema = Type.Object(LABELS, { additionalProperties: false });
export type BatchLabels = Static<typeof BatchLabelsSchema>;

/** `refused`: there is no tree to judge. */
export const VERDICTS = ['restorable', 'undecided', 'unrestorable', 'refused'] as const;
export type Verdict = (typeof VERDICTS)[number];

const VerdictSchema = Type.Enum([...VERDICTS], {
  description: 'The outcome of the plan; `refused`: the line has no tree that could be planned.',
});

const Line = Type.Integer({ minimum: 1, description: 'Of the body, from 1' });
const PodName = Type.String({ description: 'As the lines name it' });
const ContainerName = nullable(Name, { description: 'Null where the line does not say' });

const ContainerAnswerSchema = Type.Object(
  {
    pod: PodName,
    container: ContainerName,
    verdict: VerdictSchema,
    plannedWith: Type.Array(Line, {
      description: 'Lines of the containers whose processes are in the same plan, its own among them',
    }),
  },
  {
    $id: 'ContainerAnswer',
    description: 'What the answer to a line with a pod has besides what a Plan, or a Problem, has.',
  },
);

const PodAnswerSchema = Type.Object(
  {
    pod: PodName,
    verdict: Type.Enum([...VERDICTS], { description: 'The worst of its containers' }),
    containers: Type.Array(
      Type.Object({
        line: Line,
        container: ContainerName,
        verdict: VerdictSchema,
        planId: nullable(ContentId, {
          description: 'The plan that the verdict rests on; null where there is none',
        }),
        why: nullable(Type.String(), { description: 'Why it is not restorable' }),
      }),
      { description: 'In the order of their lines' },
    ),
  },
  { $id: 'PodAnswer', description: 'What a batch says of a pod: a line of its own after its containers.' },
);

const BatchRequestSchema = Type.Object(
  {
    tree: Type.Optional(Type.Ref('TreeImage')),
    treeId: Type.Optional(Type.String({ description: 'Id of a stored tree' })),
    options: Type.Optional(PlanOptionsSchema),
    ...LABELS,
  },
  {
    $id: 'BatchRequest',
    additionalProperties: false,
    description:
      'A line of a batch: a PlanRequest that may say to which container of which pod its tree belongs.',
  },
);

export const BATCH_SCHEMAS = [BatchRequestSchema, ContainerAnswerSchema, PodAnswerSchema];
