/** What an image is said to ask for, tried: without it the real CRIU refuses to restore, with it the program is there. */

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { criuOptionsOf } from '../../src/engine/requirements/criu-options.ts';
import { requirementsOf } from '../../src/engine/requirements/requirements.ts';
import { readTreeParts } from '../../src/formats/read-image-files.ts';
import { loadTree } from '../../src/formats/read-process-files.ts';
import { imageParts } from '../formats/dumps.ts';
import { CRIUS, type Criu, endNamespace, killIfThere, Workshop, whyNoCriu } from './criu.ts';
import { childrenOf } from './snapshot.ts';

const skip =
  whyNoCriu() ?? (spawnSync('which', ['python3']).status === 0 ? false : 'python3 is not installed');

interface Trial {
  /** Python, run in the program's directory before it is dumped. */
  readonly program: string;
  readonly property: string;
  readonly options: readonly string[];
  /** What the restore without it says. */
  readonly refused: RegExp;
  /** Takes away what is asked for, and gives it back; left out: the options are what is asked for. */
  readonly away?: (directory: string) => () => void;
}

const TRIALS: Readonly<Record<string, Trial>> = {
  'a unix socket to outside': {
    program: 's = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.connect(d + "/outside.sock")',
    property: 'unixSockets',
    options: ['--ext-unix-sk'],
    refused: /unix.*(?:connect|No such file|Connection refused)/i,
    away: (directory) => {
      renameSync(join(directory, 'outside.sock'), join(directory, 'elsewhere.sock'));
      return () => renameSync(join(directory, 'elsewhere.sock'), join(directory, 'outside.sock'));
    },
  },
  'a TCP connection': {
    program: 's = socket.create_connection(("127.0.0.1", int(open(d + "/port").read())))',
    property: 'connections',
    options: ['--tcp-established'],
    refused: /Connected TCP socket in image/,
  },
  'a file that is missing': {
    program: 's = open(d + "/data")',
    property: 'files',
    options: [],
    refused: /data.*No such file/,
    away: (directory) => {
      renameSync(join(directory, 'data'), join(directory, 'elsewhere'));
      return () => renameSync(join(directory, 'elsewhere'), join(directory, 'data'));
    },
  },
  'a file of another size': {
    program: 's = open(d + "/data")',
    property: 'files',
    options: [],
    refused: /data has bad size/,
    away: (directory) => {
      writeFileSync(join(directory, 'data'), 'longer than before');
      return () => writeFileSync(join(directory, 'data'), 'data');
    },
  },
};

const OUTSIDE = `
import socket, sys, time
u = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); u.bind(sys.argv[1] + '/outside.sock')
s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen(5)
open(sys.argv[1] + '/port', 'w').write(str(s.getsockname()[1]))
kept = []
while True: kept.append(s.accept())
`;

for (const criu of CRIUS) {
  for (const [name, trial] of Object.entries(TRIALS)) {
    test(`CRIU ${criu.name}: ${name}`, { skip }, () => tried(criu, trial));
  }
}

async function tried(criu: Criu, { program, property, options, refused, away }: Trial): Promise<void> {
  const workshop = new Workshop();
  const { directory } = workshop;
  writeFileSync(join(directory, 'data'), 'data');
  const outside = spawn('python3', ['-c', OUTSIDE, directory], { stdio: 'ignore' });
  await until(() => existsSync(join(directory, 'port')) && readFileSync(join(directory, 'port')).length > 0);
  const text = `import socket, sys, time\nd = sys.argv[1]\n${program}\nopen(d + '/ready', 'w')\nwhile True: time.sleep(60)`;
  const inside = spawn('unshare', ['--pid', '--fork', 'setsid', 'python3', '-c', text, directory], {
    stdio: 'ignore',
  });
  let restored = 0;
  try {
    await until(() => existsSync(join(directory, 'ready')));
    const images = await workshop.dump(criu, childrenOf(inside.pid!)[0]!, [
      ...options,
      '--network-lock',
      'skip',
    ]);
    if (inside.exitCode === null) await once(inside, 'exit');
    const loaded = loadTree(await readTreeParts(imageParts(images)));
    assert.ok(loaded.ok);
    const { tree, surroundings } = loaded;
    assert.ok(requirementsOf(tree, surroundings).some((wanted) => wanted.property === property));
    const all = criuOptionsOf(tree, surroundings);
    for (const option of options) assert.ok(all.some((one) => one.option === option));
    // What is for the dump only, the restore does without.
    const told = all.filter(({ at }) => at !== 'dump');

    const back = away?.(directory);
    assert.match(`${await workshop.restoreAlone(criu, images)}`, refused);
    back?.();
    const root = await workshop.restoreAlone(
      criu,
      images,
      told.map(({ option }) => option),
    );
    assert.equal(typeof root, 'number', `${root}`);
    restored = Number(root);
  } finally {
    for (const pid of childrenOf(inside.pid!)) killIfThere(pid);
    outside.kill('SIGKILL');
    if (restored) await endNamespace(restored);
    workshop.remove();
  }
}

async function until(isTrue: () => boolean): Promise<void> {
  for (let patience = 0; !isTrue(); patience++) {
    assert.ok(patience < 200, 'it does not start');
    await delay(50);
  }
}
