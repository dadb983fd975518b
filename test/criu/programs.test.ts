/**
 * Programs of everyday, each below a child-subreaper that has adopted a member of another session, so that CRIU refuses
 * the tree: dumped, restored by regraft, and asked afterwards whether they still know what they knew.
 */

import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { CRIUS, type Criu, endNamespace, killIfThere, Workshop, whyNoCriu } from './criu.ts';
import { childrenOf, snapshot } from './snapshot.ts';

const skip = whyNoCriu() ?? false;
const missing = (program: string): string | false =>
  skip ||
  (program === 'node' && !NODE ? 'every Node here has an io_uring, which CRIU does not dump' : false) ||
  (spawnSync('which', [program]).status === 0 ? false : `${program} is not installed`);

/** A Node that CRIU dumps: since libuv 1.52 an io_uring is mapped, of which CRIU knows nothing. */
const NODE = ['/usr/bin/node', '/usr/local/bin/node', process.execPath].find((node) => {
  const looks = "require('fs').readFileSync('/proc/self/maps', 'utf8').includes('io_uring')";
  return spawnSync(node, ['-p', looks], { encoding: 'utf8' }).stdout?.trim() === 'false';
});

/** What a tree of programs is, and what can be asked of it. */
interface Setting {
  /** Shell lines, run by the first process of a fresh pid namespace; the last one is put into the background. */
  readonly script: (directory: string) => string;
  /** Resolves when it is ready to be dumped. */
  readonly ready: (directory: string) => boolean;
  /** What has to be true in the restored tree. */
  readonly afterwards: (directory: string) => Promise<void>;
}

/**
 * A child-subreaper whose child leads a session, and has lost a member of it to the subreaper: no restorer finds that
 * out. The program is the session's leader.
 */
const ADOPTER = `
import ctypes, os, sys, time
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        if os.fork() == 0:
            while True: time.sleep(60)
        os._exit(0)
    os.wait()
    os.execvp(sys.argv[1], sys.argv[1:])
while True: time.sleep(60)
`;

