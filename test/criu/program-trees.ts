/** Trees of programs in a pid namespace of their own: started, dumped, restored by regraft, asked what they still know. */

import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { type Criu, endNamespace, killIfThere, Workshop, whyNoCriu } from './criu.ts';
import { childrenOf, snapshot } from './snapshot.ts';

/** What a tree of programs is, and what can be asked of it. */
export interface ProgramTree {
  /** Programs without which it cannot be tried. */
  readonly needs: readonly string[];
  /** The first process of the namespace, which runs a shell with the script; left out: that shell. */
  readonly init?: string;
  /** Further namespaces, as options of unshare. */
  readonly namespaces?: readonly string[];
  /** Shell lines; the last one is put into the background. */
  readonly script: (directory: string) => string;
  /** Is it ready to be dumped? */
  readonly ready: (directory: string) => boolean;
  /** What has to be true in the restored tree. */
  readonly afterwards: (directory: string) => Promise<void>;
  /** Members of sessions with a terminal, which they have as their own no longer; and the restore says so. */
  readonly losesTerminals?: boolean;
  /** What CRIU alone says to it; left out: whatever it does. */
  readonly alone?: RegExp;
}

/** Why a test of these programs cannot run here; false: it can. */
export function missing(...programs: readonly string[]): string | false {
  const absent = programs.find((program) => spawnSync('which', [program]).status !== 0);
  return whyNoCriu() ?? (absent === undefined ? false : `${absent} is not installed`);
}

/** The same of busybox alone in a root file system, further programs beside. */
export function missingBusybox(...programs: readonly string[]): string | false {
  const needsLibraries = () => spawnSync('ldd', ['/bin/busybox']).status === 0;
  return missing('busybox', ...programs) || (needsLibraries() && 'busybox is not linked statically');
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
/** What CRIU says to it. */
export const REFUSED = /session leader/;
/** A shell's words that run the words after them below such a child-subreaper. */
export const adopted = (directory: string): string => `python3 ${directory}/adopter.py`;

export const lines = (file: string): string[] => readFileSync(file, 'utf8').split('\n').filter(Boolean);

/** Lines that count from 1 on, none lost and none doubled, and more of them after some time. */
export async function countsOn(file: string, ms: number): Promise<void> {
  const before = lines(file).length;
  await delay(ms);
  const now = lines(file);
  assert.ok(now.length > before, `${file} goes on`);
  assert.deepEqual(
    now,
    now.map((_, i) => `${i + 1}`),
    'no line is lost or doubled',
  );
}

/** @throws where the tree is not restored as it was, or has forgotten something */
export async function throughCheckpoint(criu: Criu, program: ProgramTree): Promise<void> {
  const workshop = new Workshop();
  const { directory } = workshop;
  writeFileSync(`${directory}/adopter.py`, ADOPTER);
  // The shell stays, as the init or just below it: what falls to an init CRIU can restore.
  writeFileSync(`${directory}/start.sh`, `${program.script(directory)} &\nwait\nwait\n`);
  const shell = `exec setsid ${program.init ?? ''} bash ${directory}/start.sh < /dev/null > /dev/null 2> ${directory}/errors`;
  const outside = spawn('unshare', ['--pid', '--fork', ...(program.namespaces ?? []), 'bash', '-c', shell], {
    stdio: 'ignore',
  });
  let restored = 0;
  let built = 0;
  try {
    for (let patience = 0; !program.ready(directory); patience++) {
      if (patience === 300) assert.fail(`it does not start: ${readFileSync(`${directory}/errors`, 'utf8')}`);
      await delay(100);
    }
    built = childrenOf(outside.pid!)[0]!;
    const before = shapeOf(built);
    const images = await workshop.dump(criu, built);
    await ended(outside);
    if (program.alone) {
      const alone = await workshop.restoreAlone(criu, images);
      if (typeof alone === 'number') await endNamespace(alone);
      assert.match(`${alone}`, program.alone, 'CRIU alone does not restore it');
    }
    const { root, said } = await workshop.restore(criu, images);
    restored = root;
    const lost = program.losesTerminals
      ? 'regraft: CRIU gives a controlling terminal .*: [\\d, ]+\\. .*\n'
      : '';
    assert.match(said, new RegExp(`^${lost}Restored .*\n$`));
    assert.deepEqual(shapeOf(restored), before);
    await program.afterwards(directory);
  } finally {
    if (built && outside.exitCode === null) killIfThere(built);
    for (const pid of childrenOf(outside.pid!)) killIfThere(pid);
    outside.kill('SIGKILL');
    if (restored) await endNamespace(restored);
    workshop.remove();
  }
}

/** Programs work while they are looked at: short-lived children come and go, signals are on their way. */
function shapeOf(root: number): object[] {
  return snapshot(root)
    .filter(({ comm, state }) => comm !== 'sleep' && (state !== 'zombie' || comm !== 'bash'))
    .map(({ pid, ppid, pgid, sid, state, exitStatus, threads, comm }) => ({
      ...{ pid, ppid, pgid, sid, state, exitStatus, threads, comm },
    }));
}

async function ended(child: ChildProcess): Promise<void> {
  for (let patience = 0; child.exitCode === null && child.signalCode === null && patience < 200; patience++) {
    await delay(20);
  }
}
