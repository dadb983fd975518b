/** Cases with nested pid namespaces that other restorers fail at, or that have a trap of the kernel's. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProcessImage } from '../../../../src/formats/tree-image-schema.ts';
import { planImage, provenPlan, treeOf } from '../../../histories/proven-plan.ts';
import { assertInOrder, callsOf, image, process } from './nested-case.ts';

const DEAD_LEADER_INSIDE = image({ a: ['0', 2] }, [
  process([1, 0, 1, 1], '0'),
  process([2, 1, 1, 1, 1], 'a'),
  process([3, 1, 100, 100, 53], 'a', { nssid: [100, 200], nspgid: [100, 200] }),
]);

test('a dead leader in the namespace of a member whose parent is outside: enter, setsid, CLONE_PARENT', () => {
  const calls = callsOf(DEAD_LEADER_INSIDE);
  assertInOrder(
    calls,
    '1 clone3 [2 1] CLONE_NEWPID',
    '1 setns 2',
    '1 clone3 [100 200]',
    '1 setns 1',
    '100 setsid',
    '100 clone3 [3 53] CLONE_PARENT',
    '100 exit',
    '1 wait4 100',
  );
});

test('two with members of one dead leader below them were made by it: they are siblings', () => {
  const led = { nssid: [100, 9], nspgid: [100, 9] };
  const hangingFrom = (parent: number) =>
    image({ a: ['0', 4] }, [
      process([1, 0, 1, 1], '0'),
      process([2, 1, 1, 1], '0'),
      process([3, 1, 1, 1], '0'),
      process([4, 1, 1, 1, 1], 'a'),
      process([5, 2, 5, 5, 2], 'a'),
      process([6, parent, 6, 6, 3], 'a'),
      process([7, 5, 100, 100, 4], 'a', led),
      process([8, 6, 100, 100, 5], 'a', led),
    ]);
  provenPlan(treeOf(hangingFrom(2)));
  const { outcome, diagnostics } = planImage(hangingFrom(3));
  assert.equal(outcome, 'unrestorable');
  assert.match(diagnostics[0]!.message, /so they are siblings, but their parents differ/);
});

test('a living leader in the namespace of a member whose parent is outside', () => {
  const calls = callsOf(
    image({ a: ['0', 2] }, [
      process([1, 0, 1, 1], '0'),
      process([2, 1, 1, 1, 1], 'a'),
      process([3, 1, 3, 3, 7], 'a'),
      process([4, 1, 3, 3, 8], 'a'),
    ]),
  );
  assertInOrder(calls, '1 setns 2', '1 clone3 [3 7]', '3 setsid', '3 clone3 [4 8] CLONE_PARENT');
});

test('a member whose parent is outside and who is no sibling of its leader inside is refused', () => {
  const { outcome, diagnostics } = planImage(
    image({ a: ['0', 2] }, [
      process([1, 0, 1, 1], '0'),
      process([2, 1, 1, 1, 1], 'a'),
      process([3, 1, 3, 3, 7], 'a'),
      process([5, 1, 1, 1], '0'),
      process([4, 5, 3, 3, 8], 'a'),
    ]),
  );
  assert.equal(outcome, 'unrestorable');
  assert.equal(diagnostics[0]!.detail.minimal, true);
});

test('without CLONE_PARENT a tree that needs it is undecided, never refused', () => {
  const farInit = image({ a: ['0', 2], b: ['a', 3] }, [
    process([1, 0, 1, 1], '0'),
    process([2, 1, 1, 1, 1], 'a'),
    process([3, 1, 1, 1, 5, 1], 'b'),
  ]);
  for (const tree of [DEAD_LEADER_INSIDE, farInit]) {
    const { outcome, diagnostics, steps } = planImage(tree, { allowCloneParent: false });
    assert.equal(outcome, 'undecided');
    assert.equal(diagnostics[0]!.detail.reason, 'CLONE_PARENT');
    assert.equal(steps.length, 0);
    provenPlan(treeOf(tree));
  }
});

test('a session led outside has members in two namespaces side by side', () => {
  const led = [
    process([1, 0, 1, 1], '0'),
    process([2, 1, 2, 2], '0'),
    process([3, 1, 1, 1, 1], 'a'),
    process([4, 1, 1, 1, 1], 'b'),
    process([5, 3, 2, 2, 5], 'a'),
    process([6, 4, 2, 2, 5], 'b'),
  ];
  provenPlan(treeOf(image({ a: ['0', 3], b: ['0', 4] }, led)));
  const orphaned = led
    .filter(({ pid }) => pid !== 2)
    .map((p) => (p.sid === 2 ? { ...p, nssid: [2, 0], nspgid: [2, 0] } : p));
  const { helpers } = provenPlan(treeOf(image({ a: ['0', 3], b: ['0', 4] }, orphaned)));
  assert.ok([...helpers.pid].includes(2));
});

test('an init hangs from a process three levels above its own namespace', () => {
  const calls = callsOf(
    image({ a: ['0', 2], b: ['a', 3], c: ['b', 4] }, [
      process([1, 0, 1, 1], '0'),
      process([2, 1, 1, 1, 1], 'a'),
      process([3, 2, 1, 1, 3, 1], 'b'),
      process([4, 1, 4, 4, 4, 4, 1], 'c'),
    ]),
  );
  const birth = calls.find((call) => call.includes('clone3 [4 4 4 1]'))!;
  assert.match(birth, / CLONE_PARENT CLONE_NEWPID$/);
  const carrier = birth.split(' ')[0]!;
  assertInOrder(calls, '1 setns 3', '1 setns 1', birth, `${carrier} exit`, `1 wait4 ${carrier}`);
});

test('a zombie init whose number is a group outside exits before others join, and is moved last', () => {
  const tree = image({ a: ['0', 2] }, [
    process([1, 0, 1, 1], '0'),
    process([2, 1, 1, 1, 1], 'a', { state: 'zombie', exitStatus: 9 }),
    process([3, 1, 2, 1], '0'),
  ]);
  const calls = callsOf(tree);
  const move = calls.findLast((call) => call.includes('setpgid'))!;
  assert.match(move, /^\d+ setpgid 2 1$/);
  assertInOrder(calls, '2 setpgid 2 2', '2 exit', '3 setpgid 3 2', move);
});

test('a zombie init is moved before somebody leaves the group that it is to come into', () => {
  const tree = image({ a: ['0', 2] }, [
    process([1, 0, 1, 1], '0'),
    process([2, 1, 3, 1, 1], 'a', { state: 'zombie', exitStatus: 9 }),
    process([3, 1, 2, 1], '0'),
    process([4, 1, 2, 1], '0'),
  ]);
  const calls = callsOf(tree);
  assertInOrder(calls, '2 exit', '3 setpgid 3 3', '4 setpgid 4 2', '1 setpgid 2 3', '3 setpgid 3 2');
});

test('two zombie inits in the groups of each other: a helper of their parent holds one meanwhile', () => {
  const { helpers } = provenPlan(
    treeOf(
      image({ a: ['0', 2], b: ['0', 3] }, [
        process([1, 0, 1, 1], '0'),
        process([2, 1, 3, 1, 1], 'a', { state: 'zombie', exitStatus: 9 }),
        process([3, 1, 2, 1, 1], 'b', { state: 'zombie', exitStatus: 9 }),
      ]),
    ),
  );
  assert.equal(helpers.length, 1);
});

test('a zombie init in a group of its own namespace is refused: its exit would never have ended', () => {
  const zombie = { state: 'zombie', exitStatus: 9, nspgid: [100, 200] };
  const { outcome, diagnostics } = planImage(
    image({ a: ['0', 2] }, [process([1, 0, 1, 1], '0'), process([2, 1, 100, 1, 1], 'a', zombie)]),
  );
  assert.equal(outcome, 'unrestorable');
  assert.equal(diagnostics[0]!.detail.rule, 'N7');
});

test('a live init in a foreign group of its own namespace is planned, with a warning', () => {
  const { diagnostics } = provenPlan(
    treeOf(
      image({ a: ['0', 2] }, [
        process([1, 0, 1, 1], '0'),
        process([2, 1, 3, 1, 1], 'a'),
        process([3, 2, 3, 1, 3], 'a'),
      ]),
    ),
  );
  const warning = diagnostics.find(({ code }) => code === 'INIT_CANNOT_EXIT');
  assert.equal(warning?.severity, 'warning');
  assert.deepEqual(warning.pids, [2]);
});

test('a zombie init is planned with its status, and a signal that no init dies of by itself is named', () => {
  const lostWith = (exitStatus: number): readonly number[] => {
    const init = { ...process([2, 1, 1, 1, 1], 'a'), state: 'zombie' as const, exitStatus };
    const { diagnostics } = provenPlan(treeOf(image({ a: ['0', 2] }, [process([1, 0, 1, 1], '0'), init])));
    return diagnostics.flatMap(({ code, pids }) => (code === 'EXIT_STATUS_LOST' ? pids : []));
  };
  for (const status of [0, 7 << 8, 4, 5, 7, 8, 9, 11, 31]) assert.deepEqual(lostWith(status), []);
  for (const status of [1, 2, 6, 15, 64]) assert.deepEqual(lostWith(status), [2]);
});

test('32 levels below each other, with members of the outermost session at the bottom', () => {
  const processes = [process([1, 0, 1, 1], '0')];
  const namespaces: Record<string, [string, number]> = {};
  for (let level = 1; level < 32; level++) {
    const numbers = Array.from({ length: level }, (_, k) => (k === level - 1 ? 1 : 100 + level));
    namespaces[String(level)] = [String(level - 1), level + 1];
    processes.push(process([level + 1, level, level + 1, level + 1, ...numbers], String(level)));
  }
  const inside = Array.from({ length: 31 }, () => 200);
  processes.push(process([200, 1, 1, 1, ...inside], '31'));
  processes.push(process([201, 32, 1, 1, ...inside.map((x) => x + 1)], '31'));
  provenPlan(treeOf(image(namespaces, processes)));
});

test('300 containers, each with a session of the host and an entered shell inside', () => {
  const processes = [process([1, 0, 1, 1], '0')];
  const namespaces: Record<string, [string, number]> = {};
  for (let k = 0; k < 300; k++) {
    const [shim, init, worker, joined, shell, job] = [2, 3, 4, 5, 6, 7].map((x) => x + 6 * k) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const ns = `c${k}`;
    namespaces[ns] = ['0', init];
    processes.push(
      process([shim, 1, shim, shim], '0'),
      process([init, shim, init, init, 1], ns),
      process([worker, init, worker, init, 2], ns),
      process([joined, init, shim, shim, 3], ns),
      process([shell, shim, shell, shell, 4], ns),
      process([job, shim, shell, shell, 5], ns),
    );
  }
  const { summary } = provenPlan(treeOf(image(namespaces, processes)));
  assert.equal(summary.namespaces, 301);
});

test('an injected process bears a branch of the init, where both need a dead leader inside above them', () => {
  const dead = { nssid: [100, 200], nspgid: [100, 200] };
  const tree = image({ a: ['0', 2] }, [
    process([1, 0, 1, 1], '0'),
    process([2, 1, 1, 1, 1], 'a'),
    process([3, 1, 1, 1, 3], 'a'),
    process([4, 2, 1, 1, 4], 'a'),
    process([5, 4, 100, 100, 5], 'a', dead),
    process([6, 3, 100, 100, 6], 'a', dead),
  ]);
  const calls = callsOf(tree);
  const carrier = calls.find((call) => call.endsWith(' clone3 [4 4]'))!.split(' ')[0]!;
  assert.ok(calls.some((call) => call.startsWith(`3 clone3 [${carrier} `)));
});

/** A member of session 0 in namespace a, in a group that is led outside it. */
function memberInside(pgid: number, pid: number, ppid: number): ProcessImage {
  return process([pid, ppid, pgid, 0, pid], 'a', { nspgid: [pgid, 0], nssid: [0, 0] });
}