const SETTINGS: Readonly<Record<string, Setting & { readonly needs: string }>> = {
  'a Python with threads': {
    needs: 'python3',
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
python3 ${directory}/adopter.py python3 ${directory}/threads.py`,
    ready: (directory) => existsSync(`${directory}/counts`) && counts(directory)[0]! > 20,
    afterwards: async (directory) => {
      const before = counts(directory);
      await delay(500);
      const now = counts(directory);
      for (const [i, count] of before.entries()) assert.ok(now[i]! > count, `thread ${i} counts on`);
    },
  },
  'a shell with a pipeline and jobs': {
    needs: 'bash',
    script: (directory) => `
cat > ${directory}/jobs.sh <<'PROGRAM'
set -m
(while sleep 0.05; do echo tick; done) | (n=0; while read tick; do n=$((n + 1)); echo $n >> ${directory}/ticks; done) &
sleep 1000 &
kill -STOP %2
wait %1
PROGRAM
python3 ${directory}/adopter.py bash ${directory}/jobs.sh`,
    ready: (directory) => existsSync(`${directory}/ticks`) && lines(`${directory}/ticks`).length > 5,
    afterwards: async (directory) => {
      await delay(600);
      const ticks = lines(`${directory}/ticks`);
      assert.deepEqual(
        ticks,
        ticks.map((_, i) => `${i + 1}`),
        'no line of the pipe is lost or doubled',
      );
    },
  },
  'a Node with timers and workers': {
    needs: 'node',
    script: (directory) => `
cat > ${directory}/work.cjs <<'PROGRAM'
const { Worker } = require('node:worker_threads');
const { appendFileSync } = require('node:fs');
const worker = new Worker('const {parentPort} = require("node:worker_threads"); let n = 0; parentPort.on("message", () => parentPort.postMessage(++n))', { eval: true });
worker.on('message', (n) => appendFileSync('${directory}/ticks', n + '\\n'));
setInterval(() => worker.postMessage(0), 40);
PROGRAM
python3 ${directory}/adopter.py ${NODE ?? ''} ${directory}/work.cjs`,
    ready: (directory) => existsSync(`${directory}/ticks`) && lines(`${directory}/ticks`).length > 5,
    afterwards: async (directory) => {
      const before = lines(`${directory}/ticks`).length;
      await delay(1000);
      const ticks = lines(`${directory}/ticks`);
      assert.ok(ticks.length > before, 'it goes on');
      assert.deepEqual(
        ticks,
        ticks.map((_, i) => `${i + 1}`),
      );
    },
  },
  redis: {
    needs: 'redis-server',
    script: (directory) =>
      `python3 ${directory}/adopter.py redis-server --port 0 --unixsocket ${directory}/redis.sock --save "" --dir ${directory} --daemonize no --logfile ${directory}/redis.log`,
    ready: (directory) =>
      existsSync(`${directory}/redis.sock`) &&
      spawnSync('redis-cli', ['-s', `${directory}/redis.sock`, 'set', 'key', 'kept']).status === 0,
    afterwards: async (directory) => {
      const { stdout } = spawnSync('redis-cli', ['-s', `${directory}/redis.sock`, 'get', 'key']);
      assert.equal(`${stdout}`.trim(), 'kept');
    },
  },
};

const lines = (file: string): string[] => readFileSync(file, 'utf8').split('\n').filter(Boolean);
const counts = (directory: string): number[] =>
  readFileSync(`${directory}/counts`, 'utf8').split(' ').map(Number);

for (const criu of CRIUS) {
  for (const [name, setting] of Object.entries(SETTINGS)) {
    test(`CRIU ${criu.name}: ${name}`, { skip: missing(setting.needs) || missing('python3') }, () =>
      throughCheckpoint(criu, setting),
    );
  }
}

async function throughCheckpoint(criu: Criu, setting: Setting): Promise<void> {
  const workshop = new Workshop();
  const directory = workshop.directory;
  writeFileSync(`${directory}/adopter.py`, ADOPTER);
  // The shell stays, as the init: what falls to an init CRIU can restore.
  writeFileSync(`${directory}/start.sh`, `${setting.script(directory)} &\nwait\nwait\n`);
  const shell = `exec setsid bash ${directory}/start.sh < /dev/null > /dev/null 2>&1`;
  const outside = spawn('unshare', ['--pid', '--fork', 'bash', '-c', shell], {
    stdio: 'ignore',
  });
  let restored = 0;
  let built = 0;
  try {
    for (let patience = 0; !setting.ready(directory); patience++) {
      assert.ok(patience < 300, 'it does not start');
      await delay(100);
    }
    const root = (built = childrenOf(outside.pid!)[0]!);
    const before = snapshot(root);
    const images = await workshop.dump(criu, root);
    await ended(outside);
    const alone = await workshop.restoreAlone(criu, images);
    if (typeof alone === 'number') await endNamespace(alone);
    assert.match(`${alone}`, /session leader/, 'CRIU alone refuses it');
    const { root: again } = await workshop.restore(criu, images);
    restored = again;
    assert.deepEqual(withoutPending(snapshot(restored)), withoutPending(before));
    await setting.afterwards(directory);
  } finally {
    for (const pid of built && outside.exitCode === null ? [built] : childrenOf(outside.pid!))
      killIfThere(pid);
    outside.kill('SIGKILL');
    if (restored) await endNamespace(restored);
    workshop.remove();
  }
}

/** Programs work while they are looked at: children come and go, signals are on their way. */
const withoutPending = (tasks: ReturnType<typeof snapshot>) =>
  tasks
    .filter(({ comm }) => comm !== 'sleep')
    .map(({ pid, ppid, pgid, sid, state, threads, comm }) => ({
      pid,
      ppid,
      pgid,
      sid,
      state,
      threads,
      comm,
    }));

async function ended(child: ChildProcess): Promise<void> {
  for (let patience = 0; child.exitCode === null && child.signalCode === null && patience < 200; patience++) {
    await delay(20);
  }
}
