/** The tables of both databases, and the way from each schema version to the next. Versions only grow. */

import type { Generated } from 'kysely';

export interface Tables {
  tree: {
    seq: Generated<number>;
    id: string;
    info: string;
    /** The record's bytes, or null where they lie apart, as `blob`. */
    bytes: Uint8Array | null;
    /** SHA-256 of the bytes that lie apart. */
    blob: string | null;
    /** Bytes of the record. */
    size: number;
    /** Milliseconds since 1970, as all times here. */
    made: number;
  };
  /** What uploads of a tree said beside it. */
  surroundings: {
    id: string;
    tree_id: string;
    text: string;
    /** When it was brought last. */
    made: number;
  };
  plan: {
    id: string;
    tree_id: string;
    head: string;
    steps: Uint8Array | null;
    blob: string | null;
    size: number;
    made: number;
  };
  job: {
    id: string;
    tree_id: string;
    options: string;
    processes: number;
    state: 'waiting' | 'running' | 'failed' | 'cancelled';
    owner: string | null;
    /** When its server must have been heard of. */
    until: number;
    attempts: number;
    phase: string | null;
    failure: string | null;
    made: number;
  };
  /** Bytes that lie apart, in PostgreSQL; the embedded store has files for them. */
  blob_part: { hash: string; part: number; bytes: Uint8Array };
}

const JOBS = (long: string) => `create table job (
  id text primary key, tree_id text not null, options text not null, processes ${long} not null,
  state text not null, owner text, until ${long} not null default 0, attempts integer not null default 0,
  phase text, failure text, made ${long} not null)`;

const INDEXES = [
  'create index plan_of_tree on plan (tree_id)',
  'create index tree_blob on tree (blob) where blob is not null',
  'create index plan_blob on plan (blob) where blob is not null',
];

const LATER_INDEXES = [
  'create index plan_made on plan (made)',
  'create index tree_made on tree (made)',
  'create index job_of_tree on job (tree_id)',
  "create index job_open on job (made) where state in ('waiting', 'running')",
];

const SURROUNDINGS = (long: string) => [
  `create table surroundings (id text not null, tree_id text not null, text text not null, made ${long} not null,
    primary key (tree_id, id))`,
];

/** All that retention and the metrics ask of a record, so that its bytes stay unread. */
const AGE_INDEXES = [
  'drop index plan_made',
  'drop index tree_made',
  'create index plan_age on plan (made, id, size)',
  'create index tree_age on tree (made, id, size)',
];

/** Statements that lead from version i to version i + 1. */
export const SQLITE_VERSIONS: readonly (readonly string[])[] = [
  // What the first releases made without a version: they are taken as they are.
  [
    `create table if not exists tree (seq integer primary key autoincrement, id text not null unique, info text not null,
      bytes blob, blob text)`,
    'create table if not exists plan (id text primary key, tree_id text not null, head text not null, steps blob, blob text)',
    ...INDEXES.map((index) => index.replace('create index', 'create index if not exists')),
  ],
  [
    'alter table tree add column size integer not null default 0',
    'alter table tree add column made integer not null default 0',
    'alter table plan add column size integer not null default 0',
    'alter table plan add column made integer not null default 0',
    'update tree set size = coalesce(length(bytes), 0), made = unixepoch() * 1000',
    'update plan set size = coalesce(length(steps), 0), made = unixepoch() * 1000',
    JOBS('integer'),
    ...LATER_INDEXES,
    'create table probe (only integer primary key, bytes blob)',
  ],
  SURROUNDINGS('integer'),
  AGE_INDEXES,
];

export const POSTGRES_VERSIONS: readonly (readonly string[])[] = [
  [
    `create table tree (seq bigint generated always as identity primary key, id text not null unique, info text not null,
      bytes bytea, blob text, size bigint not null, made bigint not null)`,
    `create table plan (id text primary key, tree_id text not null, head text not null, steps bytea, blob text,
      size bigint not null, made bigint not null)`,
    ...INDEXES,
    JOBS('bigint'),
    ...LATER_INDEXES,
    'create table blob_part (hash text, part integer, bytes bytea not null, primary key (hash, part))',
  ],
  SURROUNDINGS('bigint'),
  AGE_INDEXES,
];
