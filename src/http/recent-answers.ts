/**
 * Answers to uploads that came before, byte for byte: who posts the same image again need not wait for its reading.
 *
 * An answer holds as long as the store has its plan and its tree in memory, so whatever takes one of them away
 * (a deletion, a failed write, newer records) takes the answer away too; it is made again then.
 */

import { hash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { Upload } from '../jobs/upload.ts';
import { RecentRecords } from '../store/recent-records.ts';
import type { RecordMemory } from '../store/record-memory.ts';
import type { Store } from '../store/store.ts';

export interface RecentAnswer {
  readonly planId: string;
  readonly treeId: string;
  readonly body: Buffer;
}

function keptAnswer({ planId, treeId, body }: RecentAnswer, memory: RecordMemory): RecentAnswer {
  const { buffer, byteOffset, length } = memory.keep(body);
  return { planId, treeId, body: Buffer.from(buffer, byteOffset, length) };
}

/** A key, a Map's entry and an object, roughly. */
const BYTES_AROUND = 500;

export class RecentAnswers {
  private readonly store: Store;
  private readonly answers: RecentRecords<RecentAnswer>;

  /** @param maxBytes of all answers together; 0: none is kept */
  constructor(store: Store, maxBytes: number) {
    this.store = store;
    this.answers = new RecentRecords(maxBytes, ({ body }) => body.length + BYTES_AROUND, keptAnswer);
  }

  get(question: string): RecentAnswer | undefined {
    const answer = this.answers.get(question);
    if (!answer) return undefined;
    if (this.store.recentPlan(answer.planId) && this.store.recentTree(answer.treeId)) return answer;
    this.answers.remove(question);
    return undefined;
  }

  put(question: string, answer: RecentAnswer): void {
    this.answers.put(question, answer);
  }
}

/**
 * What the answer depends on; undefined where it depends on more than the bytes and the address.
 * @param maxBytes longest body that is worth it
 */
export function questionOf(
  { headers, url }: FastifyRequest,
  upload: Upload,
  maxBytes: number,
): string | undefined {
  if (headers.prefer !== undefined || 'parts' in upload || upload.rest) return undefined;
  if (upload.head.length > maxBytes || url.length > LONGEST_URL) return undefined;
  return `${hash('sha256', upload.head, 'base64')} ${upload.contentType} ${url}`;
}

const LONGEST_URL = 200;
