/**
 * The OpenAPI document of the routes, with real examples: each call is made against a service with an empty store, and
 * what it answers stands in the document.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { buildApp } from '../src/app.ts';
import { readConfig } from '../src/config.ts';
import { BIRTH_UPLOADS, SAMPLE_EVENTS } from '../src/http/schemas/birth-schemas.ts';
import { addResponseHeaders } from '../src/http/schemas/response-headers.ts';
import { LOG_UPLOADS, SAMPLE_LOG } from '../src/http/schemas/restorer-schemas.ts';
import {
  BATCH_SAMPLE,
  BATCH_UPLOADS,
  IMAGE_UPLOADS,
  PLAN_UPLOADS,
  SAMPLE,
} from '../src/http/schemas/uploads.ts';
import { Planner } from '../src/jobs/planner.ts';
import { EmbeddedStore } from '../src/store/embedded-store.ts';
import { codeSamples } from './code-samples.ts';
import { describeFields, type Schema } from './describe-fields.ts';

interface MediaType {
  example?: unknown;
  examples?: Record<string, { value: unknown }>;
}
interface Operation {
  operationId: string;
  requestBody?: { content: Record<string, MediaType> };
  responses: Record<string, { headers?: Record<string, object>; content?: Record<string, MediaType> }>;
}
interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

export async function openapiText(): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'regraft-openapi-'));
  const config = readConfig({ DATA_DIR: directory, LOG_LEVEL: 'silent' });
  const store = await EmbeddedStore.open(directory);
  const planner = new Planner(store, config);
  const app = await buildApp({ config, store, planner, document: 'generate' });
  try {
    await app.ready();
    const document = JSON.parse(JSON.stringify(app.swagger())) as Document;
    describeFields(document.components.schemas);
    addResponseHeaders(document.paths);
    await addExamples(document, app);
    return `${JSON.stringify(document, null, 2)}\n`;
  } finally {
    await app.close();
    await planner.close();
    await store.close();
    rmSync(directory, { recursive: true });
  }
}

async function addExamples(document: Document, app: FastifyInstance): Promise<void> {
  const operations = new Map(
    Object.values(document.paths).flatMap((path) =>
      Object.values(path).map((operation) => [operation.operationId, operation] as const),
    ),
  );
  const call = async (
    operationId: string,
    method: 'GET' | 'POST',
    url: string,
    options: { readonly body?: unknown; readonly headers?: Record<string, string> } = {},
  ): Promise<Record<string, unknown>> => {
    const { body, headers = {} } = options;
    const answer = await app.inject({
      method,
      url,
      headers: {
        ...(body === undefined
          ? {}
          : { 'content-type': typeof body === 'string' ? 'application/x-ndjson' : 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const type = String(answer.headers['content-type']).split(';')[0]!;
    const content = operations.get(operationId)?.responses[answer.statusCode]?.content?.[type];
    if (!content) {
      throw new Error(`${operationId} answered ${answer.statusCode} ${type}, which is not in the document`);
    }
    content.example = exampleOf(type, answer);
    return type === 'application/json' ? answer.json() : {};
  };

  const image = { body: SAMPLE };
  const { id: treeId } = await call('postTree', 'POST', '/v1/trees', image);
  await call('postTree', 'POST', '/v1/trees', image);
  await call('listTrees', 'GET', '/v1/trees?limit=1');
  await call('getTree', 'GET', `/v1/trees/${treeId}`);
  await call('getTree', 'GET', `/v1/trees/${treeId}`, { headers: { accept: 'application/x-ndjson' } });
  await call('getRestorers', 'GET', `/v1/trees/${treeId}/restorers`);
  await call('getRequirements', 'GET', `/v1/trees/${treeId}/requirements`);
  await call('getCriuCommand', 'GET', `/v1/trees/${treeId}/criu-command`);
  await call('explainLog', 'POST', '/v1/logs/explain', {
    body: SAMPLE_LOG,
    headers: { 'content-type': 'text/plain' },
  });
  const { id } = await call('postPlan', 'POST', '/v1/plans?include=steps', { body: { tree: SAMPLE } });
  const other = { tree: SAMPLE, options: { helperPidMin: 500 } };
  const { id: otherId } = await call('postPlan', 'POST', '/v1/plans', {
    body: other,
    headers: { prefer: 'respond-async' },
  });
  await planned(app, String(otherId));
  await call('listPlans', 'GET', `/v1/trees/${treeId}/plans?limit=10`);
  await call('getPlan', 'GET', `/v1/plans/${id}?include=steps,diff`);
  for (const accept of ['application/json', 'application/x-ndjson', 'text/plain']) {
    await call('getSteps', 'GET', `/v1/plans/${id}/steps`, { headers: { accept } });
  }
  for (const accept of ['application/json', 'text/plain']) {
    await call('getExplanation', 'GET', `/v1/plans/${id}/explanation`, { headers: { accept } });
  }
  await call('getDiff', 'GET', `/v1/plans/${id}/diff`);
  await call('getBirths', 'GET', `/v1/plans/${id}/births?analysis=true`);
  await call('postBirths', 'POST', `/v1/trees/${treeId}/births`, { body: SAMPLE_EVENTS });
  await call('postBirths', 'POST', `/v1/trees/${treeId}/births`, { body: SAMPLE_EVENTS });
  await call('getScripts', 'GET', `/v1/plans/${id}/scripts`);
  await call('getTimeline', 'GET', `/v1/plans/${id}/timeline`);
  for (const accept of ['application/json', 'application/octet-stream']) {
    await call('getGraft', 'GET', `/v1/plans/${id}/graft?criu=4.3`, { headers: { accept } });
  }
  await call('comparePlans', 'GET', `/v1/plans/${id}/diff/${otherId}`);
  const target = {
    occupiedPids: [1, 2, 300],
    pidMax: 32768,
    kernelRelease: '6.12.0',
    capabilities: [],
    pidsLimit: 100,
  };
  await call('preflight', 'POST', `/v1/plans/${id}/preflight`, { body: target });
  operations.get('preflight')!.requestBody!.content['application/json']!.example = target;
  await call('getEvents', 'GET', `/v1/plans/${otherId}/events`, { headers: { accept: 'text/event-stream' } });
  await call('postPlans', 'POST', '/v1/plans:batch', { body: BATCH_SAMPLE });
  await call('livez', 'GET', '/livez');
  await call('readyz', 'GET', '/readyz');
  operations.get('readyz')!.responses['503']!.content!['application/json']!.example = {
    status: 'unavailable',
  };
  operations.get('metrics')!.responses['200']!.content!['text/plain']!.example = METRICS;
  for (const [operationId, uploads] of UPLOADS) {
    const { content } = operations.get(operationId)!.requestBody!;
    for (const [type, { example, examples }] of Object.entries(uploads as Record<string, MediaType>)) {
      Object.assign(content[type]!, {
        ...(example !== undefined && { example }),
        ...(examples && { examples }),
      });
    }
  }
  giveIds(document, { id: String(id), other: String(otherId) }, String(treeId));
  addCodeSamples(document);
}

/** JSON as a value, text as it is, bytes in base64. */
function exampleOf(type: string, answer: Awaited<ReturnType<FastifyInstance['inject']>>): unknown {
  if (type === 'application/json') return answer.json();
  return type === 'application/octet-stream' ? answer.rawPayload.toString('base64') : answer.body;
}

