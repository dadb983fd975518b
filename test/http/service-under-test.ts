/** A whole service for one test file: its own store, its own threads, closed when the test ends; its answers are held to the document. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { buildApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { Dispatcher } from '../../src/jobs/dispatcher.ts';
import { Planner } from '../../src/jobs/planner.ts';
import { EmbeddedStore } from '../../src/store/embedded-store.ts';
import type { Store } from '../../src/store/store.ts';
import { checkAnswers } from './answer-check.ts';

export interface ServiceUnderTest {
  readonly app: FastifyInstance;
  readonly planner: Planner;
  readonly store: EmbeddedStore;
}

/**
 * @param environment variables besides the defaults
 * @param workerFile another program for the worker threads
 */
export async function startService(
  environment: Record<string, string> = {},
  workerFile?: URL,
): Promise<ServiceUnderTest> {
  const directory = mkdtempSync(join(tmpdir(), 'regraft-http-'));
  const store = await EmbeddedStore.open(directory);
  const service = await startServer(store, environment, workerFile);
  after(async () => {
    await service.stop();
    await store.close();
    rmSync(directory, { recursive: true });
  });
  return { ...service, store };
}

export interface ServerUnderTest {
  readonly app: FastifyInstance;
  readonly planner: Planner;
  stop(): Promise<void>;
}

/** A server on a store that is there, which others may use too. */
export async function startServer(
  store: Store,
  environment: Record<string, string> = {},
  workerFile?: URL,
): Promise<ServerUnderTest> {
  const config = readConfig({ LOG_LEVEL: 'silent', ...environment });
  const planner = new Planner(store, config, new Dispatcher(config.workers, workerFile));
  const app = await buildApp({ config, store, planner });
  checkAnswers(app);
  const stop = async () => {
    await app.close();
    await planner.close();
  };
  return { app, planner, stop };
}

/** A flat tree: init and its children, each the leader of its own group. */
export function flatTree(processes: number, comm = 'child'): object {
  const rows: object[] = [{ pid: 1, ppid: 0, pgid: 1, sid: 1, childSubreaper: false }];
  for (let pid = 2; pid <= processes; pid++) {
    rows.push({ pid, ppid: 1, pgid: pid, sid: 1, childSubreaper: false, comm });
  }
  return { root: 1, processes: rows };
}

export function postJson(
  app: FastifyInstance,
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<LightMyRequestResponse> {
  const payload = typeof body === 'string' ? body : JSON.stringify(body);
  return post(app, url, 'application/json', payload, headers);
}

export function post(
  app: FastifyInstance,
  url: string,
  type: string,
  payload: string | Buffer,
  headers: Record<string, string> = {},
): Promise<LightMyRequestResponse> {
  return app.inject({ method: 'POST', url, headers: { 'content-type': type, ...headers }, payload });
}

/** Asks until the plan is no longer running. */
export async function settled(app: FastifyInstance, id: string): Promise<Record<string, unknown>> {
  for (;;) {
    const plan = (await app.inject(`/v1/plans/${id}`)).json<Record<string, unknown>>();
    if (plan.status !== 'running') return plan;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
