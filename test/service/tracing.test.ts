/** Traces arrive at a collector, here a small receiver of OTLP over HTTP, where one is named. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const MAIN = join(import.meta.dirname, '../../src/main.js');

interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly attributes: readonly { key: string; value: Record<string, unknown> }[];
}

async function receiver() {
  const spans: OtlpSpan[] = [];
  const services = new Set<unknown>();
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request.setEncoding('utf8')) text += chunk;
    assert.equal(request.url, '/v1/traces');
    for (const { resource, scopeSpans } of JSON.parse(text).resourceSpans) {
      services.add(
        resource.attributes.find(({ key }: { key: string }) => key === 'service.name').value.stringValue,
      );
      for (const scope of scopeSpans) spans.push(...scope.spans);
    }
    response.setHeader('content-type', 'application/json').end('{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { spans, services, address, close: () => server.close() };
}

function star(children: number): string {
  const processes = [{ pid: 1, ppid: 0, pgid: 1, sid: 1 }];
  for (let pid = 2; pid < children + 2; pid++) processes.push({ pid, ppid: 1, pgid: pid, sid: pid });
  return JSON.stringify({ tree: { processes } });
}

test('requests, the work of both kinds of threads, phases and the store are spans of the trace that the client began', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'regraft-tracing-'));
  const { spans, services, address, close } = await receiver();
  const child = spawn(process.execPath, [MAIN], {
    env: {
      ...{ PATH: process.env.PATH, PORT: '0', DATA_DIR: folder, OTEL_EXPORTER_OTLP_ENDPOINT: address },
      INLINE_MAX_PROCESSES: '10',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => {
    child.kill('SIGKILL');
    close();
    rmSync(folder, { recursive: true });
  });
  let log = '';
  const url = await new Promise<string>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      log += text;
      const [, found] = /Server listening at (http:[^"]+)/.exec(log) ?? [];
      if (found) resolve(found);
    });
  });
  const traceId = 'ab'.repeat(16);
  const post = async (body: string, expected: number, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${url}/v1/plans`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });
    assert.equal(answer.status, expected);
  };
  await post(star(50), 201, { traceparent: `00-${traceId}-${'cd'.repeat(8)}-01` });
  await post(star(3), 201);
  await post('{', 400);
  // What is left is sent before the end.
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  assert.equal((await exit)[0], 0);

  assert.deepEqual([...services], ['regraft']);
  const ofClient = spans.filter((span) => span.traceId === traceId);
  const named = (name: string, among = ofClient) => {
    const found = among.find((span) => span.name === name);
    assert.ok(found, `${name} in ${among.map((span) => span.name).join(', ')}`);
    return found;
  };
  const attribute = ({ attributes }: OtlpSpan, key: string) =>
    Object.values(attributes.find((one) => one.key === key)?.value ?? {})[0];
  const request = named('POST /v1/plans');
  assert.equal(request.parentSpanId, 'cd'.repeat(8));
  assert.equal(attribute(request, 'http.response.status_code'), 201);
  const plan = named('plan');
  assert.equal(plan.parentSpanId, request.spanId);
  assert.equal(attribute(plan, 'regraft.thread'), 'worker');
  assert.equal(named('verification').parentSpanId, plan.spanId);
  assert.equal(named('store putTree').parentSpanId, request.spanId);
  named('store putPlan');
  assert.match(log, new RegExp(`"traceId":"${traceId}".*"msg":"request"`));

  const others = spans.filter((span) => span.traceId !== traceId);
  assert.equal(attribute(named('plan', others), 'regraft.thread'), 'main');
  const statuses = others.flatMap((span) => attribute(span, 'http.response.status_code') ?? []);
  assert.deepEqual(statuses.map(Number).sort(), [201, 400]);
  for (const span of spans.filter(({ parentSpanId }) => !parentSpanId))
    assert.equal(span.name, 'POST /v1/plans', 'nothing but requests begins a trace');
});

test('without a collector nothing of the SDK is loaded', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'regraft-untraced-'));
  const preload = new URL('./tell-packages.js', import.meta.url).href;
  const child = spawn(process.execPath, ['--import', preload, MAIN], {
    env: { PATH: process.env.PATH, PORT: '0', DATA_DIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.after(() => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  });
  let loaded = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    loaded += text;
  });
  let log = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    log += text;
    if (log.includes('"serving"')) child.kill('SIGTERM');
  });
  await once(child, 'close');
  assert.match(loaded, /^fastify$/m, 'what is loaded is told');
  // Its API is what prom-client asks for anyway.
  assert.doesNotMatch(loaded, /^@opentelemetry\/(?!api$)/m);
});
