/** Path and query parameters that several routes have. */

import Type from 'typebox';
import { ContentId } from '../schemas/field-types.ts';

export const IdParams = Type.Object({ id: ContentId });

export const PageQuery = Type.Object({
  cursor: Type.Optional(Type.String({ pattern: '^[0-9]{1,15}$', description: '`next` of the page before' })),
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 1000, default: 100, description: 'Most items of a page' }),
  ),
});

export const IncludeQuery = Type.Object({
  include: Type.Optional(
    Type.String({
      pattern: '^(steps|diff|restorers)(,(steps|diff|restorers))*$',
      description:
        'What the plan shall have in it: `steps`, `diff`, `restorers` (what CRIU and Virtuozzo would do), comma separated.',
      examples: ['steps,diff'],
    }),
  ),
});

/** Trees that are equal may have come with different files, mounts and sockets. */
export const SurroundingsQuery = Type.Object({
  surroundings: Type.Optional(
    Type.String({
      pattern: '^[0-9a-f]{64}$',
      description:
        'Which upload of the tree is meant, by the `surroundings` that its answer had; without it the latest one.',
    }),
  ),
});

/** Of an upload that may be an archive. */
export const SetQuery = Type.Object({
  set: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 300,
      description:
        'Directory of the image set that is meant, where an archive has several, such as `checkpoints/one`. ' +
        'Without it such an archive is refused, and the sets are listed.',
      examples: ['checkpoints/one'],
    }),
  ),
});

export const INCLUDABLE = ['steps', 'diff', 'restorers'] as const;
export type Included = Readonly<Record<(typeof INCLUDABLE)[number], boolean>>;

export function included({ include = '' }: { include?: string }): Included {
  const names = include.split(',');
  return {
    steps: names.includes('steps'),
    diff: names.includes('diff'),
    restorers: names.includes('restorers'),
  };
}
