/** docs/proofs.md has every rule of the proof system, as it stands in the code, with a reason why it is sound. */

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { IMAGE, REMAINS, SUPPOSE } from '../../../src/engine/proof/proof.ts';
import { RULE_STATEMENTS } from '../../../src/engine/proof/rule-statements.ts';
import { RULES } from '../../../src/engine/proof/rules.ts';

/** Compiled tests are in dist/test/engine/proof. */
const DOCS = new URL('../../../../docs/', import.meta.url);
const page = readFileSync(new URL('proofs.md', DOCS), 'utf8');
const kernelRules = ['kernel-rules', 'inherit-only']
  .map((name) => new URL(`reference/${name}.md`, DOCS))
  .filter((file) => existsSync(file))
  .map((file) => readFileSync(file, 'utf8'))
  .join();

const rows = new Map(
  [...page.matchAll(/^\| `([^`]+)` \| (.*?)(?:<br>\*.*?\*)? \| (.+?) \| ([A-Z0-9, –]+) \|$/gm)].map(
    ([, rule, states, why, kernel]) => [rule!, { states: states!, why: why!, kernel: kernel! }],
  ),
);

test('every rule that there is, is documented', () => {
  const undocumented = [...RULES.keys(), SUPPOSE, REMAINS].filter((rule) => !rows.has(rule));
  assert.deepEqual(undocumented, []);
  assert.deepEqual(Object.keys(RULE_STATEMENTS).sort(), [...RULES.keys(), SUPPOSE, REMAINS, IMAGE].sort());
});

for (const [rule, { states, why, kernel }] of rows) {
  if (!(rule in RULE_STATEMENTS)) continue;
  test(`${rule}: as in the code, with its kernel rules`, () => {
    assert.equal(states, RULE_STATEMENTS[rule as keyof typeof RULE_STATEMENTS]);
    assert.ok(why.length > 15);
    const ids = RULES.get(rule)?.kernel ?? [];
    assert.equal(kernel, ids.join(', ') || '–');
    for (const id of ids) assert.ok(isMeasured(id), `${id} is no kernel rule`);
  });
}

/** Is the id in kernel-rules.md, alone or within a range such as A1–A3? */
function isMeasured(id: string): boolean {
  if (new RegExp(`\\b${id}\\b`).test(kernelRules)) return true;
  const [, letter, number] = /^([A-Z])(\d+)$/.exec(id)!;
  return [...kernelRules.matchAll(/\b([A-Z])(\d+)[–-]\1?(\d+)\b/g)].some(
    ([, kind, from, to]) => kind === letter && Number(from) <= Number(number) && Number(number) <= Number(to),
  );
}
