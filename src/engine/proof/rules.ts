/** All rules of the proof system, by the name that a line of a proof gives. */

import { BIRTH_RULES } from './birth-rules.ts';
import { GROUP_RULES } from './group-rules.ts';
import { type LocalRule, ruleOf } from './local-rule.ts';
import { LOCAL_RULES } from './local-rules.ts';
import { NAMESPACE_LOCAL_RULES } from './namespace-local-rules.ts';
import { NAMESPACE_RULES } from './namespace-rules.ts';
import type { Rule } from './rule.ts';
import { SHARING_LOCAL_RULES } from './sharing-local-rules.ts';
import { SHARING_RULES } from './sharing-rules.ts';

export const BROKEN_BY_ITSELF: Readonly<Record<string, LocalRule>> = {
  ...LOCAL_RULES,
  ...NAMESPACE_LOCAL_RULES,
  ...SHARING_LOCAL_RULES,
};

export const RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ...Object.entries(BIRTH_RULES),
  ...Object.entries(NAMESPACE_RULES),
  ...Object.entries(GROUP_RULES),
  ...Object.entries(SHARING_RULES),
  ...Object.entries(BROKEN_BY_ITSELF).map(([name, local]): [string, Rule] => [name, ruleOf(local)]),
]);
