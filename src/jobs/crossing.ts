/**
 * Work on its way to another thread, and its result on the way back.
 *
 * Bytes are copied or move; what lives on one thread only stays there: a tree that was parsed already is left out, the
 * rest of an upload that is still coming goes by a channel of its own (byte-channel.ts), phases come back by another.
 */

import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { Phase } from '../engine/plan/planning.ts';
import type { ProblemByValue } from '../errors.ts';
import { receivedBytes, sendBytes } from './byte-channel.ts';
import type { Upload } from './upload.ts';
import type { TaskOf, WorkName } from './work.ts';

/** What a worker thread is given. */
export interface Order<K extends WorkName = WorkName> {
  readonly do: K;
  readonly task: TaskOf<K>;
  /** In place of the upload of `task`, where it has one that is still coming. */
  readonly rest: MessagePort | null;
  readonly phases: MessagePort;
}

export type Answer = { readonly result: unknown } | { readonly problem: ProblemByValue };

/** What can move to another thread. */
export type Transfer = ArrayBuffer | MessagePort;

export interface Sent<K extends WorkName> {
  readonly order: Order<K>;
  readonly transfer: readonly Transfer[];
  /** Why the rest of the upload could not be sent, if it could not. */
  broken(): unknown;
  /** Tells the phases that are still under way; to be called when the answer is here, or will not come. */
  end(): void;
}

export function sent<K extends WorkName>(name: K, task: TaskOf<K>, phase: (name: Phase) => void): Sent<K> {
  const phases = new MessageChannel();
  phases.port1.on('message', phase);
  phases.port1.unref();
  const transfer: Transfer[] = [phases.port2];
  let portable: object = task;
  if ('treeAtHand' in task) portable = { ...portable, treeAtHand: { record: task.treeAtHand.record } };
  let rest: MessagePort | null = null;
  let reason: unknown;
  const ports: MessagePort[] = [];
  if ('upload' in task) {
    const { upload } = task;
    transfer.push(
      ...wholeBuffers('parts' in upload ? upload.parts.map(({ bytes }) => bytes) : [upload.head]),
    );
    if ('rest' in upload && upload.rest) {
      const bytes = new MessageChannel();
      sendBytes(upload.rest, bytes.port1).catch((error: unknown) => {
        reason = error;
      });
      ports.push(bytes.port1);
      rest = bytes.port2;
      transfer.push(rest);
      portable = { ...portable, upload: { ...upload, rest: null } };
    }
  }
  return {
    order: { do: name, task: portable as TaskOf<K>, rest, phases: phases.port2 },
    transfer,
    broken: () => reason,
    end: () => {
      // The answer may overtake the phases, which come by a port of their own.
      for (let late = receiveMessageOnPort(phases.port1); late; late = receiveMessageOnPort(phases.port1)) {
        phase(late.message as Phase);
      }
      phases.port1.close();
      for (const port of ports) port.close();
    },
  };
}

/** The task as it was before it was sent, but for the parsed tree. */
export function received<K extends WorkName>({ task, rest }: Order<K>): TaskOf<K> {
  if (rest === null || !('upload' in task)) return task;
  const upload = { ...task.upload, rest: receivedBytes(rest) } as Upload;
  return { ...task, upload };
}

/** Buffers of a result that move back instead of being copied. */
export function movable(result: unknown): ArrayBuffer[] {
  if (typeof result !== 'object' || result === null) return [];
  if (result instanceof Uint8Array) return wholeBuffers([result]);
  return Object.values(result).flatMap((value) =>
    value instanceof Uint8Array ? wholeBuffers([value]) : nested(value),
  );
}

function nested(value: unknown): ArrayBuffer[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return wholeBuffers(Object.values(value).filter((part) => part instanceof Uint8Array));
}

/** Only whole buffers can move; a view on a part of one is cloned. */
function wholeBuffers(parts: readonly Uint8Array[]): ArrayBuffer[] {
  return parts.flatMap(({ buffer, byteLength }) =>
    buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : [],
  );
}
