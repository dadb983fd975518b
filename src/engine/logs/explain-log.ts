/**
 * Explain a log: which line of a dump's or restore's log is the cause, whom it is about, why, and what helps.
 *
 * In: the text of a log. Out: the first line that is a cause; else the first error that nobody knows, said to be so.
 * Invariant: a harmless or a consequent line is never the cause while another error is there.
 * Cost: O(lines · messages) of the error lines only.
 */

import { reasonOfMessage } from '../restorers/reasons.ts';
import { CRIU_MESSAGES, type MessageKind } from './criu-messages.ts';

export interface LogLine {
  /** From 1. */
  readonly line: number;
  readonly text: string;
  /** The message alone: without time, pid, severity and source. */
  readonly message: string;
}

export interface LogExplanation {
  /** False: the log has no error, or only harmless ones. */
  readonly failed: boolean;
  /** Null where nothing in the log is a cause. */
  readonly cause:
    | (LogLine & {
        readonly known: boolean;
        readonly pids: readonly number[];
        readonly why: string;
        readonly remedy: string;
      })
    | null;
  /** The other error lines, with what they are. */
  readonly others: readonly (LogLine & { readonly kind: MessageKind | 'unknown' })[];
}

/** `(00.012345)     5: Error (criu/pstree.c:123): message`; the pid is that of the process being restored. */
const LINE = /^\s*(?:\(\d+\.\d+\)\s*)?(?:(?:pie: )?(\d+): )?(Error|Warn)?\s*(?:\([^)]*:\d+\):\s*)?(.*)$/;
const LISTED = 50;

interface Judged extends LogLine {
  readonly kind: MessageKind | 'unknown';
  readonly pids: readonly number[];
  readonly why: string;
  readonly remedy: string;
}

export function explainLog(text: string): LogExplanation {
  const errors: Judged[] = [];
  text.split('\n').forEach((line, i) => {
    const match = LINE.exec(line.trimEnd());
    if (match?.[2] === 'Error' || /\bFAILED\b/.test(line))
      errors.push(judge(line, i + 1, match?.[1], match?.[3] ?? line));
  });
  const found = errors.find(({ kind }) => kind === 'cause') ?? errors.find(({ kind }) => kind === 'unknown');
  const others = errors
    .filter((error) => error !== found)
    .slice(0, LISTED)
    .map(({ line, text: whole, message, kind }) => ({ line, text: whole, message, kind }));
  if (!found) return { failed: errors.some(({ kind }) => kind !== 'harmless'), cause: null, others };
  const { line, message, pids, why, remedy, kind } = found;
  return {
    failed: true,
    cause: { line, text: found.text, message, known: kind === 'cause', pids, why, remedy },
    others,
  };
}

function judge(text: string, line: number, pid: string | undefined, message: string): Judged {
  const own = pid === undefined ? [] : [Number(pid)];
  const ofTree = reasonOfMessage('CRIU', message);
  if (ofTree) return { line, text, message, kind: 'cause', pids: own, ...ofTree };
  for (const { pattern, kind, why, remedy, pids = [] } of CRIU_MESSAGES) {
    const match = pattern.exec(message);
    if (!match) continue;
    const named = pids.flatMap((capture) =>
      match[capture + 1] === undefined ? [] : [Number(match[capture + 1])],
    );
    return { line, text, message, kind, pids: [...new Set([...named, ...own])], why, remedy };
  }
  return {
    line,
    text,
    message,
    kind: 'unknown',
    pids: own,
    why: 'This message is not in the catalogue.',
    remedy: 'Read the lines before it; `criu … -v4` writes more of them.',
  };
}
