/**
 * Answers to uploads that came before, byte for byte and as they were sent, compressed where they were: who posts the
 * same image again need not wait for its reading.
 *
 * An answer holds as long as the store has its plan and its tree in memory, so whatever takes one of them away
 * (a deletion, a failed write, newer records) takes the answer away too; it is made again then. It is kept from the
 * second time on: most uploads never come again, and what is kept of them is work for the collector.
 *
 * Why: bytes that come again cost the server 0.32 ms of CPU, without this 0.73 (trees of 100 processes with their steps, medians
 * of five pairs on a busy machine of two cores). Were every answer kept, those to trees never seen would cost 1.07 and 1.16
 * times as much (medians of six pairs, two runs).
 */

import { hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Upload } from '../jobs/upload.ts';
import { RecentRecords } from '../store/recent-records.ts';
import type { RecordMemory } from '../store/record-memory.ts';
import type { PlanRecord, Store } from '../store/store.ts';

export interface RecentAnswer {
  readonly planId: string;
  readonly treeId: string;
  readonly body: Buffer;
  /** Content-Encoding of the body; null where it has none. */
  readonly encoding: string | null;
}

/** An answer that is on its way. */
interface Expected {
  readonly question: string;
  readonly planId: string;
  readonly treeId: string;
}

export class RecentAnswers {
  private readonly store: Store;
  private readonly answers: RecentRecords<RecentAnswer>;
  private readonly uploads = new UploadPrints();
  private readonly expected = new WeakMap<FastifyRequest, Expected>();

  /**
   * Keeps what is expected as it leaves the routes that are declared in this scope from now on, compressed already.
   * @param maxBytes of all answers together; 0: none is kept
   */
  constructor(scope: FastifyInstance, store: Store, maxBytes: number) {
    this.store = store;
    scope.addHook('onRoute', (route) => {
      route.onSend = [route.onSend ?? [], this.keepSent].flat();
    });
    this.answers = new RecentRecords(maxBytes, ({ body }) => body.length + BYTES_AROUND, kept);
  }

  /**
   * What the answer depends on; undefined where that is more than the bytes, the address and the encodings, and where the
   * bytes have not come before.
   * @param mostBytes longest body that is worth it
   */
  questionOf({ headers, url }: FastifyRequest, upload: Upload, mostBytes: number): string | undefined {
    if (headers.prefer !== undefined || headers['x-no-compression'] !== undefined) return undefined;
    if ('parts' in upload || upload.rest || upload.contentEncoding) return undefined;
    const encodings = headers['accept-encoding'] ?? '';
    if (upload.head.length > mostBytes || url.length + encodings.length > LONGEST_URL) return undefined;
    if (!this.uploads.cameBefore(upload.head)) return undefined;
    return [hash('sha256', upload.head, 'base64'), upload.contentType, url, encodings].join('\n');
  }

  get(question: string): RecentAnswer | undefined {
    const answer = this.answers.get(question);
    if (!answer) return undefined;
    if (this.store.recentPlan(answer.planId) && this.store.recentTree(answer.treeId)) return answer;
    this.answers.remove(question);
    return undefined;
  }

  /** The answer to this request, when it leaves, is the plan's to that question. */
  expect(request: FastifyRequest, question: string, { id, treeId }: PlanRecord): void {
    this.expected.set(request, { question, planId: id, treeId });
  }

  /** With a callback, not a promise: it runs for every answer. */
  private readonly keepSent = (
    request: FastifyRequest,
    reply: FastifyReply,
    payload: unknown,
    done: (error: null, payload: unknown) => void,
  ): void => {
    const expected = this.expected.get(request);
    if (expected && Buffer.isBuffer(payload)) {
      const { question, planId, treeId } = expected;
      const encoding = reply.getHeader('content-encoding');
      this.answers.put(question, {
        planId,
        treeId,
        body: payload,
        encoding: typeof encoding === 'string' ? encoding : null,
      });
    }
    done(null, payload);
  };
}

/** Short prints of the bytes that came lately: equal ones may be those of other bytes. */
class UploadPrints {
  private readonly prints = new Int32Array(UPLOADS);

  cameBefore(bytes: Uint8Array): boolean {
    const print = crc32(bytes) | 0;
    const place = print & (UPLOADS - 1);
    const known = this.prints[place] === print;
    this.prints[place] = print;
    return known;
  }
}

const UPLOADS = 1 << 15;

function kept({ planId, treeId, body, encoding }: RecentAnswer, memory: RecordMemory): RecentAnswer {
  const { buffer, byteOffset, length } = memory.keep(body);
  return { planId, treeId, body: Buffer.from(buffer, byteOffset, length), encoding };
}

/** A key, a Map's entry and an object, roughly. */
const BYTES_AROUND = 500;

/** Together with the encodings. */
const LONGEST_URL = 200;
