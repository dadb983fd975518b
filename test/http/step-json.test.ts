/** Steps as JSON: what their columns are written as is what their objects are. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { NEWPID, PARENT, StepList } from '../../src/engine/plan/step-list.ts';
import { ByteText, word } from '../../src/http/rendering/byte-text.ts';
import { stepLinesJson, stepsJson } from '../../src/http/rendering/step-json.ts';

const pid = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const call = fc.oneof(
  fc
    .tuple(
      ...[pid, pid, fc.constantFrom(0, PARENT, NEWPID, PARENT | NEWPID, 4, 8 | PARENT)],
      fc.array(pid, { maxLength: 3 }),
      fc.constantFrom(17, 0, 10),
    )
    .map(([caller, child, flags, inner, signal]) => (steps: StepList) => {
      steps.clone3(caller, child, flags, inner, signal);
    }),
  fc.tuple(pid, pid, pid).chain(([a, b, c]) =>
    fc.constantFrom(
      (steps: StepList) => steps.setsid(a),
      (steps: StepList) => steps.setpgid(a, b, c),
      (steps: StepList) => steps.subreaper(a, 1),
      (steps: StepList) => steps.unshare(a),
      (steps: StepList) => steps.leave(a, 4),
      (steps: StepList) => steps.setns(a, b),
      (steps: StepList) => steps.wait4(a, b),
      (steps: StepList) => steps.exec(a),
      (steps: StepList) => steps.takeTerminal(a, b),
      (steps: StepList) => steps.dropTerminal(a),
      (steps: StepList) => steps.ioprio(a),
    ),
  ),
  fc.tuple(pid, fc.integer({ min: 0, max: 0xffff })).map(([caller, status]) => (steps: StepList) => {
    steps.exit(caller, status);
  }),
);

test('Steps of any kind are written as JSON.stringify writes their objects.', () => {
  fc.assert(
    fc.property(fc.array(call, { maxLength: 20 }), (calls) => {
      const steps = new StepList(1);
      for (const append of calls) append(steps);
      const objects = Array.from({ length: steps.length }, (_, i) => steps.at(i));
      assert.equal(`[${stepsJson(steps)}]`, JSON.stringify(objects));
      const lines = objects.map((step) => `${JSON.stringify(step)}\n`);
      assert.equal(stepLinesJson(steps, 0, steps.length), lines.join(''));
    }),
  );
});

test('A text of bytes is the text of its pieces, however long, and begins anew when it was taken.', () => {
  const piece = fc.oneof(fc.integer(), fc.constantFrom('', 'a', 'é€😀', 'é'.repeat(70_000)));
  const text = new ByteText();
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 5 }), (pieces) => {
      // What is left of a text that was not taken is no part of the next.
      text.text('lost').begin();
      for (const one of pieces) {
        if (typeof one === 'string') text.text(one);
        else text.worded(word(':'), one);
      }
      const strings = pieces.map((one) => (typeof one === 'string' ? one : `:${one}`));
      assert.ok(text.taken().equals(Buffer.from(strings.join(''))));
    }),
    { numRuns: 50 },
  );
});
