import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HelperList } from '../../../src/engine/plan/helper-list.ts';
import type { StepList } from '../../../src/engine/plan/step-list.ts';
import type { Effect } from '../../../src/engine/timeline/effects.ts';
import { type Timeline, timeline } from '../../../src/engine/timeline/timeline.ts';
import { ALIVE } from '../../../src/engine/tree/process-columns.ts';
import type { ProcessTree } from '../../../src/engine/tree/process-tree.ts';
import { KINDS, type Kind, NOT_TOLD } from '../../../src/engine/tree/sharing-columns.ts';
import type { TreeImage } from '../../../src/formats/tree-image-schema.ts';
import { EVERYTHING } from '../../histories/history-shape.ts';
import { nestedHistoryImage } from '../../histories/nested-history.ts';
import { planImage, treeOf } from '../../histories/proven-plan.ts';
import { historyImage } from '../../histories/random-history.ts';
import { sharedHistory } from '../../histories/shared-history.ts';

const NESTED = {
  calls: 60,
  alive: 16,
  namespaces: 4,
  levels: 3,
  groups: true,
  zombies: true,
  subreapers: true,
};

interface Shown {
  parent: number;
  pgid: number;
  sid: number;
  flag: boolean;
  state: 'alive' | 'zombie';
}

/** What somebody sees who knows the root and is told the effects. */
function played({ root, events }: Timeline): Map<number, Shown> {
  const seen = new Map<number, Shown>();
  seen.set(root.pid, { parent: 0, pgid: root.pgid, sid: root.sid, flag: false, state: 'alive' });
  for (const { effects } of events) for (const effect of effects) apply(seen, effect);
  return seen;
}

function apply(seen: Map<number, Shown>, effect: Effect): void {
  if (effect.kind === 'gone') {
    assert.ok(seen.delete(effect.pid));
    return;
  }
  if (effect.kind === 'born') {
    const { pid, parent, pgid, sid } = effect;
    assert.ok(!seen.has(pid));
    seen.set(pid, { parent, pgid, sid, flag: false, state: 'alive' });
    return;
  }
  const process = seen.get(effect.pid)!;
  if (effect.kind === 'session') Object.assign(process, { sid: effect.sid, pgid: effect.pgid });
  if (effect.kind === 'group') process.pgid = effect.pgid;
  if (effect.kind === 'flag') process.flag = effect.childSubreaper;
  if (effect.kind === 'zombie') process.state = 'zombie';
  if (effect.kind === 'adopted') {
    assert.equal(process.parent, effect.from);
    process.parent = effect.parent;
  }
}

function told(image: TreeImage): { tree: ProcessTree; steps: StepList; helpers: HelperList; told: Timeline } {
  const tree = treeOf(image);
  const { outcome, steps, helpers } = planImage(image);
  assert.equal(outcome, 'restorable');
  return { tree, steps, helpers, told: timeline(tree, steps, helpers) };
}

function* images(): Generator<TreeImage> {
  for (let seed = 1; seed <= 100; seed++) yield historyImage({ ...EVERYTHING, seed, alive: 2 + (seed % 30) });
  for (let seed = 1; seed <= 30; seed++) yield nestedHistoryImage({ ...NESTED, seed });
  yield* sharedImages();
}

function* sharedImages(): Generator<TreeImage> {
  const exotic = { exec: true, zombies: true, terminals: true, exitSignals: true };
  for (let seed = 1; seed <= 60; seed++)
    yield sharedHistory({ seed, alive: 3 + (seed % 20), kinds: KINDS, ...exotic });
}

const STORIES = [...images()].map((image) => ({ image, ...told(image) }));

test('the effects, applied in order, lead from the root alone to the image', () => {
  for (const { image, told } of STORIES) {
    const seen = played(told);
    const expected = new Map(
      image.processes.map(({ pid, ppid, pgid, sid, state }) => [
        pid,
        { parent: pid === image.root ? 0 : ppid, pgid, sid, state: state ?? 'alive' },
      ]),
    );
    const shown = new Map([...seen].map(([pid, { flag: _, ...process }]) => [pid, process]));
    assert.deepEqual(shown, expected);
  }
});

interface Holds {
  readonly objects: Map<Kind, object>;
  ttyNr: number;
}

/** By pid: what it holds of each kind, for somebody who is told the effects. */
function playedObjects({ root, events }: Timeline): Map<number, Holds> {
  const holds = new Map<number, Holds>();
  const born = (pid: number, ttyNr: number): void => {
    holds.set(pid, { objects: new Map(KINDS.map((kind) => [kind, {}])), ttyNr });
  };
  born(root.pid, root.ttyNr);
  for (const effect of events.flatMap(({ effects }) => effects)) {
    if (effect.kind === 'born') born(effect.pid, holds.get(effect.creator)?.ttyNr ?? 0);
    const { objects } = holds.get(effect.pid)!;
    if (effect.kind === 'shares')
      for (const kind of effect.resources) objects.set(kind, holds.get(effect.with)!.objects.get(kind)!);
    if (effect.kind === 'leaves') for (const kind of effect.resources) objects.set(kind, {});
    if (effect.kind === 'terminal') holds.get(effect.pid)!.ttyNr = effect.ttyNr;
  }
  return holds;
}

