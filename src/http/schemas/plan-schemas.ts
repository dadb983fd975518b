/** Plans as clients see them. */

import Type from 'typebox';
import { DEFAULT_OPTIONS } from '../../engine/plan/plan-options.ts';
import { PHASES } from '../../engine/plan/planning.ts';
import { HelperSchema, StepSchema } from '../../formats/plan-schema.ts';
import { ContentId, Count, nullable, Pid, PidOrOutside } from './field-types.ts';

export const PlanOptionsSchema = Type.Object(
  {
    allowCloneParent: Type.Optional(
      Type.Boolean({
        description: `May steps use CLONE_PARENT? Left out: ${DEFAULT_OPTIONS.allowCloneParent}.`,
      }),
    ),
    helperPidMin: Type.Optional(
      Type.Integer({
        minimum: 2,
        maximum: 4194303,
        description: `Helpers that are free in their number get one from here upwards. Left out: ${DEFAULT_OPTIONS.helperPidMin}.`,
      }),
    ),
    occupiedPids: Type.Optional(
      Type.Array(Pid, {
        maxItems: 4194304,
        description: 'Level-0 numbers that are taken on the target. Left out: none.',
      }),
    ),
    respectCaba: Type.Optional(
      Type.Boolean({
        description: `Must the births agree with the \`caba\` of the image? Left out: ${DEFAULT_OPTIONS.respectCaba}.`,
      }),
    ),
    history: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 1_000_000,
        description: '0: the preferred history; n: the n-th alternative. Left out: 0.',
      }),
    ),
    births: Type.Optional(
      Type.Record(Type.String({ pattern: '^[1-9][0-9]{0,9}$' }), PidOrOutside, {
        additionalProperties: false,
        description:
          'Births to assume: pid to the pid of its closest alive born ancestor, 0 for outside. Left out: none.',
      }),
    ),
  },
  { additionalProperties: false, description: 'What a client may ask of a plan.' },
);

const SummarySchema = Type.Object(
  {
    processes: Count,
    sessions: Count,
    groups: Count,
    zombies: Count,
    namespaces: Count,
    steps: Count,
    helpers: Count,
    helpersAtLeast: Type.Integer({
      minimum: 0,
      description:
        'Dead session leaders and dead group leaders, and whoever else has to bring sessions into pid namespaces: no plan has fewer helpers.',
    }),
  },
  { $id: 'PlanSummary' },
);

const VerificationSchema = Type.Union(
  [
    Type.Object(
      {
        by: Type.Literal('simulator'),
        stepsExecuted: Count,
        processesCompared: Count,
        differences: Type.Literal(0),
      },
      {
        description: 'The steps were run through the simulator of kernel rules and the end equals the image.',
      },
    ),
    Type.Object(
      { by: Type.Literal('proof checker'), facts: Count, steps: Count },
      {
        description:
          'The refusal has a proof, and each of its steps was checked against the image alone: `facts` of the image, and `steps` ' +
          'that follow, the last of them a contradiction. `GET /v1/plans/{id}/explanation` shows it.',
      },
    ),
  ],
  { $id: 'Verification', description: 'Who checked the answer, and how much.' },
);

const LinksSchema = Type.Record(Type.String(), Type.String({ format: 'uri-reference' }), { $id: 'Links' });

const ProgressSchema = Type.Object(
  {
    phase: Type.Enum(['queued', ...PHASES]),
    phasesDone: Count,
    phases: Count,
  },
  { $id: 'Progress' },
);

const PlanSchema = Type.Object(
  {
    id: ContentId,
    status: Type.Literal('ready'),
    outcome: Type.Enum(['restorable', 'unrestorable', 'undecided']),
    treeId: ContentId,
    engineVersion: Type.String(),
    options: Type.Required(PlanOptionsSchema),
    summary: Type.Ref('PlanSummary'),
    helpers: Type.Array(Type.Ref('Helper')),
    diagnostics: Type.Array(Type.Ref('Diagnostic')),
    verification: nullable(Type.Ref('Verification')),
    links: Type.Ref('Links'),
    steps: Type.Optional(Type.Array(Type.Ref('Step'), { description: 'With `include=steps`.' })),
    diff: Type.Optional(Type.Ref('PlanDiff')),
    restorers: Type.Optional(Type.Array(Type.Ref('Restorer'), { description: 'With `include=restorers`.' })),
  },
  { $id: 'Plan', description: 'A finished plan. Every outcome is an answer, none is an error.' },
);

const { id, status, outcome, treeId, engineVersion, options, summary, links } = PlanSchema.properties;

const PlanPageSchema = Type.Object(
  {
    plans: Type.Array(Type.Object({ id, status, outcome, treeId, engineVersion, options, summary, links }), {
      description: 'Plans without helpers, diagnostics and steps',
    }),
    next: nullable(Type.String(), {
      description: '`cursor` of the next page; null on the last',
    }),
  },
  { $id: 'PlanPage', description: 'A page of the plans of a tree.' },
);

const PendingPlanSchema = Type.Object(
  {
    id: ContentId,
    status: Type.Enum(['running', 'failed', 'cancelled']),
    treeId: ContentId,
    engineVersion: Type.String(),
    options: Type.Required(PlanOptionsSchema),
    progress: Type.Ref('Progress'),
    links: Type.Ref('Links'),
    error: Type.Optional(Type.Ref('Problem')),
  },
  { $id: 'PendingPlan', description: 'A plan that is not there yet, or will not be.' },
);

export const PLAN_SCHEMAS = [
  StepSchema,
  HelperSchema,
  SummarySchema,
  VerificationSchema,
  LinksSchema,
  ProgressSchema,
  PlanSchema,
  PlanPageSchema,
  PendingPlanSchema,
];
