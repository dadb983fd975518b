/**
 * Token: the facts that a preflight judged, a property and eight digits of a hash each, so that a restore can tell what
 * has changed since. It holds what the image asks, and how the target's answer was judged; a fact that changes without
 * changing the judgement (memory that is free) changes nothing.
 */

import { hash } from 'node:crypto';
import type { Judgement } from '../engine/requirements/judge.ts';

const VERSION = 'rg1';

/** Only of a judgement without conflicts. */
export function checkToken({ requirements }: Judgement): string {
  const facts = requirements
    .filter(({ status }) => status === 'met')
    .map(({ property, captured }) => `${property}-${digits(captured)}`);
  return [VERSION, ...facts].join('.');
}

/**
 * What is no longer as it was, in words: empty where all that can be judged here still holds.
 * @returns null where it is no token
 */
export function changedFacts(token: string, { requirements, conflicts }: Judgement): string[] | null {
  const [version, ...facts] = token.split('.');
  if (version !== VERSION || !facts.every((fact) => /^[A-Za-z]+-[0-9a-f]{8}$/.test(fact))) return null;
  const changed: string[] = [];
  for (const fact of facts) {
    const [property, seen] = fact.split('-') as [string, string];
    const now = requirements.find((requirement) => requirement.property === property);
    if (!now) changed.push(`${property}: the image does not ask for it any more`);
    else if (digits(now.captured) !== seen) changed.push(`${property}: the image asks for something else`);
    else if (now.status !== 'not checked') {
      for (const conflict of conflicts) {
        if (conflict.property === property)
          changed.push(`${property}: ${conflict.message} ${conflict.remedy}`);
      }
    }
  }
  return changed;
}

function digits(captured: unknown): string {
  return hash('sha256', JSON.stringify(captured)).slice(0, 8);
}
