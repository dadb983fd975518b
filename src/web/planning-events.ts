/**
 * The events of a planning, read from a stream: a browser's EventSource sends no token. One that breaks off is asked for again,
 * after the last event that was seen.
 */

import { textOf } from './text-of-stream.ts';

export const UNREACHABLE = 'The server cannot be reached.';
const TOO_MANY = 429;
/** Before they, or the plan, are asked for again. */
const AGAIN_MS = 1000;

interface Phase {
  readonly phase: string;
  readonly phasesDone: number;
  readonly phases: number;
}

/**
 * Resolves when the plan is ready, or its own address says why it will not be.
 * @param reach fetches with a token where the server wants one
 */
export async function planned(
  id: string,
  reach: (address: string, init: RequestInit) => Promise<Response>,
  tell: (says: string, share?: number) => void,
): Promise<void> {
  let seen = '0';
  for (let isRefused = false; !isRefused; await new Promise((resolve) => setTimeout(resolve, AGAIN_MS))) {
    const headers = { accept: 'text/event-stream', 'last-event-id': seen };
    try {
      const answer = await reach(`/v1/plans/${id}/events`, { headers });
      // One that ends, or has too much to do, answers later, or another one does.
      isRefused = !answer.ok && answer.status < 500 && answer.status !== TOO_MANY;
      if (answer.ok && answer.body) {
        for await (const { id: last, event, data } of eventsOf(answer.body)) {
          seen = last;
          if (event !== 'progress') return;
          const { phase, phasesDone, phases } = JSON.parse(data) as Phase;
          tell(`Planning: ${phase}…`, phasesDone / phases);
        }
      }
    } catch {
      tell(`${UNREACHABLE} Trying again…`);
    }
  }
}

type ServerEvent = Readonly<Record<'id' | 'event' | 'data', string>>;

/** Those of the server have one line each of an id, an event and data; comments have none. */
async function* eventsOf(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<ServerEvent> {
  let rest = '';
  for await (const part of textOf(body)) {
    const blocks = (rest + part).split('\n\n');
    rest = blocks.pop()!;
    for (const block of blocks) {
      const lines = block.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2));
      const { id = '', event = '', data = '' } = Object.fromEntries(lines) as Partial<ServerEvent>;
      if (event !== '') yield { id, event, data };
    }
  }
}