test('who is said to share an object or to have a terminal at the end is who does in the image', () => {
  let [shared, terminals] = [0, 0];
  for (const image of sharedImages()) {
    const { tree, told: whole } = told(image);
    const holds = playedObjects(whole);
    const at = (i: number): Holds => holds.get(tree.pid[i]!)!;
    for (let i = 0; i < tree.size; i++) {
      for (const [place, kind] of KINDS.entries()) {
        const names = tree.sharing?.classes[place];
        if (!names || names[i] === NOT_TOLD) continue;
        for (let j = 0; j < i; j++) {
          if (names[j] === NOT_TOLD) continue;
          const same: boolean = names[i] === names[j];
          assert.equal(at(i).objects.get(kind) === at(j).objects.get(kind), same, kind);
          if (same) shared++;
        }
      }
      const ttyNr = tree.sharing?.terminal?.[i] ?? NOT_TOLD;
      if (ttyNr === NOT_TOLD || tree.state[i] !== ALIVE) continue;
      assert.equal(at(i).ttyNr, ttyNr);
      if (ttyNr > 0) terminals++;
    }
  }
  assert.ok(shared > 1000 && terminals > 5);
});

test('an address space that nobody needs is said to come with the signal handlers, and does', () => {
  let claims = 0;
  for (const image of sharedImages()) {
    for (const { reasons, step } of told(image).told.events) {
      for (const reason of reasons) {
        if (reason.why !== 'shares at birth' || reason.needs !== null) continue;
        claims++;
        assert.deepEqual(reason.resources, ['vm']);
        assert.ok(step.op === 'clone3' && step.flags.includes('CLONE_SIGHAND'));
      }
    }
  }
  assert.ok(claims > 30);
});

test('whoever a birth before a setsid is said to be for is in that session at the end, and descends from it', () => {
  let claims = 0;
  for (const { image, told } of STORIES) {
    const sid = new Map(image.processes.map((process) => [process.pid, process.sid]));
    const { events } = told;
    const creator = new Map(
      events.flatMap(({ step }) => (step.op === 'clone3' ? [[step.child, step.pid] as const] : [])),
    );
    for (const { reasons } of events) {
      for (const reason of reasons) {
        if (reason.why !== 'session at birth') continue;
        claims++;
        assert.equal(sid.get(reason.needs), reason.session);
        let at: number | undefined = reason.needs;
        while (at !== undefined && at !== reason.pid) at = creator.get(at);
        assert.equal(at, reason.pid);
      }
    }
  }
  assert.ok(claims > 1000);
});

test('every step has a reason in words, and adoptions name the step by which they happen', () => {
  for (const { told } of STORIES) {
    const { events } = told;
    for (const { reasons, step } of events) {
      assert.ok(reasons.length > 0, step.op);
      for (const reason of reasons) {
        assert.match(reason.text, /\.$/);
        if (reason.why !== 'falls' && reason.why !== 'adopts') continue;
        const adopted = events[reason.step]!.effects.filter(({ kind }) => kind === 'adopted');
        const pids = reason.why === 'falls' ? [reason.pid] : reason.children;
        for (const pid of pids) assert.ok(adopted.some((effect) => effect.pid === pid));
      }
    }
  }
});

test('a part of the steps is told as it is in the whole', () => {
  const image = historyImage({ ...EVERYTHING, seed: 7, alive: 40 });
  const { tree, steps, helpers, told: whole } = told(image);
  const part = timeline(tree, steps, helpers, 5, 20);
  assert.deepEqual(part.events, whole.events.slice(5, 20));
  assert.deepEqual(part.root, whole.root);
});

test('a child born before its creator’s setsid: said with the step and the session', () => {
  const image: TreeImage = {
    root: 1,
    processes: [
      { pid: 1, ppid: 0, pgid: 1, sid: 1 },
      { pid: 7, ppid: 1, pgid: 7, sid: 7 },
      { pid: 9, ppid: 7, pgid: 1, sid: 1 },
    ],
  };
  const { events } = told(image).told;
  const texts = events.find(({ step }) => step.op === 'clone3' && step.child === 9)!.reasons;
  const setsid = events.find(({ step }) => step.op === 'setsid' && step.pid === 7)!.index;
  assert.equal(
    texts[0]!.text,
    `9 is born before 7’s setsid (step ${setsid}), because it needs session 1, and a session can only be inherited at birth.`,
  );
});
