/** What the parent of several server processes and its children tell each other, and what signals tell any of them. */

import cluster, { type Worker } from 'node:cluster';

export type ToChild =
  | { readonly do: 'close' }
  /** `text`: the metrics of all processes; null: one did not answer. */
  | { readonly do: 'tell'; readonly scrape: number; readonly text: string | null };

/** Asks for the metrics of all processes; other messages come by too. */
export interface FromChild {
  readonly scrape?: number;
}

export function toChild(worker: Worker, message: ToChild): void {
  // It may end at this moment: then there is nobody to tell.
  worker.send(message, () => {});
}

/** Calls `close` when the parent says so. */
export function closeWhenTold(close: () => void): void {
  if (!cluster.isWorker) return;
  process.on('message', (message: Partial<ToChild>) => {
    if (message.do === 'close') close();
  });
}

const SAME_SIGNAL_MS = 500;

/**
 * Npm, a wrapper and a terminal tell one signal two times: to the process group, and by themselves. What follows within
 * half a second is the first one again, and who ends goes on ending; later it means at once.
 */
export function passOverRepeats(signal: NodeJS.Signals | undefined): void {
  if (signal === undefined) return;
  const listeners = process.rawListeners(signal) as NodeJS.SignalsListener[];
  const heard = (): void => {};
  process.on(signal, heard);
  for (const listener of listeners) process.off(signal, listener);
  setTimeout(() => {
    for (const listener of listeners) process.on(signal, listener);
    process.off(signal, heard);
  }, SAME_SIGNAL_MS).unref();
}

let asked = 0;
const waiting = new Map<number, (text: string | null) => void>();

/** The metrics of all processes, by way of the parent; null where one of them did not answer. */
export async function metricsOfAll(): Promise<string | null> {
  if (asked === 0) process.on('message', hear);
  const scrape = ++asked;
  return new Promise((resolve) => {
    waiting.set(scrape, resolve);
    process.send!({ scrape } satisfies FromChild);
  });
}

function hear(message: Partial<ToChild>): void {
  if (message.do !== 'tell') return;
  waiting.get(message.scrape!)?.(message.text!);
  waiting.delete(message.scrape!);
}
