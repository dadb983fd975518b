/**
 * Bodies that the readers check themselves, as the OpenAPI document shows them. Fastify never sees them: the streams
 * are counted, parsed and judged by src/formats.
 */

import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import Type from 'typebox';
import { type TreeImage, TreeImageSchema } from '../../formats/tree-image-schema.ts';
import { PlanOptionsSchema } from './plan-schemas.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Request body by media type, for the document only. */
    readonly uploads?: Readonly<Record<string, object>>;
  }
}

export const TreeImageComponent = Type.Object(TreeImageSchema.properties, {
  ...TreeImageSchema,
  $id: 'TreeImage',
});

const PlanRequestComponent = Type.Object(
  {
    tree: Type.Optional(Type.Ref('TreeImage')),
    treeId: Type.Optional(Type.String({ description: 'Id of a stored tree' })),
    options: Type.Optional(PlanOptionsSchema),
  },
  {
    $id: 'PlanRequest',
    additionalProperties: false,
    description: 'Either `tree` or `treeId`, and options.',
  },
);

export const UPLOAD_SCHEMAS = [TreeImageComponent, PlanRequestComponent];

const binary = (description: string) => ({ schema: { type: 'string', format: 'binary', description } });

/** A container shim that has adopted: the tree that CRIU refuses with "Can't find a session leader". */
export const SAMPLE: TreeImage = {
  root: 1,
  processes: [
    { pid: 1, ppid: 0, pgid: 1, sid: 1, state: 'alive', childSubreaper: false, comm: 'init' },
    { pid: 2, ppid: 1, pgid: 2, sid: 2, state: 'alive', childSubreaper: true, comm: 'shim' },
    { pid: 4, ppid: 2, pgid: 4, sid: 4, state: 'alive', childSubreaper: false, comm: 'app' },
    { pid: 6, ppid: 2, pgid: 4, sid: 4, state: 'alive', childSubreaper: false, comm: 'worker' },
    { pid: 7, ppid: 4, pgid: 4, sid: 4, state: 'zombie', exitStatus: 1792 },
  ],
};
const { processes, ...header } = SAMPLE;
const NDJSON_SAMPLE = [header, ...processes].map((line) => `${JSON.stringify(line)}\n`).join('');

const OTHER_FORMS = {
  'application/x-ndjson': {
    schema: { type: 'string', description: 'First line: everything but `processes`; then a process a line.' },
    example: NDJSON_SAMPLE,
  },
  'application/x-tar': binary(
    'Tar of a CRIU image directory, or a Podman, CRI-O or containerd checkpoint archive.',
  ),
  'application/gzip': binary('The same, compressed with gzip.'),
  'application/zstd': binary('The same, compressed with zstd.'),
  'application/octet-stream': binary('Any of these forms, found by its magic number.'),
  'multipart/form-data': {
    schema: {
      type: 'object',
      description: 'A CRIU image directory, one part a file.',
      additionalProperties: { type: 'string', format: 'binary' },
    },
  },
};

export const IMAGE_UPLOADS = {
  'application/json': {
    schema: { $ref: 'TreeImage#' },
    examples: { tree: { summary: 'A container shim that has adopted', value: SAMPLE } },
  },
  ...OTHER_FORMS,
};

export const PLAN_UPLOADS = {
  'application/json': {
    schema: { anyOf: [{ $ref: 'PlanRequest#' }, { $ref: 'TreeImage#' }] },
    examples: {
      request: {
        summary: 'A tree and options',
        value: { tree: SAMPLE, options: { helperPidMin: 500 } },
      },
      tree: { summary: 'The tree alone', value: SAMPLE },
    },
  },
  ...OTHER_FORMS,
};

/** A pod with a shared pid namespace: its pause container, and one whose program was started beside it. */
const POD_SAMPLE = [
  { pod: 'web-0', container: 'pause', tree: { processes: [{ pid: 1, ppid: 0, pgid: 1, sid: 1 }] } },
  { pod: 'web-0', container: 'app', tree: { processes: [{ pid: 7, ppid: 0, pgid: 7, sid: 7 }] } },
];

export const BATCH_SAMPLE = [{ tree: SAMPLE }, ...POD_SAMPLE]
  .map((line) => `${JSON.stringify(line)}\n`)
  .join('');

export const BATCH_UPLOADS = {
  'application/x-ndjson': {
    schema: {
      type: 'string',
      description: 'A BatchRequest a line.',
      contentSchema: { $ref: 'BatchRequest#' },
    },
    example: BATCH_SAMPLE,
  },
};

/** Puts the uploads into the document as the route's body. */
export const withUploads: NonNullable<FastifyDynamicSwaggerOptions['transform']> = ({
  schema,
  url,
  route,
}) => {
  const uploads = route.config?.uploads;
  return { schema: uploads ? { ...schema, body: { content: uploads } } : schema, url };
};
