/**
 * A planning explained: what was concluded, from which facts of the image, one line a step.
 *
 * In: the outcome and the diagnostics of a planning. Out: for a refusal its proof (engine/proof), facts and steps with
 * the rules and premises that they follow by, and a sentence for each; the same data as JSON or as text. Nothing is
 * worked out here. Cost: O(what is shown).
 */

import type { Diagnostic } from '../answer-types/diagnostic.ts';
import type { Outcome } from '../plan/planning.ts';
import { type Claim, IMAGE, type Proof } from '../proof/proof.ts';
import { RULES } from '../proof/rules.ts';
import { statementOf, tellProof } from '../proof/words.ts';

export interface Explanation {
  readonly outcome: Outcome;
  /** Code of the diagnostic that decided; null where the tree is restorable. */
  readonly code: string | null;
  readonly conclusion: string;
  readonly pids: readonly number[];
  /** What the image, or the request, says that contradicts itself. */
  readonly facts: readonly ExplainedFact[];
  /** The rules that steps follow by, in the order of their first use. */
  readonly rules: readonly ExplainedRule[];
  readonly steps: readonly ExplainedStep[];
}

export interface ExplainedFact {
  readonly id: string;
  readonly claim: Claim;
  readonly text: string;
}

export interface ExplainedRule {
  readonly rule: string;
  readonly states: string;
  /** Rules of docs/reference/kernel-rules.md that it rests on. */
  readonly kernel: readonly string[];
}

export interface ExplainedStep {
  readonly id: string;
  /** Null, with no premises, where a step is just something to say: the tree is restorable. */
  readonly rule: string | null;
  /** Ids of facts and of steps before it. */
  readonly from: readonly string[];
  readonly claim: Claim | null;
  /** Processes of the image that it is about. */
  readonly pids: readonly number[];
  readonly text: string;
  /** Of how many suppositions it is a part. */
  readonly depth: number;
}

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
      rules: [],
      steps: diagnostics.map(({ code, message, pids }, i) => ({
        id: `S${i + 1}`,
        rule: null,
        from: [],
        claim: null,
        pids,
        text: `${code}: ${message}`,
        depth: 0,
      })),
    };
  }
  const { code, message, pids, detail } = decided;
  const proof = detail.proof as Proof | undefined;
  const told = proof ? explainedProof(proof) : { facts: [], rules: [], steps: [] };
  return { outcome, code, conclusion: message, pids, ...told };
}

function explainedProof(proof: Proof): Pick<Explanation, 'facts' | 'rules' | 'steps'> {
  const facts: ExplainedFact[] = [];
  const steps: ExplainedStep[] = [];
  const rules = new Map<string, ExplainedRule>();
  const ids: string[] = [];
  for (const [i, { text, depth }] of tellProof(proof).entries()) {
    const { rule, from, claim } = proof.lines[i]!;
    if (rule === IMAGE) {
      ids.push(`F${facts.length + 1}`);
      facts.push({ id: ids[i]!, claim, text });
      continue;
    }
    ids.push(`S${steps.length + 1}`);
    const premises = from.map((premise) => proof.lines[premise]!.claim);
    const pids = processesIn([claim, ...premises], proof.names.gone);
    steps.push({ id: ids[i]!, rule, from: from.map((premise) => ids[premise]!), claim, pids, text, depth });
    if (!rules.has(rule))
      rules.set(rule, { rule, states: statementOf(rule), kernel: RULES.get(rule)?.kernel ?? [] });
  }
  return { facts, rules: [...rules.values()], steps };
}

const NAMING = ['process', 'parent', 'ancestor', 'upper', 'lower', 'first', 'second'];

function processesIn(claims: readonly Claim[], gone: readonly number[]): number[] {
  const pids = new Set<number>();
  for (const claim of claims) {
    for (const [field, value] of Object.entries(claim))
      if (NAMING.includes(field) && value > 0) pids.add(value);
  }
  return [...pids].filter((pid) => !gone.includes(pid)).sort((a, b) => a - b);
}

const INDENT = '  ';

/** For people: the conclusion, then a numbered line a step. */
export function explanationText({ outcome, conclusion, steps }: Explanation): string {
  const lines = steps.map(({ text, depth }, i) => `${i + 1}. ${INDENT.repeat(depth)}${text}`);
  return `${[`${outcome}: ${conclusion}`, ...lines].join('\n')}\n`;
}
