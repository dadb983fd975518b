/**
 * A stream of bytes to another thread, with backpressure: the reader asks for each chunk, so that never more than one
 * is under way.
 */

import type { MessagePort } from 'node:worker_threads';
import type { ByteStream } from '../formats/byte-stream.ts';

type ChunkMessage = { readonly chunk: Uint8Array } | { readonly end: true } | { readonly error: string };

/** Sends until the stream ends or the other side closes its port. Resolves then; what failed is told to the reader. */
export async function sendBytes(stream: ByteStream, port: MessagePort): Promise<void> {
  const iterator = stream[Symbol.asyncIterator]();
  let closed = false;
  const asked = new Asked();
  port.on('message', () => asked.signal());
  port.on('close', () => {
    closed = true;
    asked.signal();
  });
  try {
    for (;;) {
      await asked.wait();
      if (closed) return;
      const { done, value } = await iterator.next();
      if (done) return send({ end: true });
      // Chunks share their buffers with others of the connection: they are copied, the copy moves.
      const chunk = new Uint8Array(value);
      port.postMessage({ chunk }, [chunk.buffer]);
    }
  } catch (error) {
    send({ error: error instanceof Error ? error.message : String(error) });
    throw error;
  } finally {
    port.close();
    await iterator.return?.();
  }

  function send(message: ChunkMessage): void {
    port.postMessage(message);
  }
}

/** @throws Error where the sender's stream failed */
export async function* receivedBytes(port: MessagePort): ByteStream {
  const arrived: ChunkMessage[] = [];
  const more = new Asked();
  port.on('message', (message: ChunkMessage) => {
    arrived.push(message);
    more.signal();
  });
  port.on('close', () => {
    arrived.push({ error: 'The upload was given up.' });
    more.signal();
  });
  try {
    for (;;) {
      port.postMessage('more');
      await more.wait();
      const message = arrived.shift()!;
      if ('end' in message) return;
      if ('error' in message) throw new Error(message.error);
      yield message.chunk;
    }
  } finally {
    port.close();
  }
}

/** Counts signals; each lets one wait pass. */
class Asked {
  private signals = 0;
  private waiting: (() => void) | undefined;

  signal(): void {
    this.signals++;
    this.waiting?.();
    this.waiting = undefined;
  }

  async wait(): Promise<void> {
    if (this.signals === 0) {
      await new Promise<void>((resolve) => {
        this.waiting = resolve;
      });
    }
    this.signals--;
  }
}
