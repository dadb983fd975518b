/** A job of a shell, dumped and restored with --shell-job: it comes back in the session and on the terminal of who restores. */

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { CRIUS, killIfThere, REGRAFT, Workshop, whyNoCriu } from './criu.ts';

const skip = whyNoCriu() ?? (spawnSync('which', ['script']).status === 0 ? false : 'script is not installed');

for (const criu of CRIUS) {
  test(`CRIU ${criu.name}: a job of a shell, restored from another terminal`, { skip }, async () => {
    const workshop = new Workshop();
    const left: number[] = [];
    try {
      const shell = onTerminal(
        workshop,
        "set -m; sh -c 'sleep 602 & echo $! > child; exec sleep 601' & echo $! > job; wait",
      );
      const [job, child] = [await number(workshop, 'job'), await number(workshop, 'child')];
      left.push(job, child);
      await until(() => readFileSync(`/proc/${job}/cmdline`, 'utf8').startsWith('sleep'));
      const before = [job, child].map(placeOf);
      assert.notEqual(before[0]!.session, job, 'it leads no session');
      const images = await workshop.dump(criu, job, ['--shell-job']);
      shell.kill('SIGKILL');
      // Their numbers are free again when somebody has reaped them.
      await until(() => [job, child].every((pid) => !existsSync(`/proc/${pid}`)));

      const restore = `'${process.execPath}' '${REGRAFT}' restore ${images} --criu ${criu.path}`;
      onTerminal(
        workshop,
        `echo $$ > shell; ${restore} --pidfile pid -- --shell-job > said 2>&1; echo $? > code; exec sleep 60`,
      );
      const code = await number(workshop, 'code');
      const said = readFileSync(workshop.path('said'), 'utf8');
      assert.equal(code, 0, said);
      assert.match(said, /Restored 2 processes as they are in the image/);
      const other = await number(workshop, 'shell');
      left.push(other);
      assert.equal(await number(workshop, 'pid'), job);
      const { terminal } = placeOf(other);
      assert.deepEqual(
        [job, child].map(placeOf),
        before.map((place) => ({ ...place, session: other, terminal })),
      );
    } finally {
      for (const pid of left) killIfThere(pid);
      workshop.remove();
    }
  });
}

/** The parent of the root, the first one, is outside. */
function placeOf(pid: number, i = 0) {
  const words = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  const [, parent, group, session, terminal] = words.map(Number) as [0, number, number, number, number];
  return { pid, parent: i === 0 ? 0 : parent, group, session, terminal };
}

function onTerminal(workshop: Workshop, command: string) {
  const terminal = spawn('script', ['--quiet', '--command', command, '/dev/null'], {
    stdio: 'ignore',
    cwd: workshop.directory,
    env: { ...process.env, SHELL: '/bin/bash' },
  });
  void once(terminal, 'exit');
  return terminal;
}

async function number(workshop: Workshop, name: string): Promise<number> {
  const file = workshop.path(name);
  await until(() => existsSync(file) && readFileSync(file, 'utf8').endsWith('\n'));
  return Number(readFileSync(file, 'utf8'));
}

async function until(is: () => boolean): Promise<void> {
  for (let patience = 0; patience < 600; patience++) {
    if (is()) return;
    await delay(50);
  }
  throw new Error('it does not come');
}
