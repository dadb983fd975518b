/**
 * The end of a server: requests under way are answered to their last byte, and nothing else keeps it.
 *
 * Node's own closing takes a connection for idle as soon as its answer was written, though a slow client has not got it,
 * and for busy when it has never brought a request, or brings none after the answer that it was waiting for. So what is idle is
 * judged here, again and again until no connection is left. What is left shortly before the time is over is cut, so that
 * plans and the store still end in order.
 */

import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { Problem } from '../../errors.ts';

const LOOK_MS = 100;
/** For what comes after the connections; half of a time that is shorter than two of these. */
const AFTERWARDS_MS = 1000;
/** For the last answers before them; half of a time that is shorter than two of these. */
const TO_ANSWER_MS = 500;
const PROBES = new Set(['/livez', '/readyz', '/metrics']);

/** @param onLast who waits for what takes longer is to be answered with where it will be */
export function drainConnections(
  app: FastifyInstance,
  shutdownMs: number,
  isTls: boolean,
  onLast: () => void,
): void {
  const { server } = app;
  const arrived = gathered(app, 'connection');
  const open = isTls ? gathered(app, 'secureConnection') : arrived;
  /** Requests by connection: of one that breaks nobody hears how they end, and it is forgotten with them. */
  const underWay = new WeakMap<Socket, number>();
  const count = (socket: Socket, more: number) => underWay.set(socket, (underWay.get(socket) ?? 0) + more);
  let closing = false;

  server.closeIdleConnections = () => {
    for (const socket of open) if (!underWay.get(socket)) socket.destroy();
  };
  app.addHook('onRequest', (request, _reply, done) => {
    count(request.raw.socket, 1);
    if (closing && !PROBES.has(request.routeOptions.url ?? '')) {
      throw new Problem('SHUTTING_DOWN', 'The server ends: ask again, another one answers.', {
        headers: { 'retry-after': '1', connection: 'close' },
      });
    }
    done();
  });
  app.addHook('onResponse', ({ raw }, _reply, done) => {
    count(raw.socket, -1);
    done();
  });
  app.addHook('preClose', async () => {
    closing = true;
    const look = setInterval(() => server.closeIdleConnections(), LOOK_MS);
    const cutMs = Math.max(shutdownMs - AFTERWARDS_MS, shutdownMs / 2);
    const last = setTimeout(onLast, Math.max(cutMs - TO_ANSWER_MS, cutMs / 2));
    const cut = setTimeout(() => {
      if (arrived.size > 0) app.log.warn({ connections: arrived.size }, 'cut: SHUTDOWN_SECONDS is over');
      for (const socket of arrived) socket.destroy();
    }, cutMs);
    server.once('close', () => {
      clearInterval(look);
      clearTimeout(last);
      clearTimeout(cut);
    });
    look.unref();
    last.unref();
    cut.unref();
  });
}

/** The connections that there are. */
function gathered({ server }: FastifyInstance, event: string): ReadonlySet<Socket> {
  const sockets = new Set<Socket>();
  server.on(event, (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return sockets;
}
