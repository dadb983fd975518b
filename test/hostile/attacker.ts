/**
 * Sends what should be refused, and judges every answer: a 2xx, or a 4xx as problem+json that says where it is wrong;
 * in time, the service alive, nothing left behind.
 */

import assert from 'node:assert/strict';
import { Agent, request } from 'node:http';
import type { TestContext } from 'node:test';
import { scaled } from '../full-size.ts';
import type { ServerProcess } from './server-process.ts';

/**
 * From the last byte sent to the last byte of the answer: a second, and some more for each megabyte of body. The
 * selection runs beside every other test and has more time.
 */
const LONGEST_MS = scaled(6000, 1000);
const LONGEST_MS_A_MB = 50;
const PATIENCE_MS = 20_000;

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly location: string;
  /** From the last byte sent. */
  readonly ms: number;
}

export interface Fault {
  readonly message: string;
  readonly code?: string;
  readonly pointer?: string;
  readonly file?: string;
  readonly offset?: number;
  readonly line?: number;
}

export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly Fault[];
}

/** Codes whose `errors` say where the image is wrong. */
const PLACED = new Set(['IMAGE_UNPARSABLE', 'IMAGE_INVALID']);

/** How an answer says that the planner's plan was wrong: a bug of the engine, whatever the image. */
const UNPROVEN = '"reason":"not verified"';

export class Attacker {
  private readonly server: ServerProcess;
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 1 });
  private readonly counts = new Map<string, number>();
  private slowest = 0;
  private requests = 0;

  constructor(server: ServerProcess) {
    this.server = server;
  }

  /**
   * Posts and judges.
   * @param what names the attack where the answer is wrong
   * @param decodedBytes that the body has when decompressed, where it may take the time of those
   */
  async post(
    path: string,
    type: string,
    body: Uint8Array | string,
    what: string,
    decodedBytes = body.length,
  ): Promise<Answer> {
    const answer = await this.send('POST', path, { 'content-type': type }, body).catch((cause) => {
      throw new Error(`${what}: no answer`, { cause });
    });
    this.judge(answer, what, decodedBytes);
    return answer;
  }

  /** Posts what must be refused with this status and this code, of the problem or of its first fault. */
  async refused(
    path: string,
    type: string,
    body: Uint8Array | string,
    expected: readonly [number, string],
    what: string,
    decodedBytes?: number,
  ): Promise<Refusal> {
    const answer = await this.post(path, type, body, what, decodedBytes);
    assert.ok(answer.status >= 400, `${what}: ${answer.status} ${answer.body.slice(0, 200)}`);
    const refusal = JSON.parse(answer.body) as Refusal;
    const codes = [refusal.code, refusal.errors?.[0]?.code];
    assert.ok(
      refusal.status === expected[0] && codes.includes(expected[1]),
      `${what}: ${expected} expected, ${answer.body.slice(0, 400)}`,
    );
    return refusal;
  }

  judge({ status, type, body, ms }: Answer, what: string, bytes = 0): void {
    const said = `${what}: ${status} ${body.slice(0, 400)}`;
    let key = String(status);
    if (status >= 400) {
      assert.ok(status < 500, said);
      assert.match(type, /^application\/problem\+json/, said);
      const refusal = JSON.parse(body) as Refusal;
      assert.equal(refusal.status, status, said);
      const fault = refusal.errors?.[0];
      if (PLACED.has(refusal.code)) assert.ok(fault !== undefined && isPlaced(fault), said);
      key += ` ${fault?.code ?? refusal.code}`;
    } else {
      assert.ok(status >= 200 && status < 300, said);
      assert.ok(!body.includes(UNPROVEN), `${what}: a plan that does not verify, ${said}`);
    }
    assert.ok(
      ms < LONGEST_MS + (LONGEST_MS_A_MB * bytes) / 1e6,
      `${what}: answered after ${Math.round(ms)} ms`,
    );
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
    this.slowest = Math.max(this.slowest, ms);
    this.requests++;
  }

  send(
    method: string,
    path: string,
    headers: Record<string, string>,
    body: Uint8Array | string = '',
  ): Promise<Answer> {
    const { agent } = this;
    const { port } = this.server;
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    return new Promise((resolve, reject) => {
      let begun = performance.now();
      const outgoing = request(
        { agent, port, method, path, headers: { ...headers, 'content-length': bytes.length } },
        (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
          incoming.on('error', reject);
          incoming.on('end', () =>
            resolve({
              status: incoming.statusCode!,
              type: incoming.headers['content-type'] ?? '',
              body: Buffer.concat(chunks).toString(),
              location: incoming.headers.location ?? '',
              ms: performance.now() - begun,
            }),
          );
        },
      );
      outgoing.setTimeout(PATIENCE_MS, () => outgoing.destroy(new Error(`no answer in ${PATIENCE_MS} ms`)));
      outgoing.on('error', reject);
      outgoing.on('finish', () => {
        begun = performance.now();
      });
      outgoing.end(bytes);
    });
  }

  /** Prints what came back, and forgets it. */
  report(context: TestContext): void {
    const answers = [...this.counts]
      .sort(([, a], [, b]) => b - a)
      .map(([key, count]) => `${key} × ${count}`)
      .join(', ');
    context.diagnostic(
      `${this.requests} requests, slowest ${Math.round(this.slowest)} ms, ` +
        `peak memory of the service ${this.server.peakMiB()} MiB: ${answers}`,
    );
    this.counts.clear();
    this.requests = 0;
    this.slowest = 0;
  }

  close(): void {
    this.agent.destroy();
  }
}

function isPlaced({ pointer, file, offset, line }: Fault): boolean {
  return pointer !== undefined || file !== undefined || offset !== undefined || line !== undefined;
}
