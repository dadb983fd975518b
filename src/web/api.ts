/** What the page asks of the API. Every number and verdict that it shows comes from here. */

import { createRegraftClient } from '../client/index.ts';
import { anotherToken, tokenAtHand } from './access.ts';
import type { ReadyPlan, Timeline, TimelineEvent, TreeImage } from './model/answers.ts';
import { type ImageProcess, shownOf } from './model/image-processes.ts';
import type { ShownProcess } from './model/process-forest.ts';
import { planned, UNREACHABLE } from './planning-events.ts';
import { type Problem, problemText } from './problem-text.ts';
import { textOf } from './text-of-stream.ts';

const client = createRegraftClient({ baseUrl: location.origin, fetch: reach });

/** Trees above this size come as a stream of lines. */
const WHOLE = 20_000;
const TIMELINE_PAGE = 10_000;

/** What is told while something takes long: a sentence, how far it is, from 0 to 1, and which plan is being made. */
export type Progress = (says: string, share?: number, planId?: string) => void;

export class ApiError extends Error {
  /** Where the guide has cause and remedy. */
  help: string | undefined;

  static of(problem: Problem): ApiError {
    const error = new ApiError(problemText(problem));
    error.help = problem.help;
    return error;
  }
}

interface Answered {
  readonly id: string;
  readonly status: string;
  /** Of a plan that failed, or was cancelled. */
  readonly error?: Problem;
}

const UNAUTHORIZED = 401;
const TOO_MANY = 429;
/** So often a request that came too soon is sent again: showing a plan takes several at once. */
const MOST_WAITS = 5;

/** With a token where the server wants one. Whatever a browser says of a broken connection is said in these words. */
async function reach(input: string | Request, init?: RequestInit): Promise<Response> {
  const wanted = new Request(input, init);
  let waits = 0;
  for (;;) {
    const request = wanted.clone();
    const token = tokenAtHand();
    if (token !== null) request.headers.set('authorization', `Bearer ${token}`);
    const answer = await fetch(request).catch(() => {
      throw new ApiError(UNREACHABLE);
    });
    if (answer.status === TOO_MANY && waits++ < MOST_WAITS)
      await pause(secondsWanted(answer.headers.get('retry-after')));
    else if (answer.status !== UNAUTHORIZED || !(await anotherToken(token))) return answer;
  }
}

function secondsWanted(retryAfter: string | null): number {
  return Number(retryAfter) || 1;
}

function pause(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}

/** A fetch cannot tell how far an upload is. `type` null: the browser says it, as of a form. */
export function postPlan(
  body: Blob | string | FormData,
  type: string | null,
  tell: Progress,
  waits = 0,
): Promise<ReadyPlan> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', '/v1/plans');
    if (type !== null) request.setRequestHeader('content-type', type);
    const token = tokenAtHand();
    if (token !== null) request.setRequestHeader('authorization', `Bearer ${token}`);
    request.upload.onprogress = ({ loaded, total }) => {
      if (total > 0) tell(loaded < total ? 'Sending…' : 'Planning…', loaded / total);
    };
    request.onerror = () => reject(new ApiError(UNREACHABLE));
    request.onload = async () => {
      if (request.status === UNAUTHORIZED && (await anotherToken(token))) {
        resolve(postPlan(body, type, tell));
        return;
      }
      if (request.status === TOO_MANY && waits < MOST_WAITS) {
        const seconds = secondsWanted(request.getResponseHeader('retry-after'));
        tell(`The server is asked too often. Again in ${seconds} s…`);
        await pause(seconds);
        resolve(postPlan(body, type, tell, waits + 1));
        return;
      }
      let answer: unknown;
      try {
        answer = JSON.parse(request.responseText);
      } catch {
        reject(new ApiError(`The server answered ${request.status}.`));
        return;
      }
      if (request.status >= 400) reject(ApiError.of(answer as Problem));
      else resolve(whenReady(answer as Answered, tell));
    };
    request.send(body);
  });
}

