/**
 * Every answer of a service under test, held to what the OpenAPI document says of it: its status and content type are
 * documented, its JSON has the shape, and no object in it has a name twice (much of the JSON is written as text, where
 * JSON.parse would not notice). The examples of the document are held to its schemas too.
 */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';

export interface MediaType {
  readonly schema: object;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}
export interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly in: string; readonly name: string; readonly example?: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, MediaType>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, MediaType>> }>>;
}

export const openapi = JSON.parse(
  readFileSync(new URL('../../../openapi/openapi.json', import.meta.url), 'utf8'),
) as { readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> };

const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
ajv.addSchema(openapi, 'openapi.json');

/** Larger answers are looked at by tests of their own. */
const CHECKED_CHARACTERS = 200_000;

const addresses = Object.keys(openapi.paths).map((path) => ({
  path,
  pattern: new RegExp(`^${path.replace(/[.:]/g, '\\$&').replace(/\{\w+\}/g, '[^/]+')}$`),
}));

/** Lets `app.inject` check each answer before it gives it. */
export function checkAnswers(app: FastifyInstance): void {
  const inject = app.inject.bind(app);
  const checked = async (request: InjectOptions | string): Promise<LightMyRequestResponse> => {
    const answer = await inject(request);
    checkAnswer(typeof request === 'string' ? { url: request } : request, answer);
    return answer;
  };
  Object.assign(app, { inject: checked });
}

function checkAnswer({ method = 'GET', url }: InjectOptions, answer: LightMyRequestResponse): void {
  const { pathname } = new URL(String(url), 'http://service');
  const path = addresses.find(({ pattern }) => pattern.test(pathname))?.path;
  const operation = path === undefined ? undefined : openapi.paths[path]![method.toLowerCase()];
  const { statusCode, body } = answer;
  const type = String(answer.headers['content-type'] ?? '').split(';')[0]!;
  const isJson = type.endsWith('json') && answer.headers['content-encoding'] === undefined;
  if (isJson && body.length <= CHECKED_CHARACTERS) checkNames(body);
  if (operation === undefined || statusCode === 304) return;
  checkDocumented([path!, method, String(statusCode)], operation, type, isJson ? body : undefined);
}

/** @param body JSON whose shape counts */
export function checkDocumented(
  [path, method, status]: readonly [string, string, string],
  { responses }: Operation,
  type: string,
  body?: string,
): void {
  const where = `${method} ${path} ${status}`;
  const documented = responses[status];
  assert.ok(documented, `${where} is not in the document: ${body?.slice(0, 300)}`);
  if (documented.content === undefined) return;
  assert.ok(type in documented.content, `${where}: ${type} is not in the document`);
  if (body === undefined || body.length > CHECKED_CHARACTERS || type === 'application/x-ndjson') return;
  checkShape([path, method, status, type], JSON.parse(body));
}

export function checkShape(
  [path, method, status, type]: readonly [string, string, string, string],
  value: unknown,
): void {
  const pointer = ['paths', path, method.toLowerCase(), 'responses', status, 'content', type, 'schema'];
  const $ref = `openapi.json#/${pointer.map(inFragment).join('/')}`;
  const check = ajv.getSchema($ref) ?? ajv.compile({ $ref });
  assert.ok(check(value), `${method} ${path} ${status} ${type}: ${ajv.errorsText(check.errors)}`);
}

function inFragment(name: string): string {
  return encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'));
}

const TOKEN = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}]/g;

/** @throws where an object of a JSON text, or of one of its lines, has a name twice */
function checkNames(text: string): void {
  const open: Set<string>[] = [];
  for (const [token, colon] of text.matchAll(TOKEN)) {
    if (token === '{') open.push(new Set());
    else if (token === '}') open.pop();
    else if (colon !== undefined) {
      const names = open.at(-1)!;
      assert.ok(!names.has(token), `${token} twice in an object of ${text.slice(0, 200)}`);
      names.add(token);
    }
  }
}
