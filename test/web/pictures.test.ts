/** What the page shows and lets people take away, without a browser: forests, layouts, tracks, DOT, SVG, text, traces. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { PICTURES, pictures } from '../../scripts/pictures.ts';
import { EXAMPLES } from '../../src/web/examples.ts';
import type { TimelineEvent } from '../../src/web/model/answers.ts';
import { differenceOf } from '../../src/web/model/difference.ts';
import { layoutOf } from '../../src/web/model/layout.ts';
import { namespaceFrames } from '../../src/web/model/namespace-frames.ts';
import { Player } from '../../src/web/model/player.ts';
import { processForest, type ShownProcess, visibleRows } from '../../src/web/model/process-forest.ts';
import { SessionColours } from '../../src/web/model/session-colour.ts';
import { tracksOf } from '../../src/web/model/tracks.ts';
import { curlOf } from '../../src/web/takeaway/curl.ts';
import { dotOf } from '../../src/web/takeaway/dot.ts';
import { perfettoTrace } from '../../src/web/takeaway/perfetto.ts';
import { svgOf } from '../../src/web/takeaway/svg.ts';
import { textOf } from '../../src/web/takeaway/text.ts';
import { postJson, startService } from '../http/service-under-test.ts';
import { checkTrace } from './trace-format.ts';

const at = (pid: number, parent: number, more: Partial<ShownProcess> = {}): ShownProcess => ({
  pid,
  parent,
  pgid: 1,
  sid: 1,
  state: 'alive',
  ...more,
});

const FAMILY = processForest([
  at(1, 0),
  at(5, 2, { comm: 'say "hi"' }),
  at(2, 1, { sid: 2, pgid: 2, childSubreaper: true }),
  at(3, 1, { state: 'zombie' }),
  at(4, 2, { pidns: '1', helper: true, pgid: 4 }),
]);

test('a forest has parents before children and a subtree in one run of rows', () => {
  assert.deepEqual([...FAMILY.pid], [1, 2, 5, 4, 3]);
  assert.deepEqual([...FAMILY.parent], [-1, 0, 1, 1, 0]);
  assert.deepEqual([...FAMILY.end], [5, 4, 3, 4, 5]);
  assert.deepEqual([...FAMILY.depth], [0, 1, 2, 2, 1]);
  assert.equal(FAMILY.rowOf(4), 3);
  assert.equal(FAMILY.rowOf(99), -1);
});

test('a chain of 300,000 is no matter of recursion', () => {
  const chain = processForest(Array.from({ length: 300_000 }, (_, i) => at(i + 1, i)));
  assert.equal(chain.depth.at(-1), 299_999);
  assert.equal(layoutOf(chain, visibleRows(chain, new Set())).lines, 300_000);
});

test('the frame of a pid namespace holds those inside it, whoever comes first', () => {
  const inner = processForest([
    at(1, 0),
    at(7, 1, { pidns: '2' }),
    at(2, 1, { pidns: '1' }),
    at(3, 2, { pidns: '2' }),
    at(4, 3, { pidns: '3' }),
    at(5, 3, { pidns: '3' }),
  ]);
  const frames = namespaceFrames(inner, layoutOf(inner, visibleRows(inner, new Set())));
  const told = new Map(frames.map(({ pidns, ...box }) => [pidns, box]));
  assert.deepEqual(told.get('3'), { left: 1, right: 2, top: 3, bottom: 3, wider: 0 });
  assert.deepEqual(told.get('2'), { left: 0, right: 2, top: 1, bottom: 3, wider: 3 });
  assert.deepEqual(told.get('1'), { left: 0, right: 2, top: 1, bottom: 3, wider: 6 });
});

test('a process whose parent is not there is a top; one that is its own parent too', () => {
  const forest = processForest([at(7, 99), at(8, 8), at(9, 7)]);
  assert.deepEqual([...forest.pid], [7, 9, 8]);
  assert.deepEqual([...forest.parent], [-1, 0, -1]);
});

test('folding hides a subtree, and nothing else', () => {
  assert.deepEqual([...visibleRows(FAMILY, new Set([1]))], [0, 1, 4]);
});

test('a parent stands over the middle of its children, leaves side by side, in the order of rows', () => {
  const { x, y, columns, lines } = layoutOf(FAMILY, visibleRows(FAMILY, new Set()));
  assert.deepEqual([columns, lines], [3, 3]);
  assert.deepEqual([...x], [1.25, 0.5, 0, 1, 2]);
  assert.deepEqual([...y], [0, 1, 2, 2, 1]);
});

test('sessions have colours of their own; the one from outside has none', () => {
  const colours = new SessionColours();
  const hues = [1, 2, 3, 4, 5].map((sid) => colours.hue(sid));
  assert.equal(new Set(hues).size, 5);
  assert.equal(colours.hue(3), hues[2]);
  assert.equal(colours.hue(0), null);
});

test('text: a line a process, with branches', () => {
  assert.equal(
    textOf(FAMILY),
    `[1] sid=1
├── [2] sid=2 subreaper
│   ├── [5] say "hi" sid=1
│   └── [4] sid=1 pgid=4 pidns=1 helper
└── [3] sid=1 zombie
`,
  );
});

test('DOT: names are quoted, namespaces are clusters, every edge is there', () => {
  const dot = dotOf(FAMILY, new SessionColours());
  assert.match(dot, /"5" \[label="5 say \\"hi\\"\\nsid 1 pgid 1"/);
  assert.match(dot, /subgraph "cluster_1"/);
  assert.equal(dot.match(/->/g)!.length, 4);
});

test('SVG: a box a process, and no text that could be markup', () => {
  const forest = processForest([at(1, 0), at(2, 1, { pidns: '<script>' })]);
  const svg = svgOf(forest, layoutOf(forest, visibleRows(forest, new Set())), new SessionColours(), 'a < b');
  assert.equal(svg.match(/<g>/g)!.length, 2);
  assert.match(svg, /<title>a &lt; b<\/title>/);
  assert.doesNotMatch(svg, /<script>/);
});

test('curl: small trees stand in the command, in quotes that a shell understands', () => {
  const image = { processes: [{ pid: 1, ppid: 0, pgid: 1, sid: 1, comm: "it's" }] };
  assert.match(curlOf('http://h', image, 'abc'), /it'\\''s/);
  assert.match(curlOf('http://h', null, 'abc'), /-d '\{"treeId":"abc"\}'$/);
});

const { app } = await startService();
const process = (pid: number, ppid: number, sid: number) => ({ pid, ppid, pgid: sid, sid });
const IMAGE = {
  root: 1,
  processes: [process(1, 0, 1), process(3, 1, 2), process(4, 3, 4), process(5, 1, 4)],
};

async function told(image: object = IMAGE) {
  const plan = (await postJson(app, '/v1/plans?include=steps', image)).json();
  const get = async (view: string) => (await app.inject(`/v1/plans/${plan.id}/${view}`)).json();
  const { root, events } = (await get('timeline')) as {
    root: { pid: number; pgid: number; sid: number; ttyNr: number };
    events: TimelineEvent[];
  };
  const helpers = new Set<number>(plan.helpers.map(({ pid }: { pid: number }) => pid));
  return { plan, root, events, scripts: await get('scripts'), isHelper: (pid: number) => helpers.has(pid) };
}

test('the player ends in the image, goes back to the root alone, and never keeps a helper', async () => {
  const { root, events, isHelper } = await told();
  const player = new Player(root, events, isHelper);
  player.seek(events.length);
  const shown = player.present().map(({ pid, parent, sid }) => ({ pid, ppid: parent, sid }));
  assert.deepEqual(
    shown.toSorted((a, b) => a.pid - b.pid),
    IMAGE.processes.map(({ pid, ppid, sid }) => ({ pid, ppid, sid })),
  );
  player.seek(0);
  assert.deepEqual(
    player.present().map(({ pid }) => pid),
    [1],
  );
  player.seek(events.length + 100);
  assert.equal(player.position, events.length);
});

test('tracks: a line a birth, ends where helpers end, an arrow a birth', async () => {
  const { root, events, isHelper, plan } = await told();
  const { tracks, flows, marks } = tracksOf(root, events, isHelper);
  const births = events.filter(({ step }) => step.op === 'clone3').length;
  assert.equal(tracks.length, births + 1);
  assert.equal(flows.filter(({ kind }) => kind === 'birth').length, births);
  for (const { pid, helper, end } of tracks) assert.equal(end < events.length, helper, `${pid}`);
  assert.equal(marks.length, events.length - births);
  assert.ok(plan.helpers.length > 0);
});

test('the trace of every example is one that Perfetto takes: slices nest, flows go from slice to slice', async () => {
  let flows = 0;
  for (const { image } of EXAMPLES.filter(({ name }) => !name.startsWith('refused'))) {
    const { root, events, isHelper, scripts, plan } = await told(image);
    const calls = plan.steps.map(({ op }: { op: string }) => op);
    const { traceEvents } = checkTrace(perfettoTrace(tracksOf(root, events, isHelper), scripts, calls));
    const steps = traceEvents.filter((event) => event.ph === 'X' && event.cat === 'step');
    assert.equal(steps.length, plan.steps.length);
    flows += traceEvents.filter(({ ph }) => ph === 'f').length;
  }
  assert.ok(flows > 100, `${flows}`);
});

test('a trace that Perfetto would drop parts of is told from one that it takes', () => {
  const name = { ph: 'M', name: 'process_name', pid: 1, tid: 1, args: { name: '1' } };
  const slice = (ts: number, dur: number) => ({ ph: 'X', name: 'a', cat: 'c', pid: 1, tid: 1, ts, dur });
  const flow = (ph: string, ts: number) => ({
    ...{ ph, name: 'f', cat: 'f', id: 1, pid: 1, tid: 1, ts },
    ...(ph === 'f' ? { bp: 'e' } : {}),
  });
  const trace = (...traceEvents: object[]) => JSON.stringify({ displayTimeUnit: 'ms', traceEvents });
  checkTrace(trace(name, slice(0, 10), slice(2, 8), flow('s', 1), flow('f', 5)));
  for (const bad of [
    trace(slice(0, 10)),
    trace(name, slice(0, 10), slice(5, 10)),
    trace(name, slice(0, 0)),
    trace(name, slice(0, 10), flow('s', 1)),
    trace(name, slice(0, 10), flow('s', 1), flow('f', 11)),
    trace(name, { ...name, name: 'born' }),
  ]) {
    assert.throws(() => checkTrace(bad), { name: 'AssertionError' }, bad);
  }
});

test('the pictures of the docs are those of the examples (npm run pictures)', () => {
  for (const [name, svg] of pictures())
    assert.equal(readFileSync(join(PICTURES, `${name}.svg`), 'utf8'), svg, name);
});

test('the difference from the image: who is missing, too much, or otherwise', () => {
  const wanted = [at(1, 0), at(2, 1), at(3, 2, { sid: 2, pgid: 2, state: 'zombie', childSubreaper: true })];
  assert.deepEqual(differenceOf(wanted, wanted), { missing: [], extra: [], other: [] });
  assert.deepEqual(differenceOf([at(1, 0), at(3, 1), at(300, 1, { helper: true })], wanted), {
    missing: [2],
    extra: [300],
    other: [
      {
        pid: 3,
        what: 'parent 1 instead of 2, session 1 instead of 2, group 1 instead of 2, alive, not yet zombie, not yet a subreaper',
      },
    ],
  });
});
