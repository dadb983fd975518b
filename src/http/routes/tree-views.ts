/** What is told of a tree without a plan: what restorers would do, what a target must have, the command of CRIU. */

import type { FastifyInstance } from 'fastify';
import type { Static } from 'typebox';
import type { TreeView } from '../../jobs/tree-view.ts';
import { notModified } from '../plugins/entity-tag.ts';
import { acceptedType, JSON_TYPE } from '../plugins/media-type.ts';
import { problemAnswers } from '../schemas/problem-schema.ts';
import { jsonAnswer, NOT_MODIFIED, TREE_VIEW } from '../schemas/route-answers.ts';
import { toldOfTree } from '../told-of-tree.ts';
import { IdParams, SurroundingsQuery } from './parameters.ts';
import type { Service } from './service.ts';

interface ViewOfTree {
  readonly view: TreeView;
  readonly operationId: string;
  readonly component: string;
  readonly summary: string;
  readonly description: string;
}

const TREE_VIEWS: readonly ViewOfTree[] = [
  {
    view: 'restorers',
    operationId: 'getRestorers',
    component: 'Restorers',
    summary: 'What CRIU and Virtuozzo would do with the tree by themselves',
    description:
      'Told without running them, by a model of each release: the outcome, the message that its log will have, why, ' +
      'and what helps. A restorer of which nothing is known for such a tree is left out.',
  },
  {
    view: 'requirements',
    operationId: 'getRequirements',
    component: 'Requirements',
    summary: 'What a target must have for the tree to be restored there',
    description:
      'Numbers, kernel, capabilities, room; of an image set or a checkpoint archive also mounts, files, sockets, terminals, memory, ' +
      'rights and the machine. `notTold` names what the image did not tell.',
  },
  {
    view: 'criu-command',
    operationId: 'getCriuCommand',
    component: 'CriuCommand',
    summary: 'The options that dump and restore by CRIU need, each with its reason',
    description: '`notTold` names what the image did not tell: it may ask for further options.',
  },
];

export function treeViewRoutes(app: FastifyInstance, service: Service): void {
  for (const row of TREE_VIEWS) treeViewRoute(app, service, row);
}

function treeViewRoute(app: FastifyInstance, service: Service, row: ViewOfTree): void {
  const { view, operationId, component, summary, description } = row;
  app.get<{ Params: Static<typeof IdParams>; Querystring: Static<typeof SurroundingsQuery> }>(
    `/v1/trees/:id/${view}`,
    {
      schema: {
        tags: ['trees'],
        operationId,
        summary,
        description,
        params: IdParams,
        querystring: SurroundingsQuery,
        response: {
          200: jsonAnswer(summary, component),
          304: NOT_MODIFIED,
          ...problemAnswers(TREE_VIEW),
        },
      },
    },
    async (request, reply) => {
      acceptedType(request, ['application/json']);
      const told = await toldOfTree(service, request.params.id, view, request.query.surroundings);
      if (notModified(request, reply, request.params.id, told.representation)) return reply;
      return reply.type(JSON_TYPE).send(await told.json());
    },
  );
}
