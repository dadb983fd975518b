/**
 * The settings: environment variables, each with its default, its range and its meaning, in one table that checks them,
 * documents them (docs/settings.md, `npm run settings`) and finds what was meant by one that does not exist.
 */

import { availableParallelism } from 'node:os';
import { type Static, type TSchema, Type } from 'typebox';
import { Value } from 'typebox/value';

const MIB = 1 << 20;

/** Every setting, in the order of the table in docs/settings.md. */
export const Settings = Type.Object({
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
  PROCESSES: Type.Integer({
    default: 1,
    minimum: 1,
    maximum: 256,
    description: 'Server processes that share the port, and the work; more than one needs DATABASE_URL',
  }),
  RETENTION_DAYS: Type.Integer({
    default: 0,
    minimum: 0,
    maximum: 36_500,
    description: 'Days after which plans, and trees without younger plans, are deleted; 0: never',
  }),
  RETENTION_BYTES: Type.Integer({
    default: 0,
    minimum: 0,
    description:
      'Bytes of all trees and plans above which the oldest are deleted, plans before trees; 0: no limit',
  }),
  RETENTION_DRY_RUN: Type.Enum(['no', 'yes'], {
    default: 'no',
    description: 'yes: what would be deleted is a line of the log each, and stays',
  }),
  TLS_CERT_FILE: Type.String({
    default: '',
    description: 'Certificate chain, PEM: with TLS_KEY_FILE, the server speaks HTTPS only',
  }),
  TLS_KEY_FILE: Type.String({ default: '', description: 'Its private key, PEM' }),
  API_TOKENS: Type.String({
    default: '',
    description:
      'Tokens that let clients in, comma separated: TOKEN, or sha256:HEX, its hash; read: before one that may only read',
  }),
  RATE_LIMIT: Type.Integer({
    default: 0,
    minimum: 0,
    description: 'Requests a second that a token may make of each process; 0: no limit',
  }),
  OPEN_TO_ALL: Type.Enum(['no', 'yes'], {
    default: 'no',
    description: 'yes: without tokens, listen on addresses that other machines reach too',
  }),
  LOG_LEVEL: Type.Enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
    default: 'info',
    description: 'Least severe lines that are logged',
  }),
  SHUTDOWN_SECONDS: Type.Integer({
    default: 20,
    minimum: 0,
    maximum: 3600,
    description: 'Longest time from SIGTERM to the end, for requests and plans that are under way',
  }),
  OTEL_EXPORTER_OTLP_ENDPOINT: Type.String({
    default: '',
    description: 'OpenTelemetry collector that traces are sent to, as OTLP over HTTP; empty: no traces',
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
    description: 'Planning threads of each process',
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

export type Settings = Static<typeof Settings>;

export type SettingName = keyof Settings & string;
export type Environment = Readonly<Record<string, string | undefined>>;

export class SettingsError extends Error {}

/** @throws SettingsError in a line: each wrong setting with its value and what is allowed */
export function readSettings(environment: Environment): Settings {
  const wrong: string[] = [];
  const values = Object.entries(Settings.properties).map(([name, schema]) => {
    const text = settingText(environment, name);
    if (text === '') return [name, (schema as WithDefault).default];
    const value = isNumber(schema) ? wholeNumber(text) : text;
    if (!Value.Check(schema, value)) wrong.push(`${name}=${text}: ${allowed(schema)}`);
    return [name, value];
  });
  if (wrong.length) throw new SettingsError(wrong.join('; '));
  return Object.fromEntries(values) as Settings;
}

/** As for every program: set to nothing is not set. White space around a value is an editor's, or a file's with CRLF. */
export function settingText(environment: Environment, name: string): string {
  return environment[name]?.trim() ?? '';
}

/** What a setting takes, in words. */
export function allowed(schema: TSchema): string {
  const { minimum, maximum, enum: choices } = schema as Bounds;
  if (choices) return `one of ${choices.join(', ')}`;
  if (!isNumber(schema)) return 'text';
  if (maximum !== undefined) return `a whole number from ${minimum} to ${maximum}`;
  return `a whole number, at least ${minimum}`;
}

/** Every setting has one; the library's types do not say so. */
interface WithDefault {
  readonly default?: unknown;
}

interface Bounds {
  readonly minimum?: number;
  readonly maximum?: number;
  readonly enum?: readonly string[];
}

function isNumber(schema: TSchema): boolean {
  return 'type' in schema && schema.type === 'integer';
}

function wholeNumber(text: string): number {
  return /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
}

/** Variables that look like a misspelt setting, each with the one that was probably meant. */
export function misspeltSettings(environment: Environment): { name: string; meant: SettingName }[] {
  const names = Object.keys(Settings.properties) as SettingName[];
  return Object.keys(environment).flatMap((name) => {
    if (names.includes(name as SettingName) || environment[name] === undefined) return [];
    const meant = names.find((known) => isNear(name.toUpperCase(), known));
    return meant ? [{ name, meant }] : [];
  });
}

/** One letter in six may differ, and underscores do not matter: HOME is not meant to be HOST. */
function isNear(name: string, known: string): boolean {
  if (name === known) return true;
  const [a, b] = [name.replaceAll('_', ''), known.replaceAll('_', '')];
  if (a === b || (b.length >= 7 && a.startsWith(b))) return true;
  const most = Math.floor(b.length / 6);
  return Math.abs(a.length - b.length) <= most && distance(a, b) <= most;
}

/** Letters to put in, take out or replace. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}
