/**
 * The layers of src: rooms, and which may import which. `layers.test.ts` holds the sources to it, docs/architecture.md
 * draws it.
 *
 * A room is a folder of src, within src/engine a folder of that or one below it that is listed, or one of the files that
 * stand beside the folders.
 */

import type { Import } from './source-imports.ts';

export interface Room {
  readonly room: string;
  /** Rooms that it may import. */
  readonly imports: readonly string[];
  /** Packages, and `node:*` where it may use what Node has. */
  readonly packages: readonly string[];
}

/** Rooms that are imported come before those that import them. */
export const ROOMS: readonly Room[] = [
  { room: 'engine/answer-types', imports: [], packages: [] },
  { room: 'engine/tree', imports: [], packages: [] },
  { room: 'engine/plan', imports: ['engine/answer-types', 'engine/tree'], packages: [] },
  { room: 'engine/proof', imports: ['engine/tree'], packages: [] },
  { room: 'engine/kernel', imports: ['engine/plan', 'engine/tree'], packages: [] },
  { room: 'engine/planner', imports: ['engine/answer-types', 'engine/plan', 'engine/tree'], packages: [] },
  { room: 'engine/refute', imports: ['engine/plan', 'engine/proof', 'engine/tree'], packages: [] },
  { room: 'engine/record', imports: ['engine/answer-types', 'engine/tree'], packages: [] },
  {
    room: 'engine/births',
    imports: ['engine/kernel', 'engine/plan', 'engine/planner', 'engine/tree'],
    packages: [],
  },
  {
    room: 'engine/histories/search',
    imports: ['engine/births', 'engine/plan', 'engine/planner', 'engine/tree'],
    packages: [],
  },
  {
    room: 'engine/histories',
    imports: ['engine/births', 'engine/histories/search', 'engine/plan', 'engine/planner', 'engine/tree'],
    packages: [],
  },
  {
    room: 'engine/decide',
    imports: ['engine/births', 'engine/histories', 'engine/plan', 'engine/planner', 'engine/tree'],
    packages: [],
  },
  { room: 'engine/diff', imports: ['engine/kernel', 'engine/plan', 'engine/tree'], packages: [] },
  {
    room: 'engine/restorers',
    imports: ['engine/diff', 'engine/kernel', 'engine/plan', 'engine/tree'],
    packages: [],
  },
  {
    room: 'engine/diagnosis',
    imports: [
      'engine/answer-types',
      'engine/births',
      'engine/decide',
      'engine/histories',
      'engine/plan',
      'engine/planner',
      'engine/proof',
      'engine/refute',
      'engine/restorers',
      'engine/tree',
    ],
    packages: [],
  },
  {
    room: 'engine/sharing',
    imports: [
      'engine/answer-types',
      'engine/births',
      'engine/decide',
      'engine/plan',
      'engine/planner',
      'engine/proof',
      'engine/refute',
      'engine/tree',
    ],
    packages: [],
  },
  {
    room: 'engine/timeline',
    imports: ['engine/answer-types', 'engine/kernel', 'engine/plan', 'engine/tree'],
    packages: [],
  },
  {
    room: 'engine',
    imports: [
      'engine/answer-types',
      'engine/births',
      'engine/decide',
      'engine/diagnosis',
      'engine/diff',
      'engine/kernel',
      'engine/plan',
      'engine/planner',
      'engine/proof',
      'engine/refute',
      'engine/sharing',
      'engine/tree',
    ],
    packages: [],
  },
  {
    room: 'engine/logs',
    imports: ['engine/restorers'],
    packages: [],
  },
  { room: 'engine/requirements', imports: ['engine/plan', 'engine/tree'], packages: [] },
  {
    room: 'engine/handover',
    imports: [
      'engine/answer-types',
      'engine/diff',
      'engine/kernel',
      'engine/plan',
      'engine/restorers',
      'engine/tree',
    ],
    packages: [],
  },
  { room: 'client', imports: [], packages: ['openapi-fetch'] },
  { room: 'command', imports: [], packages: ['node:*'] },
  { room: 'api-tokens', imports: [], packages: ['node:*'] },
  { room: 'errors', imports: [], packages: [] },
  { room: 'file-lock', imports: [], packages: ['node:*'] },
  { room: 'make-directory', imports: [], packages: ['node:*'] },
  { room: 'proc', imports: [], packages: ['node:*'] },
  { room: 'terminal', imports: [], packages: [] },
  { room: 'this-package', imports: [], packages: ['node:*'] },
  { room: 'web', imports: ['client'], packages: ['d3-selection', 'd3-zoom'] },
  {
    room: 'store',
    imports: ['engine/plan', 'engine/tree', 'errors', 'file-lock', 'make-directory'],
    packages: ['kysely', 'node:*', 'pg', 'piscina'],
  },
  {
    room: 'formats',
    imports: [
      'engine/answer-types',
      'engine/handover',
      'engine/plan',
      'engine/record',
      'engine/requirements',
      'engine/tree',
      'errors',
    ],
    packages: ['@bufbuild/protobuf', 'node:*', 'tar-stream', 'typebox'],
  },
  { room: 'settings', imports: [], packages: ['node:*', 'typebox'] },
  { room: 'config', imports: ['api-tokens', 'formats', 'settings'], packages: ['node:*'] },
  {
    room: 'graft',
    imports: [
      'client',
      'command',
      'engine',
      'engine/handover',
      'engine/plan',
      'engine/tree',
      'formats',
      'make-directory',
      'terminal',
    ],
    packages: ['@bufbuild/protobuf', 'node:*', 'tar-stream', 'typebox'],
  },
  {
    room: 'target',
    imports: ['engine/plan', 'engine/requirements', 'engine/tree', 'formats'],
    packages: ['node:*'],
  },
  {
    room: 'restore',
    imports: ['command', 'engine/handover', 'engine/logs', 'engine/restorers', 'formats', 'graft', 'target'],
    packages: ['node:*', 'typebox'],
  },
  { room: 'library', imports: ['engine', 'engine/answer-types', 'engine/plan', 'formats'], packages: [] },
  {
    room: 'watch',
    imports: ['command', 'engine/record', 'file-lock', 'formats', 'make-directory', 'proc'],
    packages: ['node:*'],
  },
  {
    room: 'jobs',
    imports: [
      'config',
      'engine',
      'engine/answer-types',
      'engine/births',
      'engine/diagnosis',
      'engine/diff',
      'engine/handover',
      'engine/kernel',
      'engine/logs',
      'engine/plan',
      'engine/record',
      'engine/requirements',
      'engine/restorers',
      'engine/timeline',
      'engine/tree',
      'errors',
      'formats',
      'store',
    ],
    packages: ['node:*', 'piscina'],
  },
  {
    room: 'scan',
    imports: [
      'command',
      'engine/record',
      'engine/requirements',
      'engine/tree',
      'formats',
      'proc',
      'target',
      'terminal',
      'watch',
    ],
    packages: ['node:*'],
  },
  { room: 'process-messages', imports: [], packages: ['node:*'] },
  {
    room: 'http',
    imports: [
      'api-tokens',
      'config',
      'engine/answer-types',
      'engine/births',
      'engine/diagnosis',
      'engine/handover',
      'engine/logs',
      'engine/plan',
      'engine/record',
      'engine/requirements',
      'engine/restorers',
      'errors',
      'formats',
      'jobs',
      'process-messages',
      'store',
      'target',
      'this-package',
    ],
    packages: [
      '@fastify/busboy',
      '@fastify/swagger',
      '@fastify/swagger-ui',
      'fastify',
      'helmet',
      'node:*',
      'prom-client',
      'typebox',
    ],
  },
  { room: 'log-output', imports: [], packages: ['pino'] },
  {
    room: 'app',
    imports: ['api-tokens', 'errors', 'http', 'log-output'],
    packages: ['@fastify/accepts', '@fastify/compress', '@fastify/cors', 'fastify', 'node:*'],
  },
  {
    room: 'tracing',
    imports: ['engine/plan', 'jobs', 'store', 'this-package'],
    packages: [
      '@opentelemetry/api',
      '@opentelemetry/exporter-trace-otlp-http',
      '@opentelemetry/resources',
      '@opentelemetry/sdk-trace-node',
      'fastify',
    ],
  },
  { room: 'server', imports: ['app', 'config', 'jobs', 'store', 'tracing'], packages: ['fastify', 'node:*'] },
  {
    room: 'processes',
    imports: ['config', 'log-output', 'process-messages'],
    packages: ['close-with-grace', 'node:*', 'pino', 'prom-client'],
  },
  {
    room: 'serve',
    imports: ['config', 'process-messages', 'processes', 'server', 'settings', 'store', 'this-package'],
    packages: ['close-with-grace', 'node:*'],
  },
  { room: 'load-service', imports: ['serve'], packages: ['node:*'] },
  {
    room: 'cli',
    imports: [
      'command',
      'engine/diagnosis',
      'engine/plan',
      'engine/tree',
      'errors',
      'formats',
      'graft',
      'http',
      'jobs',
      'load-service',
      'restore',
      'scan',
      'store',
      'terminal',
      'this-package',
      'watch',
    ],
    packages: ['node:*'],
  },
  { room: 'main', imports: ['load-service', 'this-package'], packages: [] },
];

