import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { verify } from '../../../src/engine/diff/verify.ts';
import { shareFlag } from '../../../src/engine/plan/share-flags.ts';
import { StepList } from '../../../src/engine/plan/step-list.ts';
import { FILES } from '../../../src/engine/tree/sharing-columns.ts';
import type { ProcessImage } from '../../../src/formats/tree-image-schema.ts';
import { readValue, treeOf } from '../../formats/loaded.ts';

async function differences(extra: readonly Partial<ProcessImage>[], build: (steps: StepList) => void) {
  const processes = extra.map((more, i) => ({
    pid: i + 1,
    ppid: i === 0 ? 0 : 1,
    pgid: 0,
    sid: 0,
    ...more,
  }));
  const steps = new StepList();
  build(steps);
  const result = verify(treeOf(await readValue({ processes })), steps);
  return 'failure' in result ? result.failure.differences : [];
}

describe('shared objects of the rebuilt tree', () => {
  const files = shareFlag(FILES);

  it('are compared as partitions: the numbers say nothing', async () => {
    const build = (steps: StepList): void => {
      steps.clone3(1, 2, 0);
      steps.clone3(1, 3, files);
    };
    assert.deepEqual(await differences([{ files: 8 }, { files: 3 }, { files: 8 }], build), []);
  });

  it('differ where a process shares with another one, or with none', async () => {
    const apart = await differences([{ files: 1 }, { files: 2 }, { files: 1 }], (steps) => {
      steps.clone3(1, 2, 0);
      steps.clone3(1, 3, 0);
    });
    assert.deepEqual(apart, [{ kind: 'field', pid: 3, field: 'files', expected: 1, actual: 3 }]);
    const together = await differences([{ files: 1 }, { files: 2 }], (steps) => steps.clone3(1, 2, files));
    assert.deepEqual(together, [{ kind: 'field', pid: 2, field: 'files', expected: 2, actual: 1 }]);
  });

  it('of whom the image says nothing are private', async () => {
    const found = await differences([{}, {}], (steps) => steps.clone3(1, 2, files));
    assert.deepEqual(found, [{ kind: 'field', pid: 2, field: 'files', expected: 2, actual: 1 }]);
  });

  it('come with exit signals and terminals', async () => {
    const found = await differences(
      [{ ttyNr: 0 }, { exitSignal: 10, ttyNr: 34816, sid: 2, pgid: 2 }],
      (steps) => {
        steps.clone3(1, 2, 0);
        steps.setsid(2);
      },
    );
    assert.deepEqual(
      found.map((difference) => difference.kind === 'field' && [difference.field, difference.expected]),
      [
        ['ttyNr', 34816],
        ['exitSignal', 10],
      ],
    );
    const right = await differences(
      [{ ttyNr: 0 }, { exitSignal: 10, ttyNr: 34816, sid: 2, pgid: 2 }],
      (steps) => {
        steps.clone3(1, 2, 0, [], 10);
        steps.setsid(2);
        steps.takeTerminal(2, 34816);
      },
    );
    assert.deepEqual(right, []);
  });
});
