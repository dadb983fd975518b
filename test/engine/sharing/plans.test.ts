/** Plans and refusals of single images with what only birth gives, as people see them. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { birthsOfSteps } from '../../../src/engine/births/births-of-steps.ts';
import type { TreeImage } from '../../../src/formats/tree-image-schema.ts';
import { stepText } from '../../../src/http/rendering/step-text.ts';
import { planImage, provenPlan, treeOf } from '../../histories/proven-plan.ts';

type Row = TreeImage['processes'][number];

const image = (...processes: Partial<Row>[]): TreeImage => ({
  root: 1,
  processes: processes.map((row, i) => ({ pid: i + 1, ppid: i === 0 ? 0 : 1, pgid: 1, sid: 1, ...row })),
});

function stepsOf(tree: TreeImage): string[] {
  const planning = planImage(tree);
  assert.equal(planning.outcome, 'restorable', planning.diagnostics[0]?.message);
  return Array.from({ length: planning.steps.length }, (_, i) => stepText(planning.steps.at(i)));
}

describe('a plan with shared resources', () => {
  it('is the same plan where nobody shares', () => {
    const plain = stepsOf(image({}, {}, { ppid: 2 }));
    assert.deepEqual(stepsOf(image({ files: 1 }, { files: 2 }, { ppid: 2, files: 3 })), plain);
  });

  it('shares with the parent by one flag', () => {
    assert.deepEqual(stepsOf(image({ files: 1 }, { files: 1 })), [
      '1: setsid()',
      '1: clone3(2, CLONE_FILES)',
    ]);
  });

  it('carries a table from grandparent to grandchild without a helper', () => {
    assert.deepEqual(stepsOf(image({ files: 1 }, { files: 2 }, { ppid: 2, files: 1 })), [
      '1: setsid()',
      '1: clone3(2, CLONE_FILES)',
      '2: clone3(3, CLONE_FILES)',
      '2: unshare(CLONE_FILES)',
    ]);
  });

  it('keeps to births that are given, also where other births would need fewer steps', () => {
    const shared = [{ fs: 1 }, { fs: 1, vm: 2 }, { fs: 2, vm: 2, sysvsem: 1 }, { fs: 3, sysvsem: 1 }];
    const births = provenPlan(treeOf(image(...shared.map((row, i) => (i > 1 ? { ...row, caba: 1 } : row)))));
    assert.equal(births.helpers.length, 1);
    assert.equal(provenPlan(treeOf(image(...shared))).helpers.length, 0);
  });

  it('is not made against births that are given', () => {
    // Nobody leaves an I/O context, so 2 can never have had that of 1 and 3.
    const { outcome, diagnostics } = planImage(image({ io: 1 }, { io: 2 }, { io: 1, caba: 2 }));
    assert.equal(outcome, 'undecided');
    assert.equal(diagnostics[0]!.detail?.reason, 'births');
  });

  it('has other births in every history, which carry what is shared, as long as there are any', () => {
    const historiesOf = (shared: TreeImage): number => {
      const tree = treeOf(shared);
      const births = new Set<string>();
      while (planImage(shared, { history: births.size }).outcome === 'restorable') {
        const { steps } = provenPlan(tree, { history: births.size });
        const map = birthsOfSteps(tree, steps).join();
        assert.ok(!births.has(map));
        births.add(map);
      }
      const { diagnostics } = planImage(shared, { history: births.size });
      assert.equal(diagnostics[0]!.detail?.reason, 'no such history');
      return births.size;
    };
    assert.equal(historiesOf(image({ fs: 1 }, { fs: 1, vm: 2 }, { fs: 2, vm: 2 })), 3);
    // Nobody leaves an I/O context, so 3 cannot be born of 2.
    assert.equal(historiesOf(image({ io: 1 }, { io: 2 }, { io: 1 })), 2);
    const { detail, message } = planImage(image({ io: 1 }, { io: 2 }, { io: 1 })).diagnostics.find(
      ({ code }) => code === 'ORIGIN_AMBIGUOUS',
    )!;
    assert.deepEqual(detail.histories, { atLeast: 1, atMost: 3 });
    assert.match(message, /^This tree has 3 histories by its parents and sessions, some of which may not/);
    const alternating = image({ files: 1 }, { files: 2 }, { ppid: 2, files: 1 }, { ppid: 3, files: 2 });
    assert.equal(planImage(alternating, { history: 1 }).outcome, 'unrestorable');
  });

  it('leaves a shared address space by execve, and says so', () => {
    const tree = image({ vm: 1 }, { vm: 2 }, { ppid: 2, vm: 1 });
    assert.deepEqual(stepsOf(tree), [
      '1: setsid()',
      '1: clone3(2, CLONE_VM)',
      '2: clone3(3, CLONE_VM)',
      '2: exec()',
    ]);
    assert.ok(planImage(tree).diagnostics.some(({ code, pids }) => code === 'NEEDS_EXEC' && pids[0] === 2));
  });

  it('is found among thousands of processes that share nothing', () => {
    const others = Array.from({ length: 5000 }, (_, i) => ({ ppid: i % 3 === 0 ? 1 : i + 3 }));
    const steps = stepsOf(image({ vm: 1 }, { vm: 2 }, { ppid: 2, vm: 1 }, ...others));
    assert.deepEqual(
      steps.filter((step) => /^[12]: (?!clone3\(\d+\)$)/.test(step)),
      ['1: setsid()', '1: clone3(2, CLONE_VM)', '2: clone3(3, CLONE_VM)', '2: exec()'],
    );
  });

  it('makes an I/O context before it is shared', () => {
    assert.deepEqual(stepsOf(image({ io: 1 }, { io: 1 })), [
      '1: setsid()',
      '1: ioprio()',
      '1: clone3(2, CLONE_IO)',
    ]);
  });

  it('takes a terminal right after setsid; who has none drops it at the end', () => {
    const tree = image(
      {},
      { pgid: 2, sid: 2, ttyNr: 34816 },
      { ppid: 2, pgid: 2, sid: 2, ttyNr: 0 },
      { ppid: 2, pgid: 2, sid: 2, ttyNr: 34816 },
    );
    const steps = stepsOf(tree);
    assert.equal(steps[steps.indexOf('2: setsid()') + 1], '2: ioctl(TIOCSCTTY, 34816)');
    assert.equal(steps.at(-1), '3: ioctl(TIOCNOTTY)');
  });

  it('takes one for each session, also where all have the same number, as in containers', () => {
    const tree = image(
      { ttyNr: 34816 },
      { pgid: 2, sid: 2, ttyNr: 34816 },
      { pgid: 3, sid: 3, ttyNr: 34816 },
      { ppid: 3, pgid: 3, sid: 3, ttyNr: 34816 },
    );
    const taken = stepsOf(tree).filter((step) => step.includes('TIOCSCTTY'));
    assert.deepEqual(
      taken,
      [1, 2, 3].map((leader) => `${leader}: ioctl(TIOCSCTTY, 34816)`),
    );
  });

  it('gives an exit signal at birth', () => {
    const steps = stepsOf(image({}, { exitSignal: 10 }));
    assert.ok(steps.includes('1: clone3(2, exit_signal 10)'), steps.join('\n'));
  });

  it('gives it to a dead leader too, who bears a member of its session beside itself', () => {
    assert.deepEqual(stepsOf(image({}, { sid: 9, pgid: 9, exitSignal: 10 })), [
      '1: setsid()',
      '1: clone3(9, exit_signal 10)',
      '9: setsid()',
      '9: clone3(2, CLONE_PARENT)',
      '9: exit(0)',
      '1: wait4(9)',
    ]);
  });

  it('is a plan of the parent itself where children with several exit signals share a table', () => {
    const steps = stepsOf(image({}, { files: 2, exitSignal: 10 }, { files: 2, exitSignal: 12 }));
    assert.deepEqual(steps, [
      '1: setsid()',
      '1: clone3(2, CLONE_FILES, exit_signal 10)',
      '1: clone3(3, CLONE_FILES, exit_signal 12)',
      '1: unshare(CLONE_FILES)',
    ]);
  });

  it('bears whoever must fall to its sibling below that one, not below the other', () => {
    stepsOf(
      image(
        {},
        { exitSignal: 10, files: 2 },
        { exitSignal: 10, files: 3 },
        { ppid: 2, files: 3 },
        { ppid: 3, sid: 9, pgid: 9 },
        { sid: 9, pgid: 9 },
      ),
    );
  });
});

describe('what is not planned', () => {
  it('is what a thread holds of another process', () => {
    const threads = { threads: [2, 70], threadFiles: [1, 2] };
    const tree = image(
      { files: 1, fs: 1 },
      { files: 1, fs: 2, ...threads },
      { files: 2, fs: 1 },
      { files: 2, fs: 2 },
    );
    const { outcome, diagnostics } = planImage(tree);
    assert.equal(outcome, 'undecided');
    assert.equal(diagnostics[0]!.detail.reason, 'threads');
  });
});

describe('what no history gives', () => {
  it('is a circle of classes, whatever the parents', () => {
    const tree = image({ files: 1, fs: 1 }, { files: 1, fs: 2 }, { files: 2, fs: 1 }, { files: 2, fs: 2 });
    const { outcome, diagnostics } = planImage(tree);
    assert.equal(outcome, 'unrestorable');
    assert.equal(diagnostics[0]!.code, 'UNRESTORABLE');
    assert.match(diagnostics[0]!.message, /1 and 2 share a file table; 3 and 4 share a file table/);
    assert.match(diagnostics[0]!.message, /births have no circle/);
    assert.equal(diagnostics[1]!.code, 'SHARING_UNREACHABLE');
    assert.deepEqual(diagnostics[1]!.detail.kinds, ['files', 'fs']);
    assert.deepEqual([...(diagnostics[1]!.detail.cycle as number[])].sort(), [1, 2, 3, 4]);
  });

  it('is a damaged image where a rule of every live kernel is broken (K1, K7)', () => {
    const apart = planImage(image({ vm: 1, sighand: 1 }, { vm: 2, sighand: 1 }));
    assert.equal(apart.outcome, 'unrestorable');
    assert.equal(apart.diagnostics[0]!.detail.rule, 'K1');
    assert.equal(apart.diagnostics[1]!.code, 'SHARING_IMPOSSIBLE');
    const terminal = planImage(image({ ttyNr: 0 }, { ttyNr: 34816 }));
    assert.equal(terminal.diagnostics[0]!.detail.rule, 'K7');
  });
});
