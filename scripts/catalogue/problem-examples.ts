/** How each error of the API comes about, what to do about it, and a request that gets it. */

import type { ProblemCode } from '../../src/errors.ts';

export interface ProblemExample {
  readonly cause: string;
  readonly remedy: string;
  /** Null: no single request gets it; the cause says when. */
  readonly request: ExampleRequest | null;
}

export interface ExampleRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** `{tree}`, `{plan}`, `{refused}` and `{other}` stand for ids: a tree, its plan, the plan of a tree without one, a plan of another tree. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const JSON_BODY = { 'content-type': 'application/json' };
const NONE = '0'.repeat(64);
const WAIT = 'Send it again after the seconds in `Retry-After`.';

export const PROBLEM_EXAMPLES: Readonly<Record<ProblemCode, ProblemExample>> = {
  BODY_EMPTY: {
    cause: 'A call that takes a tree or an object came without a body.',
    remedy: 'Send the image; with curl `--data-binary @FILE`, not `-d`.',
    request: { method: 'POST', url: '/v1/trees', headers: { 'content-type': 'application/octet-stream' } },
  },
  BODY_UNPARSABLE: {
    cause: 'The body of a call that takes a JSON object is no JSON.',
    remedy: 'Mend it where `detail` says.',
    request: { method: 'POST', url: '/v1/plans/{plan}/preflight', headers: JSON_BODY, body: '{"pidMax":' },
  },
  IMAGE_UNPARSABLE: {
    cause: 'The image is damaged: no JSON, a file that ends within an entry, a broken archive.',
    remedy: '`errors` has the file and the byte. Dump or copy it again.',
    request: { method: 'POST', url: '/v1/trees', headers: JSON_BODY, body: '{"processes":' },
  },
  QUERY_INVALID: {
    cause:
      'A query parameter is unknown, given twice, out of its range, or says something else than the options of the body.',
    remedy: '`errors` names the parameter and what it takes.',
    request: { method: 'GET', url: '/v1/trees?limit=100000' },
  },
  REQUEST_INVALID: {
    cause: 'The bytes on the connection are no HTTP request, lack `Host`, or end in the middle of one.',
    remedy: 'Look for a proxy that cuts bodies off, or HTTPS that is spoken to this port.',
    request: null,
  },
  UNAUTHORIZED: {
    cause: 'The server has `API_TOKENS`, and the request has no token, or an unknown one.',
    remedy: 'Send `Authorization: Bearer TOKEN`; the operator has it.',
    request: null,
  },
  FORBIDDEN: {
    cause: 'A token that may only read was used to store or to delete.',
    remedy: 'Use a token that is listed without `read:`.',
    request: null,
  },
  NOT_FOUND: {
    cause: 'The service has nothing at this path.',
    remedy: 'Compare it with `/openapi.json`; `links` in answers lead on.',
    request: { method: 'GET', url: '/v1/nothing' },
  },
  TREE_NOT_FOUND: {
    cause: 'No tree has this id: it was never stored here, deleted, or removed by the retention.',
    remedy: 'Store the image again; the id is a hash of its content and will be the same.',
    request: { method: 'GET', url: `/v1/trees/${NONE}` },
  },
  SURROUNDINGS_NOT_FOUND: {
    cause: 'No upload of the tree had these surroundings, or so many came later that they were dropped.',
    remedy:
      'Take the id from the answer to the upload, leave it out for the latest one, or store the image again.',
    request: { method: 'GET', url: `/v1/trees/{tree}/requirements?surroundings=${NONE}` },
  },
  PLAN_NOT_FOUND: {
    cause: 'No plan has this id; a plan that was being computed is lost with its server.',
    remedy: 'Post the tree again; the plan will have the same id.',
    request: { method: 'GET', url: `/v1/plans/${NONE}` },
  },
  METHOD_NOT_ALLOWED: {
    cause: 'The path is known, the method is not one of its own.',
    remedy: 'The header `Allow` has those that are.',
    request: { method: 'PUT', url: '/v1/trees' },
  },
  NOT_ACCEPTABLE: {
    cause: '`Accept` names no media type in which this can be answered.',
    remedy: '`detail` lists them.',
    request: { method: 'GET', url: '/v1/trees/{tree}', headers: { accept: 'image/png' } },
  },
  REQUEST_TIMEOUT: {
    cause: 'The body came more slowly than the server waits.',
    remedy: 'Send it in one go, compressed (`Content-Encoding: zstd` or gzip).',
    request: null,
  },
  PLAN_NOT_READY: {
    cause: 'The plan is still being computed.',
    remedy: 'Wait for `ready` on `/v1/plans/{id}/events`, or ask `/v1/plans/{id}` again.',
    request: null,
  },
  PLAN_EMPTY: {
    cause: 'The tree is not restorable, so there are no steps to check.',
    remedy: 'Read `diagnostics` of the plan, and its explanation.',
    request: {
      method: 'POST',
      url: '/v1/plans/{refused}/preflight',
      headers: JSON_BODY,
      body: '{"pidMax":32768}',
    },
  },
  GRAFT_IMPOSSIBLE: {
    cause: 'CRIU cannot carry a process that the plan needs, or the tree has no plan.',
    remedy: 'Restore by the plan itself; [what cannot be grafted](../grafts.md#what-cannot-be-grafted).',
    request: {
      method: 'GET',
      url: '/v1/plans/{refused}/graft',
      headers: { accept: 'application/octet-stream' },
    },
  },
  PLANS_OF_DIFFERENT_TREES: {
    cause: 'Two plans were compared that do not restore the same tree.',
    remedy: 'Compare plans with one `treeId`.',
    request: { method: 'GET', url: '/v1/plans/{plan}/diff/{other}' },
  },
  PLAN_CANCELLED: {
    cause: 'The plan was deleted while it was being computed.',
    remedy: 'Post the tree again.',
    request: null,
  },
  BODY_TOO_LARGE: {
    cause: 'The body is above `MAX_BODY_BYTES`.',
    remedy: 'Leave memory pages out (`pages-*.img` are never read), or raise the setting.',
    request: null,
  },
  IMAGE_TOO_LARGE: {
    cause: 'Unpacked, the image is above a limit: bytes, entries, processes, threads.',
    remedy: '`errors` says which; the [settings](../settings.md) raise it.',
    request: null,
  },
  ENCODING_UNKNOWN: {
    cause: '`Content-Encoding` is neither gzip nor zstd.',
    remedy: 'Send it plain, or by one of these.',
    request: {
      method: 'POST',
      url: '/v1/trees',
      headers: { ...JSON_BODY, 'content-encoding': 'br' },
      body: '{"processes":[]}',
    },
  },
  FORM_UNKNOWN: {
    cause: 'The first bytes are no form that is read, or one that is known and not read (xz, zip, DMTCP …).',
    remedy: '[What can be uploaded](images.md).',
    request: {
      method: 'POST',
      url: '/v1/trees',
      headers: { 'content-type': 'application/octet-stream' },
      body: 'PK\u0003\u0004 a zip archive',
    },
  },
  IMAGE_INVALID: {
    cause: 'The image can be read, and what it says is no process tree.',
    remedy: '`errors` has a pointer, or a file, and a code a fault; they stand below.',
    request: {
      method: 'POST',
      url: '/v1/trees',
      headers: JSON_BODY,
      body: '{"processes":[{"pid":1,"ppid":0,"pgid":1}]}',
    },
  },
  BODY_INVALID: {
    cause: 'The JSON object has a field that is unknown, missing or out of range.',
    remedy: '`errors` has the pointer and what is taken there.',
    request: {
      method: 'POST',
      url: '/v1/plans',
      headers: JSON_BODY,
      body: '{"treeId":"{tree}","options":{"helperPidMin":1}}',
    },
  },
  RATE_LIMITED: {
    cause: 'This token has made more requests a second than `RATE_LIMIT`.',
    remedy: WAIT,
    request: null,
  },
  HEADER_TOO_LARGE: {
    cause: 'Address and header fields together are above what Node takes.',
    remedy: 'Send options in the body, not in the address.',
    request: null,
  },
  QUEUE_FULL: {
    cause: 'As many plans wait as the queue holds.',
    remedy: WAIT,
    request: null,
  },
  SHUTTING_DOWN: {
    cause: 'The server was told to stop and ends what it has begun.',
    remedy: 'Send it to another server, or to this one when it is back.',
    request: null,
  },
  WORKER_LOST: {
    cause: 'The thread of this request ended, mostly for want of memory.',
    remedy: 'Raise the memory of workers in the [settings](../settings.md), or send a smaller tree.',
    request: null,
  },
  STORE_UNAVAILABLE: {
    cause: 'The database does not answer.',
    remedy: WAIT,
    request: null,
  },
  STORE_FULL: {
    cause: 'There is no room on the disk of the store.',
    remedy: 'Make room; writes go on by themselves. Reads still work.',
    request: null,
  },
  INTERNAL: {
    cause: 'A mistake of this service.',
    remedy: 'Report it with the `requestId` and the tree; the log has the rest.',
    request: null,
  },
};
