/**
 * Why a restorer does with a tree what was predicted, in the field's words, and what helps. One place for the sentences.
 *
 * In: a restorer's name and its prediction. Out: why and remedy; null where it restores the tree as it is.
 */

import type { Prediction } from './prediction.ts';

export interface Reason {
  readonly why: string;
  readonly remedy: string;
}

interface Pattern {
  readonly message: RegExp;
  readonly why: (numbers: readonly string[], name: string) => string;
  readonly remedy: string;
}

/** What helps where the restorer does not find the tree's history by itself. */
export const BY_GRAFT =
  'Restore it with `regraft restore`, which gives the restorer the tree at its fullest and finishes it (GET /v1/plans/{id}/graft).';
const ELSEWHERE =
  'No graft helps: there is no dump to rewrite. The plan itself can be carried out by a restorer that has all its calls.';

const PATTERNS: readonly Pattern[] = [
  {
    message: /^Can't find a session leader for (\d+)/,
    why: ([session], name) =>
      `A member of session ${session} hangs where ${name} finds nobody above it that was ever in that session: it was adopted by somebody else than the init, or born by CLONE_PARENT.`,
    remedy: BY_GRAFT,
  },
  {
    message: /^Can't figure out which sid \((\d+) or (\d+)\)the process (\d+)/,
    why: ([a, b, pid], name) =>
      `${name} would have ${pid} born both into session ${a} and into session ${b}: it does not see that one of the members below it was adopted.`,
    remedy: BY_GRAFT,
  },
  {
    message: /^Can't restore pgid \((\d+)\//,
    why: ([pid], name) =>
      `The leader of the group that ${pid} is in has moved to another group, and ${name} lets members wait for a leader that never comes.`,
    remedy: BY_GRAFT,
  },
  {
    message: /^Requested sid (\d+) doesn't match inherited (\d+)/,
    why: ([wanted, inherited], name) =>
      `${name} forgets which births have to come before a setsid below a dead leader: somebody that belongs to session ${wanted} would be born into ${inherited}.`,
    remedy: BY_GRAFT,
  },
  {
    message: /^Can't find a group leader for/,
    why: (_, name) => `${name} does not see the leader of a group from where its member is.`,
    remedy: BY_GRAFT,
  },
  {
    message: /^Can't dump nested pid namespace for (\d+)/,
    why: ([pid], name) => `${pid} is in another pid namespace than the root; ${name} does not dump that.`,
    remedy: ELSEWHERE,
  },
  {
    message: /^A session leader of (\d+)/,
    why: ([pid]) =>
      `The leader of ${pid}'s session is outside the pid namespace: it was put in from outside (setns, exec).`,
    remedy: `End such processes before the dump, or give them a session of their own (setsid). ${ELSEWHERE}`,
  },
  {
    message: /^(?:BUG at criu\/pstree\.c|Unexpected task)/,
    why: () => 'A number is both a thread id and a pid, a session or a group.',
    remedy: 'Let the thread end, or restart the program, before the dump.',
  },
  {
    message: /^Can't fork for (\d+)/,
    why: ([pid]) => `The number ${pid} is taken when it is needed.`,
    remedy: 'Restore where no other process has the numbers of the image: in a fresh pid namespace.',
  },
];

/** What a message about the process tree means; null where it is about something else. */
export function reasonOfMessage(name: string, message: string): Reason | null {
  for (const { message: pattern, why, remedy } of PATTERNS) {
    const match = pattern.exec(message);
    if (match) return { why: why(match.slice(1), name), remedy };
  }
  return null;
}

/** @param name of the restorer, as people call it */
export function reasonOf(name: string, { outcome, message, pids }: Prediction): Reason | null {
  if (outcome === 'restores') return null;
  const said = message === null ? null : reasonOfMessage(name, message);
  if (said) return said;
  const who = pids.length ? `: ${pids.slice(0, 10).join(', ')}` : '';
  switch (outcome) {
    case 'differs':
      return { why: `What comes back is not the tree of the image${who}.`, remedy: BY_GRAFT };
    case 'hangs':
      return {
        why: `Some processes are never forked, and the others wait for them${who}.`,
        remedy: BY_GRAFT,
      };
    case 'unsound':
      return { why: `${name} reports success, and processes are missing${who}.`, remedy: BY_GRAFT };
    default:
      return {
        why: `Processes were put in from outside the tree${who}; a dump of the root does not have them.`,
        remedy: ELSEWHERE,
      };
  }
}