/** The room of a file, as a path below src: within src/engine a folder that is a room, or lies in one. */
export function roomOf(path: string): string {
  const [first, second, ...below] = path.split('/');
  if (second === undefined) return first!.replace(/\.ts$/, '');
  if (first !== 'engine') return first!;
  if (below.length === 0) return 'engine';
  const inner = `engine/${second}/${below[0]}`;
  return ROOMS.some(({ room }) => room === inner) ? inner : `engine/${second}`;
}

/** What an import breaks, in words; null: nothing. */
export function brokenLayer(rooms: readonly Room[], { from, to, isPackage }: Import): string | null {
  const room = rooms.find((candidate) => candidate.room === roomOf(from));
  if (!room) return `${from}: "${roomOf(from)}" is no room`;
  if (isPackage) return room.packages.includes(to) ? null : `${from}: ${room.room} may not use ${to}`;
  const other = roomOf(to);
  if (other === room.room || room.imports.includes(other)) return null;
  return `${from}: ${room.room} may not import ${other}`;
}

/** Who imports whom: rooms, or sources. */
export type Imports = ReadonlyMap<string, Iterable<string>>;

/** Those that import each other, directly or by way of others; empty: the layers are layers. */
export function circles(imports: Imports): string[] {
  const left = new Map([...imports].map(([name, others]) => [name, new Set(others)]));
  for (let before = -1; before !== left.size; ) {
    before = left.size;
    for (const [name, others] of left) if (![...others].some((other) => left.has(other))) left.delete(name);
    for (const [name] of left) {
      if (![...left.values()].some((others) => others.has(name))) left.delete(name);
    }
  }
  return [...left.keys()].sort();
}
