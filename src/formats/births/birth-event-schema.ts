/** Births and deaths as NDJSON or JSON (docs/births-format.md): one schema an event, for the check and the OpenAPI document. */
import Type from 'typebox';
import type { BirthEvent } from '../../engine/record/birth-event.ts';
import { LARGEST_NUMBER } from '../field-limits.ts';

const time = Type.Number({
  minimum: 0,
  description: 'Nanoseconds since boot (CLOCK_BOOTTIME). Never less than in the event before.',
});
const pid = (description: string, minimum = 1) =>
  Type.Integer({ minimum, maximum: LARGEST_NUMBER, description });
const start = (whose: string) =>
  Type.Optional(
    Type.Number({
      minimum: 0,
      description: `Start time of ${whose}: clock ticks since boot, as \`startTime\`.`,
    }),
  );

/** Fields that are not listed are allowed and ignored. */
export const BIRTH_EVENT_SCHEMAS = {
  attach: Type.Object(
    { event: Type.Literal('attach'), time, boot: Type.Optional(Type.String({ description: 'Boot id.' })) },
    { description: 'The recorder begins: who lives now has a birth that it did not see.' },
  ),
  fork: Type.Object(
    {
      event: Type.Literal('fork'),
      parent: pid('Who called, also with CLONE_PARENT; 0: somebody outside.', 0),
      child: pid('Who was made.'),
      time,
      parentStart: start('the caller'),
      childStart: start('the child'),
      parentAt: Type.Optional(
        Type.Number({
          minimum: 0,
          description: 'The caller is who had its number at this time, not at `time`: contracted records.',
        }),
      ),
    },
    { description: 'A process made another: fork, vfork, clone or clone3 without CLONE_THREAD.' },
  ),
  birth: Type.Object(
    {
      event: Type.Literal('birth'),
      child: pid('Who was made.'),
      time,
      childStart: start('the child'),
      ancestorBefore: Type.Number({
        minimum: 0,
        description: 'Its closest creator that lives was born before this time.',
      }),
    },
    { description: 'A process was made by somebody who is gone, and not all creators above are known.' },
  ),
  alive: Type.Object(
    { event: Type.Literal('alive'), pid: pid('Who lived.'), time, start: start('it') },
    { description: 'A process lived, or was a zombie.' },
  ),
  exit: Type.Object(
    { event: Type.Literal('exit'), pid: pid('Who has exited, or was released.'), time, start: start('it') },
    { description: 'A process has exited.' },
  ),
  lost: Type.Object(
    {
      event: Type.Literal('lost'),
      time,
      until: Type.Optional(Type.Number({ minimum: 0, description: 'Left out: `time`.' })),
      since: Type.Optional(
        Type.Number({ minimum: 0, description: 'Given where earlier lines are concerned: from then on.' }),
      ),
      count: Type.Optional(Type.Integer({ minimum: 0 })),
    },
    {
      description: 'Events may be missing between the one before and this one, and further on up to `until`.',
    },
  ),
} satisfies Record<BirthEvent['event'], Type.TSchema>;
