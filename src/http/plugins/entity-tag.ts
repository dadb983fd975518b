/**
 * Strong entity tags and 304.
 *
 * What is tagged is immutable and content-addressed, so a tag is the content's id and the name of its representation.
 * A compressed answer is another sequence of bytes and gets another strong tag: its encoding is appended.
 */

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

const ENCODED = /-(?:gzip|br|deflate|zstd)"$/;

/** Sets the tag; true where the client has this content already and 304 was sent. */
export function notModified(
  request: FastifyRequest,
  reply: FastifyReply,
  id: string,
  representation: string,
): boolean {
  const tag = `"${id}-${representation}"`;
  reply.header('etag', tag).header('cache-control', 'no-cache');
  varyBy(reply, 'accept, accept-encoding');
  const had = tagAtHand(request.headers['if-none-match'], tag);
  if (had === undefined) return false;
  reply.header('etag', had).code(304).send();
  return true;
}

/** Of those that the client has, the tag of this content, in whichever encoding. */
function tagAtHand(header: string | undefined, tag: string): string | undefined {
  if (header?.trim() === '*') return tag;
  const given = header?.split(',').map((candidate) => candidate.trim().replace(/^W\//, ''));
  return given?.find((candidate) => candidate === tag || candidate.replace(ENCODED, '"') === tag);
}

/** The body that follows is encoded already. */
export function asEncoded(reply: FastifyReply, encoding: string): void {
  reply.header('content-encoding', encoding);
  varyBy(reply, 'accept-encoding');
}

/** Beside what it varies by already: the origin. */
function varyBy(reply: FastifyReply, names: string): void {
  const others = reply.getHeader('vary');
  reply.header('vary', others === undefined ? names : `${others}, ${names}`);
}

/**
 * To be called after the compression was registered: it works in hooks of each route, this follows it there. Of a HEAD
 * the framework drops the body in the hook that it put first; last, it leaves the header fields those of the GET.
 */
export function tagEncodings(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    const hooks = [route.onSend ?? [], tagEncoding].flat();
    const dropped = hooks.filter(({ name }) => name === 'headRouteOnSendHandler');
    route.onSend = [...hooks.filter((hook) => !dropped.includes(hook)), ...dropped];
  });
}

/** With a callback, not a promise: it runs for every answer. */
function tagEncoding(
  _request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
  done: (error: null, payload: unknown) => void,
): void {
  const tag = reply.getHeader('etag');
  const encoding = reply.getHeader('content-encoding');
  if (typeof tag === 'string' && typeof encoding === 'string' && encoding !== 'identity') {
    reply.header('etag', tag.replace(/"$/, `-${encoding}"`));
  }
  done(null, payload);
}
