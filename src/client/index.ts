/**
 * The client of the API: every call, parameter and answer typed from the OpenAPI document (`npm run client`).
 *
 * In: where a server is, and a token where it wants one. Out: an object with `GET`, `POST` and `DELETE`, each of which
 * answers with `{ data, error, response }`; `error` is a problem (RFC 9457). No call throws but for a lost connection.
 * Runs in Node 20 and later, and in browsers.
 */

import createClient, { type Client } from 'openapi-fetch';
import type { paths } from './api.gen.ts';

export type { components, operations, paths } from './api.gen.ts';

export interface ClientSettings {
  /** Origin of the server, such as `http://127.0.0.1:8080`. */
  readonly baseUrl: string;
  /** Sent as `Authorization: Bearer …`. */
  readonly token?: string;
  /** Another `fetch`, for tests and proxies. */
  readonly fetch?: (request: Request) => Promise<Response>;
}

export type RegraftClient = Client<paths>;

export function createRegraftClient({ baseUrl, token, fetch }: ClientSettings): RegraftClient {
  return createClient<paths>({
    baseUrl,
    ...(token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }),
    ...(fetch ? { fetch } : {}),
  });
}
