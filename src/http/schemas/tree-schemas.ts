/** Stored trees as clients see them. */

import Type from 'typebox';
import { ContentId, Count, nullable } from './field-types.ts';

const counts = {
  processes: Count,
  threads: Type.Integer({ minimum: 0, description: 'Threads besides the main ones' }),
  zombies: Count,
  sessions: Type.Integer({ minimum: 0, description: 'Different session numbers' }),
  groups: Type.Integer({ minimum: 0, description: 'Different process group numbers' }),
  namespaces: Count,
};

const TreeSchema = Type.Object(
  {
    id: ContentId,
    ...counts,
    findings: Type.Array(Type.Ref('Diagnostic'), {
      description: 'What the upload was read with: assumptions, contradictions between its files.',
    }),
    surroundings: Type.Optional(
      Type.String({
        description:
          'Id of what the upload says beside the tree (mounts, files, sockets, …); left out where it says nothing.',
      }),
    ),
    links: Type.Ref('Links'),
  },
  { $id: 'Tree', description: 'A stored tree: its id and what is in it.' },
);

const TreePageSchema = Type.Object(
  {
    trees: Type.Array(Type.Ref('Tree')),
    next: nullable(Type.String(), { description: '`cursor` of the next page' }),
  },
  { $id: 'TreePage' },
);

export const TREE_SCHEMAS = [TreeSchema, TreePageSchema];