/** @fastify/swagger leaves out the examples of bodies by media type. */
const UPLOADS: readonly (readonly [string, Readonly<Record<string, object>>])[] = [
  ['postTree', IMAGE_UPLOADS],
  ['postPlan', PLAN_UPLOADS],
  ['postPlans', BATCH_UPLOADS],
  ['postBirths', BIRTH_UPLOADS],
  ['explainLog', LOG_UPLOADS],
];

/** Its numbers change from run to run. */
const METRICS = '# HELP regraft_plans_running Plans that a worker thread computes\nregraft_plans_running 0\n';

async function planned(app: FastifyInstance, id: string): Promise<void> {
  for (;;) {
    const { status } = (await app.inject(`/v1/plans/${id}`)).json<{ status: string }>();
    if (status !== 'running') return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

interface Parameter {
  in: string;
  name: string;
  example?: unknown;
}

function giveIds(document: Document, plans: Readonly<Record<string, string>>, treeId: string): void {
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const operation of Object.values(operations)) {
      for (const parameter of (operation as unknown as { parameters?: Parameter[] }).parameters ?? []) {
        if (parameter.in !== 'path') continue;
        parameter.example = path.startsWith('/v1/trees') ? treeId : plans[parameter.name];
      }
    }
  }
}

/** A stream, pages for people and probes need no code. */
const WITHOUT_SAMPLES = new Set(['getEvents', 'livez', 'readyz', 'metrics']);

function addCodeSamples(document: Document): void {
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      if (WITHOUT_SAMPLES.has(operation.operationId)) continue;
      const { parameters: declared = [] } = operation as unknown as { parameters?: Parameter[] };
      const parameters = Object.fromEntries(
        declared
          .filter(({ in: where }) => where === 'path')
          .map(({ name, example }) => [name, String(example)]),
      );
      const answers = Object.entries(operation.responses).find(([status]) => status.startsWith('2'))![1];
      const [answer = null] = Object.keys(answers.content ?? {});
      Object.assign(operation, {
        'x-codeSamples': codeSamples({
          method: method.toUpperCase(),
          path,
          parameters,
          body: bodyOf(operation),
          answer,
        }),
      });
    }
  }
}

/** The first form of the body that is text and has an example, JSON before others. */
function bodyOf({ requestBody }: Operation): { type: string; text: string } | null {
  if (!requestBody) return null;
  for (const type of ['application/json', 'application/x-ndjson', 'text/plain']) {
    const { example, examples = {} } = requestBody.content[type] ?? {};
    const value = example ?? Object.values(examples)[0]?.value;
    if (value !== undefined) return { type, text: typeof value === 'string' ? value : JSON.stringify(value) };
  }
  throw new Error('a body without an example');
}
