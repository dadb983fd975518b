/**
 * A planning explained: what was concluded, from which facts of the image, one line a step.
 *
 * In: the outcome and the diagnostics of a planning. Out: a conclusion, facts, and the steps of the derivation, each
 * following from facts and from steps before it. A step inside a case ("Suppose …") has the depth of that case.
 * Nothing is worked out here: the derivation is that of the diagnostic (derivation.ts). Cost: O(what is shown).
 */

import type { Outcome } from '../plan/planning.ts';
import type { Diagnostic } from './diagnostic.ts';

export interface Explanation {
  readonly outcome: Outcome;
  /** Code of the diagnostic that decided; null where the tree is restorable. */
  readonly code: string | null;
  readonly conclusion: string;
  readonly pids: readonly number[];
  /** Facts of the image that contradict each other, as in the diagnostic's detail. */
  readonly facts: readonly unknown[];
  readonly steps: readonly ExplanationStep[];
}

export interface ExplanationStep {
  readonly text: string;
  /** Of how many suppositions it is a part. */
  readonly depth: number;
}

const INDENT = '  ';

export function explanationOf(outcome: Outcome, diagnostics: readonly Diagnostic[]): Explanation {
  const decided = diagnostics.find(({ severity }) => severity === 'error');
  if (!decided || outcome === 'restorable') {
    return {
      outcome,
      code: null,
      conclusion:
        'The steps of the plan were run on the simulator of the kernel’s rules and end in exactly this tree.',
      pids: [],
      facts: [],
      steps: diagnostics.map(({ code, message }) => ({ text: `${code}: ${message}`, depth: 0 })),
    };
  }
  const { code, message, pids, detail } = decided;
  const lines = Array.isArray(detail.derivation) ? (detail.derivation as string[]) : [];
  const facts = Array.isArray(detail.facts) ? detail.facts : Array.isArray(detail.core) ? detail.core : [];
  return { outcome, code, conclusion: message, pids, facts, steps: lines.map(stepOf) };
}

function stepOf(line: string): ExplanationStep {
  let depth = 0;
  while (line.startsWith(INDENT, depth * INDENT.length)) depth++;
  return { text: line.slice(depth * INDENT.length), depth };
}

/** For people: the conclusion, then a numbered line a step. */
export function explanationText({ outcome, conclusion, steps }: Explanation): string {
  const lines = steps.map(({ text, depth }, i) => `${i + 1}. ${INDENT.repeat(depth)}${text}`);
  return `${[`${outcome}: ${conclusion}`, ...lines].join('\n')}\n`;
}
