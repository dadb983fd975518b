/**
 * File tables that processes share, with the real CRIUs: what is told of a restore by CRIU alone is what it does, and a
 * graft keeps a table that CRIU alone loses where a carrier can have it. kcmp decides who shares.
 */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { KINDS } from '../../src/engine/tree/sharing-columns.ts';
import type { TreeImage } from '../../src/formats/tree-image-schema.ts';
import { ProcDirectory } from '../../src/proc/proc-directory.ts';
import { nativeClassProbe } from '../../src/scan/class-probe.ts';
import { scan } from '../../src/scan/scan.ts';
import { NATIVE } from '../kernel/replayer.ts';
import { CRIUS, type Criu, endNamespace, Workshop, whyNoCriu } from './criu.ts';
import { LivingTree } from './living-tree.ts';
import { goesOn } from './round-trip.ts';
import { childrenOf, snapshot } from './snapshot.ts';

const skip = whyNoCriu() ?? false;

/** What CRIU makes of it alone, and with a graft. */
const SHAPES: Readonly<Record<string, { lines: readonly string[]; alone: string; grafted: string }>> = {
  'with the parent': {
    lines: ['1 setsid', '1 fork 2 F', '2 fork 3 F', '1 fork 4 -'],
    alone: 'kept',
    grafted: 'kept',
  },
  'with the parent, born before it led its session': {
    lines: ['1 setsid', '1 fork 2 -', '2 fork 3 F', '3 fork 4 F', '2 setsid'],
    alone: 'kept',
    grafted: 'kept',
  },
  'with the init, in the session of a leader that is gone (files_dead_leader_member)': {
    lines: ['1 setsid', '1 fork 2 F', '2 setsid', '2 fork 3 F', '2 fork 4 -', '2 exit 0', '1 reap'],
    alone: 'lost',
    grafted: 'kept',
  },
  'with the init, in the session of a leader with a table of its own (files_init_orphan)': {
    lines: [
      '1 setsid',
      '1 fork 2 F',
      '2 setsid',
      '2 fork 5 F',
      '5 fork 4 F',
      '2 unshare',
      '5 exit 0',
      '2 reap',
    ],
    alone: 'lost',
    grafted: 'impossible',
  },
};

for (const criu of CRIUS) {
  for (const [name, { lines, alone, grafted }] of Object.entries(SHAPES)) {
    test(`CRIU ${criu.name}, a table shared ${name}: ${alone} alone, ${grafted} with a graft`, {
      skip,
    }, async () => {
      assert.deepEqual(await tried(criu, lines.join('\n')), { alone, grafted });
    });
  }
}

async function tried(criu: Criu, script: string): Promise<{ alone: string; grafted: string }> {
  const tree = await LivingTree.build(script);
  const workshop = new Workshop();
  try {
    const before = await tablesBelow(tree.root);
    const shown = snapshot(tree.root);
    const images = await workshop.dump(criu, tree.root);
    await tree.end();
    const counted = tree.counts();
    tree.keep();
    const restored = await workshop.restoreAlone(criu, images);
    let alone = 'lost';
    if (typeof restored === 'number') {
      if ((await tablesBelow(restored)) === before) alone = 'kept';
      await endNamespace(restored);
    }
    tree.rewind();
    let root: number;
    try {
      ({ root } = await workshop.restore(criu, images));
    } catch (error) {
      assert.match(String(error), /without a single open descriptor/);
      return { alone, grafted: 'impossible' };
    }
    try {
      const kept = (await tablesBelow(root)) === before;
      assert.deepEqual(snapshot(root), shown);
      await goesOn(tree, shown, counted);
      return { alone, grafted: kept ? 'kept' : 'lost' };
    } finally {
      await endNamespace(root);
    }
  } finally {
    await tree.end();
    tree.remove();
    workshop.remove();
  }
}

/** Who shares which kind with whom, and the descriptors of each, by the numbers inside. */
async function tablesBelow(root: number): Promise<string> {
  const proc = new ProcDirectory();
  const { image } = await scan(proc, {
    target: { kind: 'namespace', pid: root },
    withScanner: true,
    probe: null,
    classProbe: nativeClassProbe(join(NATIVE, 'build', 'regraft-probe')),
    retries: 0,
    pauseMs: 0,
  });
  const outside = numbersHere(root);
  return JSON.stringify(
    image.processes.map((process) => ({
      pid: process.pid,
      shares: KINDS.filter((kind) => kind !== 'io' && kind !== 'sysvsem').map((kind) =>
        sharers(image, process[kind], kind),
      ),
      descriptors: readdirSync(`/proc/${outside.get(process.pid)}/fd`)
        .map(Number)
        .sort((a, b) => a - b),
    })),
  );
}

function sharers(
  { processes }: TreeImage,
  value: number | undefined,
  kind: (typeof KINDS)[number],
): number[] {
  return processes.filter((other) => value !== undefined && other[kind] === value).map(({ pid }) => pid);
}

/** Number inside → number here, of the root and all below. */
function numbersHere(root: number): Map<number, number> {
  const numbers = new Map<number, number>();
  const all = [root];
  for (let at = 0; at < all.length; at++) {
    const status = readFileSync(`/proc/${all[at]}/status`, 'utf8');
    numbers.set(Number(/^NSpid:.*\t(\d+)$/m.exec(status)![1]), all[at]!);
    all.push(...childrenOf(all[at]!));
  }
  return numbers;
}
