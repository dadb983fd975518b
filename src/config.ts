/** Configuration: the settings, read once and checked, in the groups in which they are passed on. */

import type { ReadLimits } from './formats/read-limits.ts';
import { type Environment, readSettings } from './settings.ts';

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
  /** From the signal to the end. */
  readonly shutdownMs: number;
}

/** @throws SettingsError naming what is wrong */
export function readConfig(environment: Environment): Config {
  const env = readSettings(environment);
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
    shutdownMs: 1000 * env.SHUTDOWN_SECONDS,
  };
}
