/**
 * A log's explanation held against what is told of its tree: whom the cause is about, and what helps this tree.
 *
 * In: the explanation, what restorers would do with the tree. Out: the explanation, with `expected`. A log without an error
 * whose tree makes the restorer wait for ever tells whom it waits for (`hang`): nothing in such a log does.
 * Invariant: the line that is the cause stays the one that the log has. Cost: one look at each release.
 */

import type { LogExplanation } from './explain-log.ts';

/** What is told of a release. */
export interface ToldOfTree {
  readonly outcome: string;
  readonly message: string | null;
  readonly pids: readonly number[];
  readonly mayHangFor?: readonly number[] | undefined;
  readonly why: string | null;
  readonly remedy: string | null;
}

export interface ExplanationOfTree extends LogExplanation {
  /** Is that what was to be expected of the tree? Left out where the log has no error, and the tree no hang. */
  readonly expected?: boolean;
  readonly hang?: { readonly pids: readonly number[]; readonly why: string; readonly remedy: string };
}

export function againstTree(explanation: LogExplanation, told: readonly ToldOfTree[]): ExplanationOfTree {
  const { cause } = explanation;
  if (!cause) return explanation.failed ? explanation : withHang(explanation, told);
  const said = told.find(({ message }) => message !== null && sameMessage(cause.message, message));
  if (!said) return { ...explanation, expected: false };
  return {
    ...explanation,
    expected: true,
    cause: {
      ...cause,
      pids: [...new Set([...said.pids, ...cause.pids])],
      why: said.why ?? cause.why,
      remedy: said.remedy ?? cause.remedy,
    },
  };
}

/** What is in brackets differs from run to run where members of a group fail by chance: who of them was first. */
function sameMessage(said: string, told: string): boolean {
  return said.startsWith(told) || (RACE.test(told) && RACE.test(said));
}
const RACE = /^Can't restore pgid /;

function withHang(explanation: LogExplanation, told: readonly ToldOfTree[]): ExplanationOfTree {
  for (const { outcome, pids, mayHangFor, why, remedy } of told) {
    const waitedFor = mayHangFor ?? (outcome === 'hangs' ? pids : []);
    if (waitedFor.length === 0) continue;
    const reason = outcome === 'hangs' && why !== null ? why : WAITS;
    return {
      ...explanation,
      expected: true,
      hang: {
        pids: waitedFor,
        why: `The log has no error: if the restore does not end, it waits. ${reason}`,
        remedy: remedy ?? REMEDY,
      },
    };
  }
  return explanation;
}

const WAITS = 'A member of a group whose leader has moved on waits for it, now and then for ever.';
const REMEDY = 'End it, and restore with `regraft restore`.';