test('one process from outside brings in two groups, one after the other: its parent moves it between the births', () => {
  const tree = image({ a: ['0', 2] }, [
    process([1, 0, 0, 0], '0'),
    process([2, 1, 0, 0, 1], 'a'),
    memberInside(45, 3, 1),
    memberInside(0, 4, 3),
    memberInside(45, 5, 3),
  ]);
  const calls = callsOf(tree);
  const move = calls.find((call) => / setpgid 3 45$/.test(call))!;
  assertInOrder(calls, '3 clone3 [4 4]', move, '3 clone3 [5 5]');
});

test('a process from outside that could not come back to its own group has brought in no other', () => {
  const tree = image({ a: ['0', 2] }, [
    process([1, 0, 0, 0], '0'),
    process([2, 1, 0, 0, 1], 'a'),
    memberInside(0, 3, 1),
    memberInside(45, 4, 3),
  ]);
  assert.equal(planImage(tree).outcome, 'unrestorable');
});

test('a process from outside that leads a session is born in the one that its namespace needs below it', () => {
  const dead = { nspgid: [100, 200], nssid: [100, 200] };
  const outside = { nspgid: [0, 0], nssid: [0, 0] };
  const tree = image({ a: ['0', 2] }, [
    process([1, 0, 0, 0], '0'),
    process([2, 1, 0, 0, 1], 'a', outside),
    process([3, 1, 3, 3, 53], 'a'),
    process([4, 2, 0, 0, 54], 'a', outside),
    process([5, 3, 100, 100, 55], 'a', dead),
    process([6, 4, 100, 100, 56], 'a', dead),
  ]);
  assertInOrder(callsOf(tree), '3 setsid');
});

test('an init comes into a group whose dead owner lived in a namespace that comes after its own', () => {
  const tree = image({ a: ['0', 3], b: ['a', 4], c: ['0', 20] }, [
    process([1, 0, 1, 1], '0'),
    process([3, 1, 3, 3, 1], 'a'),
    process([4, 3, 4, 4, 2, 1], 'b'),
    process([20, 1, 5, 1, 1], 'c', { nspgid: [5, 0], nssid: [1, 0] }),
    process([9, 4, 5, 1, 4, 3], 'b', { state: 'zombie', nspgid: [5, 3, 2], nssid: [1, 0, 0] }),
  ]);
  assertInOrder(
    callsOf(tree),
    '3 clone3 [4 2 1] CLONE_NEWPID',
    '1 clone3 [20 1] CLONE_NEWPID',
    '5 setpgid 5 5',
    '1 setpgid 20 5',
    '5 exit',
  );
});
