/** Views of a plan, and what is asked about it. */

import Type from 'typebox';
import { RESOURCE_FIELDS } from '../../formats/tree-image-schema.ts';
import { ContentId, Count, nullable, Pid, PidOrOutside } from './field-types.ts';

const StepIndex = Type.Integer({ minimum: 0, description: 'Index into `steps`' });

const StepPageSchema = Type.Object(
  {
    steps: Type.Array(Type.Ref('Step')),
    from: StepIndex,
    count: Type.Integer({ minimum: 0, description: 'Steps of the whole plan' }),
    next: nullable(Type.String({ description: '`cursor` of the next page' })),
  },
  { $id: 'StepPage' },
);

const PlanDiffSchema = Type.Object(
  {
    result: nullable(
      Type.Object(
        {
          processesCompared: Count,
          total: Type.Integer({ minimum: 0, description: 'Differences; 0 for a verified plan' }),
          differences: Type.Array(Type.Object({}, { additionalProperties: true })),
        },
        { description: 'The rebuilt tree against the image' },
      ),
    ),
    working: nullable(
      Type.Object(
        {
          step: Type.Integer({ minimum: 0, description: 'The first step by which a helper dies' }),
          helpers: Type.Array(
            Type.Object({
              pid: Pid,
              role: Type.String(),
              parent: PidOrOutside,
              pgid: PidOrOutside,
              sid: PidOrOutside,
            }),
          ),
          elsewhere: Type.Array(Type.Object({ pid: Pid, parent: PidOrOutside, expected: PidOrOutside }), {
            description: 'Processes of the image with another parent than there',
          }),
          unborn: Type.Array(Pid, { description: 'Processes of the image that are born later' }),
          totals: Type.Object({ helpers: Count, elsewhere: Count, unborn: Count }),
          refusal: Type.Null(),
        },
        { description: 'The tree at its fullest, just before the first helper dies, against the image' },
      ),
    ),
  },
  { $id: 'PlanDiff', description: 'Both are null where the tree is not restorable.' },
);

const ScriptsSchema = Type.Object(
  {
    processes: Type.Array(
      Type.Object({
        pid: PidOrOutside,
        do: Type.Array(
          Type.Object({
            step: StepIndex,
            after: Type.Array(StepIndex, { description: 'Steps of others that it waits for' }),
          }),
        ),
      }),
    ),
    criticalPath: Type.Integer({ minimum: 0, description: 'Steps of the longest chain of waiting' }),
  },
  { $id: 'Scripts', description: 'The same plan, a process at a time.' },
);

const effect = <K extends string, T extends Record<string, Type.TSchema>>(kind: K, fields: T) =>
  Type.Object({ kind: Type.Literal(kind), pid: Pid, ...fields });

const Resources = Type.Array(Type.Enum([...RESOURCE_FIELDS]), {
  description: 'Kinds of shared resources',
});

const TerminalDevice = Type.Integer({
  minimum: 0,
  description: 'Device number of the controlling terminal; 0: none',
});

const EffectSchema = Type.Union(
  [
    effect('born', { creator: PidOrOutside, parent: PidOrOutside, pgid: PidOrOutside, sid: PidOrOutside }),
    effect('session', { sid: Pid, pgid: Pid }),
    effect('group', { pgid: Pid }),
    effect('flag', { childSubreaper: Type.Boolean() }),
    effect('zombie', {}),
    effect('gone', {}),
    effect('adopted', { parent: PidOrOutside, from: Pid }),
    effect('shares', { with: Pid, resources: Resources }),
    effect('leaves', { resources: Resources }),
    effect('terminal', { ttyNr: TerminalDevice }),
  ],
  { $id: 'Effect', description: 'One change of one process by a step.' },
);

