/**
 * A proof speaks of one image: where a fact that it names is changed so that the tree becomes reachable, the proof no
 * longer holds. Every parent, session and group that a proof names is changed to every other value.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkProof } from '../../../src/engine/proof/check-proof.ts';
import type { Claim } from '../../../src/engine/proof/proof.ts';
import { buildTree } from '../../../src/engine/tree/build-tree.ts';
import type { ProcessTree } from '../../../src/engine/tree/process-tree.ts';
import { readTreeValue } from '../../../src/formats/json/tree-json.ts';
import { ReadError } from '../../../src/formats/read-error.ts';
import { DEFAULT_READ_LIMITS } from '../../../src/formats/read-limits.ts';
import type { ProcessImage, TreeImage } from '../../../src/formats/tree-image-schema.ts';
import { shareOf } from '../../full-size.ts';
import { planImage } from '../../histories/proven-plan.ts';
import { smallTrees } from '../planner/small-trees.ts';
import { PROVED_SETS, refusals, viewOf } from './refusals.ts';

/** Of the larger sets every so many-th refusal is taken within `npm test`. */
const EVERY: Partial<Record<(typeof PROVED_SETS)[number], number>> = {
  'sessions.n4': 10,
  'sessions.n5': 200,
  'zombies.n4': 40,
  'groups.n3': 20,
  'namespaces/one-ns.sessions.n3': 4,
  'namespaces/one-ns.sessions.n4': 200,
  'namespaces/chain.sessions.n3': 4,
  'namespaces/one-ns.groups.n3': 100,
};

for (const set of PROVED_SETS) {
  test(`${set}: a proof does not hold for a reachable tree that differs in a fact it names`, (t) => {
    const reachable = new Map<string, boolean>();
    let changed = 0;
    let without = 0;
    const images = shareOf(smallTrees(set, 'unreachable'), EVERY[set] ?? 1);
    for (const { image, proof } of refusals(set, images)) {
      for (const other of changes(
        image,
        proof.lines.map(({ claim }) => claim),
      )) {
        const tree = treeIfAny(other);
        if (!tree) continue;
        changed++;
        const key = JSON.stringify(other);
        if (!reachable.has(key)) reachable.set(key, planImage(other).outcome === 'restorable');
        if (!reachable.get(key)) continue;
        without++;
        assert.ok(!checkProof(viewOf(tree), proof).valid, JSON.stringify({ image, other, proof }));
      }
    }
    t.diagnostic(`${changed} changed images, ${without} of them reachable`);
  });
}

/** The image with one field that a fact names changed, to each value that occurs in it and to a new one. */
function* changes(image: TreeImage, claims: readonly Claim[]): Generator<TreeImage> {
  const values = new Set([0, 99]);
  for (const { pid, sid, pgid } of image.processes) for (const x of [pid, sid, pgid]) values.add(x);
  for (const claim of claims) {
    const field = FIELDS[claim.says];
    if (!field || !('process' in claim)) continue;
    const process = image.processes.find(({ pid }) => pid === claim.process);
    if (!process) continue;
    if (claim.says === 'zombie') yield withProcess(image, { ...process, state: 'alive' });
    else
      for (const value of values)
        if (value !== process[field]) yield withProcess(image, changedTo(process, field, value));
  }
}

const FIELDS: Partial<Record<Claim['says'], 'ppid' | 'sid' | 'pgid' | 'state'>> = {
  parent: 'ppid',
  ancestor: 'ppid',
  'ancestor inside': 'ppid',
  session: 'sid',
  group: 'pgid',
  zombie: 'state',
};

/** Numbers on the levels below are left to be derived from the leader, where there is one. */
function changedTo(
  process: ProcessImage,
  field: 'ppid' | 'sid' | 'pgid' | 'state',
  value: number,
): ProcessImage {
  const { nspgid, nssid, ...rest } = process;
  const depth = process.nspid?.length ?? 1;
  const numbers = (kept: readonly number[] | undefined, number: number): number[] =>
    kept && kept[0] === number ? [...kept] : [number, ...new Array<number>(depth - 1).fill(0)];
  if (field === 'sid') return { ...process, sid: value, ...(nssid && { nssid: numbers(nssid, value) }) };
  if (field === 'pgid') return { ...process, pgid: value, ...(nspgid && { nspgid: numbers(nspgid, value) }) };
  return { ...rest, ...(nspgid && { nspgid }), ...(nssid && { nssid }), ppid: value };
}

function withProcess(image: TreeImage, changed: ProcessImage): TreeImage {
  const processes = image.processes.map((process) => (process.pid === changed.pid ? changed : process));
  return { ...image, processes };
}

function treeIfAny(image: TreeImage): ProcessTree | null {
  try {
    const built = buildTree(readTreeValue(image, DEFAULT_READ_LIMITS).columns);
    return built.ok ? built.tree : null;
  } catch (error) {
    if (error instanceof ReadError) return null;
    throw error;
  }
}
