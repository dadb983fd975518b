/** Births: recorded ones that come in, those of a plan, and what is certain about them. */

import Type from 'typebox';
import type { BirthEvent } from '../../engine/record/birth-event.ts';
import { BIRTH_EVENT_SCHEMAS } from '../../formats/births/birth-event-schema.ts';
import { Count, nullable, Pid, PidOrOutside } from './field-types.ts';

const BirthEventSchema = Type.Union(Object.values(BIRTH_EVENT_SCHEMAS), {
  $id: 'BirthEvent',
  description: 'A line of a record of births and deaths. Other fields are allowed and ignored.',
});

const BirthAnalysisSchema = Type.Object(
  {
    status: Type.Enum(['analysed', 'contradiction', 'undecided', 'unsupported'], {
      description:
        '`unsupported`: processes born or put in from outside; such trees are planned, not analysed.',
    }),
    reason: nullable(Type.String({ description: 'Why there is no analysis; null where there is one' })),
    processes: Type.Array(
      Type.Object({
        pid: Pid,
        grade: Type.Enum(['given', 'forced', 'simplest', 'open'], {
          description:
            '`given`: by the image or the options. `forced`: the same in every history, proven. `simplest`: the same in all histories with the fewest adoptions. `open`: not even that.',
        }),
        caba: Type.Integer({
          minimum: 0,
          description: 'Its closest alive born ancestor in the simplest history',
        }),
        candidates: Type.Array(Pid, {
          description: 'Closest alive born ancestors that it can have; the first 100',
        }),
        candidateCount: Count,
      }),
      { description: 'A row a process but the root; empty unless analysed' },
    ),
    histories: nullable(
      Type.Union(
        [
          Type.Object({ exact: Count }),
          Type.Object({
            atLeast: Count,
            atMost: nullable(Type.Number({ minimum: 0, description: 'Null: too many to say' })),
          }),
        ],
        { description: 'Inequivalent histories: counted, or between bounds' },
      ),
    ),
    simplest: Type.Record(Type.String(), PidOrOutside, {
      description: 'A history with few adoptions: pid to its closest alive born ancestor',
    }),
    adoptions: Type.Integer({ minimum: 0, description: 'Adoptions in that history' }),
    ask: nullable(
      Type.Object(
        {
          pid: Pid,
          expectedLeft: nullable(Type.Number({ description: 'Mean number of histories left by an answer' })),
          worstLeft: nullable(Count),
          settles: nullable(
            Type.Integer({ minimum: 0, description: 'Open births that any answer settles, of `of`' }),
          ),
          of: Count,
          alternatives: Type.Array(Type.Array(Pid), { description: 'Questions that are exactly as good' }),
        },
        { description: 'Whose closest alive born ancestor to find out first; null: nothing is open' },
      ),
    ),
    bounded: Type.Boolean({
      description:
        'Limits were reached: candidates that are listed may be impossible, open births may be certain. `forced` stays a proof.',
    }),
  },
  { $id: 'BirthAnalysis', description: 'Which births are certain, which are open, how many histories fit.' },
);

const BirthsSchema = Type.Object(
  {
    births: Type.Array(
      Type.Object({
        pid: Pid,
        bornOf: Type.Integer({ minimum: 0, description: 'Caller of its clone3; 0: outside the image' }),
        step: nullable(Type.Integer({ minimum: 0, description: 'Index into `steps`' })),
        cloneParent: Type.Boolean({ description: 'Born as the sibling of its creator' }),
        helper: Type.Boolean(),
        parent: nullable(
          Type.Integer({ minimum: 0, description: 'Parent in the image, 0 outside; null for a helper' }),
        ),
      }),
    ),
    analysis: Type.Optional(Type.Ref('BirthAnalysis')),
  },
  { $id: 'Births', description: 'Who clones whom, in the order of the births, beside who is whose parent.' },
);

const RecordedBirthsSchema = Type.Object(
  {
    events: Type.Integer({ minimum: 0, description: 'Events that were read' }),
    known: Type.Integer({
      minimum: 0,
      description: 'Processes whose closest alive born ancestor they prove',
    }),
    bounded: Type.Integer({ minimum: 0, description: 'Processes for which they exclude some' }),
    unknown: Count,
    exited: Type.Integer({ minimum: 0, description: 'Living processes that have exited in the record' }),
    sets: Type.Array(
      Type.Object({
        pid: Pid,
        among: Type.Array(Pid, { description: 'One of these it is; the first 100' }),
        count: Count,
      }),
      { description: 'Of bounded ones; the first 1000' },
    ),
  },
  { $id: 'RecordedBirths', description: 'What events say about the processes of a tree but its root.' },
);

const TreeWithBirthsSchema = Type.Intersect(
  [
    Type.Ref('Tree'),
    Type.Object({
      births: Type.Ref('RecordedBirths'),
      tree: Type.Ref('TreeImage'),
    }),
  ],
  {
    $id: 'TreeWithBirths',
    description: 'The tree with `caba` filled in where the events prove it: a stored tree of its own.',
  },
);

export const BIRTH_SCHEMAS = [
  BirthEventSchema,
  BirthAnalysisSchema,
  BirthsSchema,
  RecordedBirthsSchema,
  TreeWithBirthsSchema,
];

/** Of the sample tree: 4 made 7, one that is gone made 4, and one of whom nothing is known made 6. */
const EVENTS: readonly BirthEvent[] = [
  { event: 'attach', time: 1000 },
  { event: 'fork', parent: 2, child: 3, time: 2000 },
  { event: 'fork', parent: 3, child: 4, time: 3000 },
  { event: 'fork', parent: 5, child: 6, time: 5000 },
  { event: 'exit', pid: 5, time: 6000 },
  { event: 'exit', pid: 3, time: 7000 },
  { event: 'fork', parent: 4, child: 7, time: 8000 },
  { event: 'exit', pid: 7, time: 9000 },
];

export const SAMPLE_EVENTS = EVENTS.map((event) => `${JSON.stringify(event)}\n`).join('');

export const BIRTH_UPLOADS = {
  'application/x-ndjson': {
    schema: { type: 'string', description: 'A BirthEvent a line, in the order in which they happened.' },
    example: SAMPLE_EVENTS,
  },
  'application/json': {
    schema: { type: 'array', items: { $ref: 'BirthEvent#' } },
    example: EVENTS,
  },
};