const TimelineSchema = Type.Object(
  {
    root: Type.Object(
      { pid: Pid, pgid: PidOrOutside, sid: PidOrOutside, ttyNr: TerminalDevice },
      { description: 'The root as it is before step 0' },
    ),
    events: Type.Array(
      Type.Object({
        index: StepIndex,
        step: Type.Ref('Step'),
        effects: Type.Array(Type.Ref('Effect')),
        reasons: Type.Array(
          Type.Object(
            {
              why: Type.String({ description: 'Kind of reason' }),
              text: Type.String({ description: 'The reason in one sentence' }),
              pid: PidOrOutside,
            },
            { additionalProperties: true, description: 'The most important one first.' },
          ),
        ),
      }),
    ),
    from: StepIndex,
    count: Type.Integer({ minimum: 0, description: 'Steps of the whole plan' }),
    next: nullable(Type.String({ description: '`cursor` of the next page' })),
  },
  { $id: 'Timeline' },
);

const ClaimSchema = Type.Object(
  { says: Type.String({ description: 'What kind of claim it is; the other fields name whom it is about' }) },
  {
    $id: 'Claim',
    additionalProperties: true,
    description:
      'One thing that is said, by the image or as a step of a proof: `{"says":"parent","process":3,"parent":2}`. Numbers are those of ' +
      'level 0; a session leader that is gone has the number of its session; 0 is whoever is outside the image.',
  },
);

const ExplanationSchema = Type.Object(
  {
    outcome: Type.String({ description: '`restorable`, `unrestorable` or `undecided`' }),
    code: nullable(Type.String({ description: 'Code of the diagnostic that decided' })),
    conclusion: Type.String(),
    pids: Type.Array(Pid),
    facts: Type.Array(
      Type.Object({
        id: Type.String({ description: '`F1`, `F2`, …' }),
        claim: Type.Ref('Claim'),
        text: Type.String(),
      }),
      { description: 'What the image or the request says that contradicts itself' },
    ),
    rules: Type.Array(
      Type.Object({
        rule: Type.String({ description: 'Name, as in docs/proofs.md' }),
        states: Type.String(),
        kernel: Type.Array(Type.String(), { description: 'Kernel rules that it rests on' }),
      }),
      { description: 'Rules that steps follow by' },
    ),
    steps: Type.Array(
      Type.Object({
        id: Type.String({ description: '`S1`, `S2`, …' }),
        rule: nullable(Type.String({ description: 'The rule that it follows by' })),
        from: Type.Array(Type.String(), { description: 'Premises: facts, and steps before it' }),
        claim: nullable(Type.Ref('Claim')),
        pids: Type.Array(Pid, { description: 'Processes of the image that it is about' }),
        text: Type.String({ description: 'The step in words' }),
        depth: Type.Integer({ minimum: 0, description: 'Of how many suppositions it is a part' }),
      }),
    ),
  },
  {
    $id: 'Explanation',
    description:
      'For a refusal its proof, as the checker has accepted it: the last step is a contradiction. For a restorable tree the steps are ' +
      'what the planner has to say.',
  },
);

const Birth = nullable(Type.Object({ creator: PidOrOutside, asSibling: Type.Boolean() }));
const Side = Type.Object({
  id: ContentId,
  outcome: Type.String(),
  options: Type.Object({}, { additionalProperties: true }),
  summary: Type.Ref('PlanSummary'),
});

const PlanComparisonSchema = Type.Object(
  {
    treeId: ContentId,
    a: Side,
    b: Side,
    partAt: nullable(Type.Integer({ minimum: 0, description: 'Index of the first step that differs' })),
    onlyInA: Type.Array(Type.Ref('Step')),
    onlyInB: Type.Array(Type.Ref('Step')),
    births: Type.Array(Type.Object({ pid: Pid, a: Birth, b: Birth }), {
      description: 'Processes with different creators',
    }),
    totals: Type.Object({ onlyInA: Count, onlyInB: Count, births: Count }),
  },
  { $id: 'PlanComparison' },
);

export const VIEW_SCHEMAS = [
  StepPageSchema,
  PlanDiffSchema,
  ScriptsSchema,
  EffectSchema,
  TimelineSchema,
  PlanComparisonSchema,
  ClaimSchema,
  ExplanationSchema,
];
