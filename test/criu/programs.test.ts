/**
 * Languages with threads and a shell with jobs, each below a child-subreaper that has adopted a member of another
 * session, so that CRIU refuses the tree: restored by regraft, they still know what they knew.
 */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { CRIUS } from './criu.ts';
import {
  adopted,
  countsOn,
  lines,
  missing,
  type ProgramTree,
  REFUSED,
  throughCheckpoint,
} from './program-trees.ts';

/** A Node that CRIU dumps: since libuv 1.52 an io_uring is mapped, of which CRIU knows nothing. */
const NODE = ['/usr/bin/node', '/usr/local/bin/node', process.execPath].find((node) => {
  const looks = "require('fs').readFileSync('/proc/self/maps', 'utf8').includes('io_uring')";
  return spawnSync(node, ['-p', looks], { encoding: 'utf8' }).stdout?.trim() === 'false';
});

const PROGRAMS: Readonly<Record<string, ProgramTree>> = {
  'a Python with threads': {
    needs: ['python3'],
    alone: REFUSED,
    script: (directory) => `
cat > ${directory}/threads.py <<'PROGRAM'
import threading, time, os
counts = [0, 0, 0]
lock = threading.Lock()
def count(i):
    while True:
        with lock: counts[i] += 1
        time.sleep(0.01)
for i in range(3): threading.Thread(target=count, args=(i,), daemon=True).start()
while True:
    time.sleep(0.05)
    with lock: text = ' '.join(map(str, counts))
    with open('${directory}/counts.new', 'w') as file: file.write(text)
    os.rename('${directory}/counts.new', '${directory}/counts')
PROGRAM
${adopted(directory)} python3 ${directory}/threads.py`,
    ready: (directory) => existsSync(`${directory}/counts`) && counts(directory)[0]! > 20,
    afterwards: async (directory) => {
      const before = counts(directory);
      await delay(500);
      const now = counts(directory);
      for (const [i, count] of before.entries()) assert.ok(now[i]! > count, `thread ${i} counts on`);
    },
  },
  'a shell with a pipeline and jobs': {
    needs: ['python3', 'bash'],
    alone: REFUSED,
    script: (directory) => `
cat > ${directory}/jobs.sh <<'PROGRAM'
set -m
(while sleep 0.05; do echo tick; done) | (n=0; while read tick; do n=$((n + 1)); echo $n >> ${directory}/ticks; done) &
sleep 1000 &
kill -STOP %2
wait %1
PROGRAM
${adopted(directory)} bash ${directory}/jobs.sh`,
    ready: (directory) => existsSync(`${directory}/ticks`) && lines(`${directory}/ticks`).length > 5,
    afterwards: (directory) => countsOn(`${directory}/ticks`, 600),
  },
  'a Node with timers and workers': {
    needs: ['python3', NODE ?? 'node that CRIU can dump'],
    alone: REFUSED,
    script: (directory) => `
cat > ${directory}/work.cjs <<'PROGRAM'
const { Worker } = require('node:worker_threads');
const { appendFileSync } = require('node:fs');
const worker = new Worker('const {parentPort} = require("node:worker_threads"); let n = 0; parentPort.on("message", () => parentPort.postMessage(++n))', { eval: true });
worker.on('message', (n) => appendFileSync('${directory}/ticks', n + '\\n'));
setInterval(() => worker.postMessage(0), 40);
PROGRAM
${adopted(directory)} ${NODE} ${directory}/work.cjs`,
    ready: (directory) => existsSync(`${directory}/ticks`) && lines(`${directory}/ticks`).length > 5,
    afterwards: (directory) => countsOn(`${directory}/ticks`, 1000),
  },
};

const counts = (directory: string): number[] =>
  readFileSync(`${directory}/counts`, 'utf8').split(' ').map(Number);

for (const criu of CRIUS) {
  for (const [name, program] of Object.entries(PROGRAMS)) {
    test(`CRIU ${criu.name}: ${name}`, { skip: missing(...program.needs) }, () =>
      throughCheckpoint(criu, program),
    );
  }
}
