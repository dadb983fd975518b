/**
 * Posts an image to a server. Trees and plans have content hashes for ids, so posting twice stores once: every
 * failure that may pass is tried again, with growing pauses or with the one that the server asks for.
 */

import { setTimeout as delay } from 'node:timers/promises';

export interface PostOptions {
  readonly attempts: number;
  readonly firstPauseMs: number;
  readonly timeoutMs: number;
  /** Of a server that lets in only who has one. */
  readonly token?: string | undefined;
  /** Told before every pause. */
  onRetry?(why: string, pauseMs: number): void;
  /** What is sent, as `fetch` takes it; left out: the image as it is. Asked for in every attempt. */
  bodyOf?(image: string): RequestInit;
}

export const DEFAULT_POST: PostOptions = { attempts: 6, firstPauseMs: 250, timeoutMs: 60_000 };

export interface Posted {
  readonly status: number;
  readonly location: string | null;
  readonly body: string;
}

export class PostError extends Error {}

const MAY_PASS = new Set([408, 425, 429, 500, 502, 503, 504]);
const LONGEST_PAUSE_MS = 30_000;

/** A server's address alone stands for its collection of trees. */
export function postAddress(text: string): URL {
  const url = new URL(text);
  if (url.pathname === '/') url.pathname = '/v1/trees';
  return url;
}

/** @throws PostError: refused, or no answer in any attempt. */
export async function postImage(
  url: URL,
  image: string,
  options: PostOptions = DEFAULT_POST,
): Promise<Posted> {
  for (let attempt = 1; ; attempt++) {
    const { answer, why, isFinal } = await attemptPost(url, image, options);
    if (answer?.ok) {
      return { status: answer.status, location: answer.headers.get('location'), body: await answer.text() };
    }
    if (answer && !MAY_PASS.has(answer.status)) throw new PostError(`${why}\n${await answer.text()}`);
    if (isFinal) throw new PostError(why);
    if (attempt === options.attempts) throw new PostError(`${why}, ${attempt} attempts`);
    const pause = pauseBefore(attempt, answer, options);
    options.onRetry?.(why, pause);
    await answer?.body?.cancel();
    await delay(pause);
  }
}

interface Attempt {
  readonly answer: Response | null;
  readonly why: string;
  /** No answer, and none in a further attempt. */
  readonly isFinal?: boolean;
}

/** A certificate that is not believed stays so: `CERT_HAS_EXPIRED`, `UNABLE_TO_VERIFY_LEAF_SIGNATURE` and others. */
const NOT_BELIEVED = /CERT|SIGNATURE/;

async function attemptPost(
  url: URL,
  image: string,
  { timeoutMs, token, bodyOf = (body) => ({ body }) }: PostOptions,
): Promise<Attempt> {
  try {
    const headers = {
      'content-type': 'application/json',
      accept: 'application/json',
      ...(token && { authorization: `Bearer ${token}` }),
    };
    const answer = await fetch(url, {
      method: 'POST',
      headers,
      ...bodyOf(image),
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { answer, why: `${url} answers ${answer.status}` };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const why = `${url}: ${cause instanceof Error ? cause.message : String(cause)}`;
    return { answer: null, why, isFinal: NOT_BELIEVED.test((cause as NodeJS.ErrnoException).code ?? '') };
  }
}

/** Doubled every time, with a random part so that a thousand nodes do not come back at once. */
function pauseBefore(attempt: number, answer: Response | null, { firstPauseMs }: PostOptions): number {
  const asked = Number(answer?.headers.get('retry-after') ?? Number.NaN) * 1000;
  const own = firstPauseMs * 2 ** (attempt - 1) * (0.5 + Math.random());
  return Math.min(LONGEST_PAUSE_MS, Number.isFinite(asked) ? Math.max(asked, own) : own);
}
