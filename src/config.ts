/** Configuration: read once from the environment, checked by its schema, then passed in. */

import { availableParallelism } from 'node:os';
import { envSchema } from 'env-schema';
import { type Static, Type } from 'typebox';
import type { ReadLimits } from './formats/read-limits.ts';

const MIB = 1 << 20;

const Environment = Type.Object({
  HOST: Type.String({ default: '127.0.0.1', description: 'Address to listen on' }),
  PORT: Type.Integer({
    default: 8080,
    minimum: 0,
    maximum: 65535,
    description: 'Port; 0 takes any free one',
  }),
  DATA_DIR: Type.String({ default: './data', description: 'Where trees and plans are kept' }),
  DATABASE_URL: Type.String({
    default: '',
    description:
      'PostgreSQL to keep them in instead, for several servers at a time: postgres://USER:PASSWORD@HOST/DATABASE',
  }),
  LOG_LEVEL: Type.String({
    default: 'info',
    pattern: '^(fatal|error|warn|info|debug|trace|silent)$',
    description: 'pino level',
  }),
  CORS_ORIGIN: Type.String({
    default: '',
    description: 'Origins that browsers may call from, comma separated; empty: CORS is off',
  }),
  MAX_BODY_BYTES: Type.Integer({ default: 1024 * MIB, minimum: 1, description: 'Largest request body' }),
  MAX_DECODED_BYTES: Type.Integer({
    default: 1024 * MIB,
    minimum: 1,
    description: 'Bytes of an upload after decompression',
  }),
  MAX_ENTRY_BYTES: Type.Integer({
    default: 256 * MIB,
    minimum: 1,
    description: 'Largest wanted member of an archive, longest NDJSON line',
  }),
  MAX_ARCHIVE_ENTRIES: Type.Integer({
    default: 500_000,
    minimum: 1,
    description: 'Most members of an archive, skipped ones included',
  }),
  MAX_PROCESSES: Type.Integer({ default: 2_000_000, minimum: 1, description: 'Most processes of a tree' }),
  MAX_THREADS: Type.Integer({ default: 4_194_304, minimum: 0, description: 'Most thread ids of a tree' }),
  MAX_JSON_DEPTH: Type.Integer({ default: 64, minimum: 4, description: 'Deepest nesting of a JSON body' }),
  WORKERS: Type.Integer({
    default: Math.max(1, availableParallelism() - 1),
    minimum: 1,
    maximum: 256,
    description: 'Planning threads',
  }),
  READERS: Type.Integer({
    default: 4,
    minimum: 1,
    maximum: 256,
    description: 'Reading threads: a large upload has one, and memory of its own, while it arrives',
  }),
  WORKER_HEAP_MB: Type.Integer({ default: 2048, minimum: 16, description: 'Heap limit of a worker thread' }),
  QUEUE_SIZE: Type.Integer({ default: 16, minimum: 0, description: 'Plans that may wait for a worker' }),
  INLINE_MAX_BYTES: Type.Integer({
    default: 256 * 1024,
    minimum: 0,
    description: 'Bodies up to this size are read on the main thread',
  }),
  INLINE_MAX_PROCESSES: Type.Integer({
    default: 2000,
    minimum: 0,
    description: 'Trees up to this size are planned on the main thread',
  }),
  SYNC_MAX_PROCESSES: Type.Integer({
    default: 20_000,
    minimum: 0,
    description: 'Trees up to this size are waited for; larger ones are answered with 202',
  }),
  ANSWER_CACHE_BYTES: Type.Integer({
    default: 64 * MIB,
    minimum: 0,
    description: 'Memory for answers to small uploads that come again byte for byte; 0: none',
  }),
  REQUEST_TIMEOUT_MS: Type.Integer({
    default: 120_000,
    minimum: 1000,
    description: 'Longest time that a client may take to send a request',
  }),
});

export type Environment = Static<typeof Environment>;

/** Limits on what an upload may cost. */
export interface Limits extends ReadLimits {
  readonly maxBodyBytes: number;
}

export interface Config {
  readonly host: string;
  readonly port: number;
  readonly dataDir: string;
  /** Empty: the embedded store. */
  readonly databaseUrl: string;
  readonly logLevel: string;
  /** Empty: CORS is off. */
  readonly corsOrigins: readonly string[];
  readonly limits: Limits;
  readonly workers: {
    readonly planning: number;
    readonly reading: number;
    readonly heapMb: number;
    readonly queue: number;
    /** Above these, a worker does it. */
    readonly inlineMaxBytes: number;
    readonly inlineMaxProcesses: number;
    /** Above this, the answer is 202 unless the client asks to wait. */
    readonly syncMaxProcesses: number;
  };
  /** Memory for answers that may be asked for again. */
  readonly answerCacheBytes: number;
  readonly requestTimeoutMs: number;
}

/** @throws Error naming the variable that is wrong */
export function readConfig(environment: Record<string, string | undefined> = process.env): Config {
  const env = envSchema<Environment>({ schema: Environment, data: { ...environment }, env: false });
  return {
    host: env.HOST,
    port: env.PORT,
    dataDir: env.DATA_DIR,
    databaseUrl: env.DATABASE_URL,
    logLevel: env.LOG_LEVEL,
    corsOrigins: env.CORS_ORIGIN.split(',').flatMap((origin) => origin.trim() || []),
    limits: {
      maxBodyBytes: env.MAX_BODY_BYTES,
      maxDecodedBytes: env.MAX_DECODED_BYTES,
      maxEntryBytes: env.MAX_ENTRY_BYTES,
      maxEntries: env.MAX_ARCHIVE_ENTRIES,
      maxProcesses: env.MAX_PROCESSES,
      maxThreads: env.MAX_THREADS,
      maxDepth: env.MAX_JSON_DEPTH,
    },
    workers: {
      planning: env.WORKERS,
      reading: env.READERS,
      heapMb: env.WORKER_HEAP_MB,
      queue: env.QUEUE_SIZE,
      inlineMaxBytes: env.INLINE_MAX_BYTES,
      inlineMaxProcesses: env.INLINE_MAX_PROCESSES,
      syncMaxProcesses: env.SYNC_MAX_PROCESSES,
    },
    answerCacheBytes: env.ANSWER_CACHE_BYTES,
    requestTimeoutMs: env.REQUEST_TIMEOUT_MS,
  };
}
