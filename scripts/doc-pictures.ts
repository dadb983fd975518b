/**
 * The pictures of docs/namespaces.md and docs/caba.md: small trees by parents, and beside them the births of a plan,
 * drawn from the plan itself.
 */

import assert from 'node:assert/strict';
import { DEFAULT_OPTIONS, type PlanOptions } from '../src/engine/plan/plan-options.ts';
import { planRestore } from '../src/engine/plan-restore.ts';
import { NEVER, NOBODY } from '../src/engine/timeline/inherited-objects.ts';
import { planHistory } from '../src/engine/timeline/plan-history.ts';
import { buildTree } from '../src/engine/tree/build-tree.ts';
import { readTreeValue } from '../src/formats/json/tree-json.ts';
import { DEFAULT_READ_LIMITS } from '../src/formats/read-limits.ts';
import type { ProcessImage, TreeImage } from '../src/formats/tree-image-schema.ts';
import { drawingOfForest } from '../src/web/examples.ts';
import { shownOf } from '../src/web/model/image-processes.ts';
import type { ShownProcess } from '../src/web/model/process-forest.ts';
import { SessionColours } from '../src/web/model/session-colour.ts';

interface Drawn {
  readonly title: string;
  readonly image: TreeImage;
  /** Name of a picture of births → what is asked of the plan. */
  readonly births: Readonly<Record<string, Partial<PlanOptions>>>;
}

/** Inside a nested pid namespace, number x of level 0 is x + 300, that of the init 1. `seen`: so are its session and group. */
function inside(
  pid: number,
  ppid: number,
  sid: number,
  init: number,
  seen: boolean,
  pgid = sid,
): ProcessImage {
  const numbers = (x: number): number[] => [x, x === init ? 1 : x + 300];
  const shown = (x: number): number[] => (seen ? numbers(x) : [x, 0]);
  return { pid, ppid, pgid, sid, pidns: '1', nspid: numbers(pid), nspgid: shown(pgid), nssid: shown(sid) };
}

function outside(pid: number, ppid: number, sid: number, pgid = sid): ProcessImage {
  return { pid, ppid, pgid, sid };
}

function nested(init: number, ...processes: readonly ProcessImage[]): TreeImage {
  const pidNamespaces = [
    { id: '0', parent: null, init: 1 },
    { id: '1', parent: '0', init },
  ];
  return { root: 1, pidNamespaces, processes: [...processes] };
}

const CROSSED = [outside(1, 0, 1), outside(2, 1, 2), outside(4, 1, 4), outside(7, 2, 4), outside(5, 4, 2)];

const DRAWN: Readonly<Record<string, Drawn>> = {
  'nested-boundary': {
    title: 'Boundary processes: the init 2, and 5, which was put in',
    image: nested(
      2,
      outside(1, 0, 1),
      inside(2, 1, 2, 2, true),
      inside(3, 2, 2, 2, true),
      inside(5, 1, 1, 2, false),
      inside(6, 5, 1, 2, false),
    ),
    births: { 'nested-boundary-births': {} },
  },
  'nested-tool': {
    title: 'Two sessions from outside, below an init',
    image: nested(
      2,
      outside(1, 0, 1),
      outside(9, 1, 9),
      inside(2, 1, 2, 2, true),
      inside(3, 2, 1, 2, false),
      inside(4, 2, 9, 2, false),
    ),
    births: { 'nested-tool-births': {} },
  },
  'nested-siblings': {
    title: 'Siblings by CLONE_PARENT',
    image: nested(
      2,
      outside(1, 0, 1),
      inside(2, 1, 2, 2, true),
      inside(7, 1, 7, 2, true),
      inside(8, 1, 7, 2, true),
    ),
    births: { 'nested-siblings-births': {} },
  },
  'nested-classes': {
    title: 'Two groups that nobody inside can name',
    image: nested(
      2,
      outside(1, 0, 0),
      inside(2, 1, 0, 2, false),
      inside(3, 1, 0, 2, false, 45),
      inside(4, 3, 0, 2, false),
      inside(5, 3, 0, 2, false, 45),
    ),
    births: {},
  },
  'caba-parents': {
    title: 'Two leaders, crossed members: by parents',
    image: { root: 1, processes: CROSSED },
    births: { 'caba-births-1': {}, 'caba-births-2': { history: 1 } },
  },
};

/** Name → the picture. */
export function docPictures(): Map<string, string> {
  const drawn = new Map<string, string>();
  for (const [name, { title, image, births }] of Object.entries(DRAWN)) {
    const colours = new SessionColours();
    drawn.set(name, drawingOfForest(shownOf(image.processes, 1), colours, title));
    for (const [birthsName, options] of Object.entries(births))
      drawn.set(birthsName, drawingOfForest(bornIn(image, options), colours, `${title}: who bears whom`));
  }
  return drawn;
}

/**
 * Everybody of a plan below who called clone, helpers too, in the sessions that they end in. Without frames: who was born
 * into a pid namespace may hang anywhere.
 */
function bornIn(image: TreeImage, options: Partial<PlanOptions>): ShownProcess[] {
  const built = buildTree(readTreeValue(image, DEFAULT_READ_LIMITS).columns);
  assert.ok(built.ok);
  const { outcome, steps } = planRestore(built.tree, { ...DEFAULT_OPTIONS, ...options });
  assert.equal(outcome, 'restorable');
  const { pid, creator, birthSession, setsid, inImage } = planHistory(built.tree, steps);
  return Array.from(pid, (number, row): ShownProcess => {
    const sid = setsid[row] === NEVER ? birthSession[row]! : number;
    return {
      pid: number,
      parent: creator[row] === NOBODY ? 0 : pid[creator[row]!]!,
      sid,
      pgid: sid,
      state: 'alive',
      ...(inImage[row] ? {} : { helper: true }),
    };
  });
}
