/** Configuration: the settings, read once and checked, in the groups in which they are passed on. */

import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { tokenFault } from './api-tokens.ts';
import type { ReadLimits } from './formats/read-limits.ts';
import { type Environment, readSettings, SettingsError, settingText } from './settings.ts';

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
  /** Server processes of this service on this machine. */
  readonly processes: number;
  readonly retention: { readonly days: number; readonly mostBytes: number; readonly dryRun: boolean };
  /** Contents of the files; null: plain HTTP. */
  readonly tls: { readonly cert: Buffer; readonly key: Buffer } | null;
  /** Entries of API_TOKENS (api-tokens.ts). */
  readonly apiTokens: readonly string[];
  /** Of a token; 0: no limit. */
  readonly requestsASecond: number;
  readonly logLevel: string;
  /** Of the collector of traces; empty: there are none. */
  readonly tracesEndpoint: string;
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
  if (env.API_TOKENS === '' && env.OPEN_TO_ALL === 'no' && !isLoopback(env.HOST)) {
    throw new SettingsError(
      `HOST=${env.HOST}: other machines reach it, so API_TOKENS has to be set; OPEN_TO_ALL=yes does without`,
    );
  }
  if (env.PROCESSES > 1 && env.DATABASE_URL === '') {
    throw new SettingsError(
      `PROCESSES=${env.PROCESSES}: the store below DATA_DIR is one process's; set DATABASE_URL for several`,
    );
  }
  return {
    host: env.HOST,
    port: env.PORT,
    dataDir: env.DATA_DIR,
    databaseUrl: databaseOf(env.DATABASE_URL),
    processes: env.PROCESSES,
    retention: {
      days: env.RETENTION_DAYS,
      mostBytes: env.RETENTION_BYTES,
      dryRun: env.RETENTION_DRY_RUN === 'yes',
    },
    tls: tlsOf(env.TLS_CERT_FILE, env.TLS_KEY_FILE),
    apiTokens: tokensOf(env.API_TOKENS),
    requestsASecond: env.RATE_LIMIT,
    logLevel: env.LOG_LEVEL,
    tracesEndpoint: endpointOf(env.OTEL_EXPORTER_OTLP_ENDPOINT),
    corsOrigins: listOf(env.CORS_ORIGIN),
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
      // The processors are shared, unless it is said otherwise.
      planning: settingText(environment, 'WORKERS')
        ? env.WORKERS
        : Math.max(1, Math.floor(env.WORKERS / env.PROCESSES)),
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

function endpointOf(address: string): string {
  if (address === '' || /^https?:$/.test(URL.parse(address)?.protocol ?? '')) return address;
  throw new SettingsError(`OTEL_EXPORTER_OTLP_ENDPOINT=${address}: an address like http://127.0.0.1:4318`);
}

function databaseOf(address: string): string {
  if (address === '' || /^postgres(?:ql)?:$/.test(URL.parse(address)?.protocol ?? '')) return address;
  // It may have a password in it.
  throw new SettingsError('DATABASE_URL: an address like postgres://USER:PASSWORD@HOST/DATABASE');
}

/** What is wrong is told by its place: a token is not for the log. */
function tokensOf(text: string): string[] {
  const entries = listOf(text);
  if (text !== '' && entries.length === 0) throw new SettingsError('API_TOKENS: there is no token in it');
  entries.forEach((entry, i) => {
    const fault = tokenFault(entry);
    if (fault) throw new SettingsError(`API_TOKENS, entry ${i + 1}: ${fault}`);
  });
  return entries;
}

function tlsOf(certFile: string, keyFile: string): Config['tls'] {
  if (certFile === '' && keyFile === '') return null;
  if (certFile === '' || keyFile === '') {
    throw new SettingsError('TLS_CERT_FILE and TLS_KEY_FILE belong together: set both, or none');
  }
  const pair = { cert: contentOf('TLS_CERT_FILE', certFile), key: contentOf('TLS_KEY_FILE', keyFile) };
  try {
    createSecureContext(pair);
  } catch (error) {
    const { message } = error as Error;
    throw new SettingsError(`TLS_CERT_FILE=${certFile}, TLS_KEY_FILE=${keyFile}: ${message}`);
  }
  return pair;
}

function contentOf(name: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new SettingsError(`${name}=${file}: ${(error as Error).message}`);
  }
}

function listOf(text: string): string[] {
  return text.split(',').flatMap((entry) => entry.trim() || []);
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}