export async function getPlan(id: string, tell: Progress): Promise<ReadyPlan> {
  return whenReady(await getJson<Answered>(`/v1/plans/${id}`), tell);
}

/** The same tree with other options. */
export function replan(treeId: string, options: object, tell: Progress): Promise<ReadyPlan> {
  return postPlan(JSON.stringify({ treeId, options }), 'application/json', tell);
}

export async function getJson<T>(path: string): Promise<T> {
  const answer = await reach(path, { headers: { accept: 'application/json' } });
  const body: unknown = await answer.json().catch(() => null);
  if (!answer.ok) throw ApiError.of((body ?? {}) as Problem);
  if (body === null) throw new ApiError(UNREACHABLE);
  return body as T;
}

/** Null where the plan has no such link: the server does not say that of this tree. */
export function getLinked<T>(plan: ReadyPlan, name: string, query = ''): Promise<T | null> {
  const link = (plan.links as Readonly<Record<string, string | undefined>>)[name];
  return link === undefined ? Promise.resolve(null) : getJson<T>(link + query);
}

export async function getText(path: string): Promise<string> {
  const answer = await reach(path, { headers: { accept: 'text/plain' } });
  if (!answer.ok) throw new ApiError(`The server answered ${answer.status}.`);
  return answer.text().catch(() => {
    throw new ApiError(UNREACHABLE);
  });
}

export async function getTree(id: string, size: number, tell: Progress): Promise<TreeOfPage> {
  if (size > WHOLE) return treeByLines(id, size, tell);
  const { data, error } = await client.GET('/v1/trees/{id}', { params: { path: { id } } });
  if (!data) throw ApiError.of(error as Problem);
  const image = data as TreeImage;
  return { image, processes: shownOf(image.processes as readonly ImageProcess[], image.root ?? 0) };
}

export interface TimelineOfPage {
  readonly root: Timeline['root'];
  readonly events: TimelineEvent[];
}

export async function getTimeline(id: string, tell: Progress): Promise<TimelineOfPage> {
  const events: TimelineEvent[] = [];
  let cursor = '0';
  for (;;) {
    const { data, error } = await client.GET('/v1/plans/{id}/timeline', {
      params: { path: { id }, query: { cursor, limit: TIMELINE_PAGE } },
    });
    if (!data) throw ApiError.of(error as Problem);
    events.push(...data.events);
    if (data.next === null) return { root: data.root, events };
    cursor = data.next;
    tell('Reading the plan…', events.length / data.count);
  }
}

export interface TreeOfPage {
  /** Null for large trees. */
  readonly image: TreeImage | null;
  readonly processes: ShownProcess[];
}

async function treeByLines(id: string, size: number, tell: Progress): Promise<TreeOfPage> {
  const answer = await reach(`/v1/trees/${id}`, { headers: { accept: 'application/x-ndjson' } });
  if (!answer.ok || !answer.body) throw new ApiError(`The server answered ${answer.status}.`);
  let root = 0;
  let rest = '';
  let first = true;
  const processes: ImageProcess[] = [];
  const read = (line: string): void => {
    if (line === '') return;
    if (first) root = (JSON.parse(line) as { root: number }).root;
    else processes.push(JSON.parse(line) as ImageProcess);
    first = false;
  };
  for await (const part of textOf(answer.body)) {
    const lines = (rest + part).split('\n');
    rest = lines.pop()!;
    for (const line of lines) read(line);
    tell('Reading the tree…', processes.length / size);
  }
  read(rest);
  return { image: null, processes: shownOf(processes, root) };
}

async function whenReady(plan: Answered, tell: Progress): Promise<ReadyPlan> {
  if (plan.status === 'ready') return plan as unknown as ReadyPlan;
  if (plan.status === 'running') {
    tell('Planning…', undefined, plan.id);
    await planned(plan.id, reach, tell);
    return whenReady(await getJson(`/v1/plans/${plan.id}`), tell);
  }
  throw ApiError.of(plan.error ?? { title: `The plan is ${plan.status}.` });
}
