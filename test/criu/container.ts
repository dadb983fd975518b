/** A container under runc, whose tree CRIU refuses: built, checkpointed, restored from grafted images. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { NATIVE } from '../kernel/replayer.ts';
import { type Criu, REGRAFT, run, type Workshop, whyNoCriu } from './criu.ts';
import { type SeenTask, snapshot } from './snapshot.ts';

export const RUNC_CONFIG = '/etc/criu/runc.conf';
/** The line `action-script` of that file leads to it. */
export const FINISH = join(dirname(REGRAFT), 'regraft-finish');

export function whyNoRunc(): string | false {
  if (spawnSync('which', ['runc']).status !== 0) return 'runc is not installed: apt-get install runc';
  return whyNoCriu() ?? false;
}

/** Needs a graft: 4, a member of 3's session, was adopted by the child-subreaper 2. */
export const REFUSED_SCRIPT = [
  ...['1 setsid', '1 fork 2 - 0', '2 setsid', '2 subreaper 1', '2 fork 3 - 0', '3 setsid', '3 fork 5 - 0'],
  ...['5 fork 4 - 0', '5 exit 0', '3 reap'],
].join('\n');

/** Whose configuration of CRIU on this machine is put back in the end. */
export class Container {
  readonly name: string;
  /** As it ran before the checkpoint. */
  started: SeenTask[] = [];
  /** What it had counted until then. */
  counted: ReadonlyMap<number, number> = new Map();
  readonly images: string;
  readonly grafted: string;
  readonly #criu: Criu;
  readonly #bundle: string;
  readonly #work: string;
  readonly #before = existsSync(RUNC_CONFIG) ? readFileSync(RUNC_CONFIG) : null;

  constructor(criu: Criu, workshop: Workshop, name: string) {
    this.name = name;
    this.#criu = criu;
    this.images = workshop.path('images');
    this.grafted = workshop.path('grafted');
    this.#work = workshop.path('work');
    this.#bundle = makeBundle(workshop);
    mkdirSync(dirname(RUNC_CONFIG), { recursive: true });
  }

  /** Runs it, checkpoints it, and grafts the images. */
  async checkpoint(): Promise<void> {
    writeFileSync(RUNC_CONFIG, 'network-lock skip\n');
    await succeeds('runc', ['run', '--detach', '--bundle', this.#bundle, this.name]);
    this.started = await this.#built();
    const paths = ['--image-path', this.images, '--work-path', this.#work];
    await succeeds('runc', ['--criu', this.#criu.path, 'checkpoint', ...paths, this.name]);
    this.counted = this.counts();
    await succeeds(process.execPath, [
      REGRAFT,
      'graft',
      this.images,
      '--out',
      this.grafted,
      '--criu',
      this.#criu.name,
    ]);
  }

  /** From here on CRIU calls regraft-finish. */
  callFinisher(): void {
    writeFileSync(RUNC_CONFIG, `network-lock skip\naction-script ${FINISH}\n`);
  }

  /** Arguments of runc that restore it. */
  restoring(images: string): string[] {
    const paths = ['--bundle', this.#bundle, '--image-path', images, '--work-path', this.#work];
    return ['--criu', this.#criu.path, 'restore', '--detach', ...paths, this.name];
  }

  async root(): Promise<number> {
    return JSON.parse(await succeeds('runc', ['state', this.name])).pid;
  }

  /** Numbers that each process has counted. @throws where one is lost or doubled */
  counts(): Map<number, number> {
    const directory = join(this.#bundle, 'rootfs', 'tmp', 'counts');
    const found = new Map<number, number>();
    for (let pid = 1; pid < 20; pid++) {
      const file = join(directory, `${pid}.count`);
      if (!existsSync(file)) continue;
      const bytes = readFileSync(file);
      const length = Math.floor(bytes.length / 4);
      for (let i = 0; i < length; i++) assert.equal(bytes.readUInt32LE(4 * i), i + 1, `${file} at ${i}`);
      found.set(pid, length);
    }
    return found;
  }

  /** Back to the counts of the checkpoint, which the images expect. */
  rewind(): void {
    for (const [pid, count] of this.counted) {
      truncateSync(join(this.#bundle, 'rootfs', 'tmp', 'counts', `${pid}.count`), 4 * count);
    }
  }

  async goesOn(): Promise<void> {
    await delay(200);
    const now = this.counts();
    for (const [pid, count] of this.counted) assert.ok(now.get(pid)! > count, `process ${pid} goes on`);
  }

  delete(): Promise<{ readonly code: number; readonly output: string }> {
    return run('runc', ['delete', '--force', this.name]);
  }

  async end(): Promise<void> {
    await this.delete();
    if (this.#before) writeFileSync(RUNC_CONFIG, this.#before);
    else rmSync(RUNC_CONFIG, { force: true });
  }

  /** Waits until everybody counts. */
  async #built(): Promise<SeenTask[]> {
    const root = await this.root();
    for (let patience = 0; patience < 200; patience++) {
      const seen = snapshot(root);
      if (seen.length === 4 && this.counts().size === 4) return seen;
      await delay(50);
    }
    throw new Error('the tree in the container was not built');
  }
}

/** The builder of trees is the container's only program. */
function makeBundle(workshop: Workshop): string {
  const bundle = workshop.path('bundle');
  for (const directory of ['bin', 'tmp', 'proc', 'dev', 'sys', 'etc']) {
    mkdirSync(join(bundle, 'rootfs', directory), { recursive: true });
  }
  copyFileSync(join(NATIVE, 'build', 'regraft-tree'), join(bundle, 'rootfs', 'bin', 'regraft-tree'));
  writeFileSync(join(bundle, 'rootfs', 'script'), REFUSED_SCRIPT);
  assert.equal(spawnSync('runc', ['spec'], { cwd: bundle }).status, 0);
  const file = join(bundle, 'config.json');
  const config = JSON.parse(readFileSync(file, 'utf8'));
  config.process.terminal = false;
  config.process.args = ['/bin/regraft-tree', '--here', '/script', '/tmp/counts'];
  config.root.readonly = false;
  writeFileSync(file, JSON.stringify(config));
  return bundle;
}

export async function succeeds(
  command: string,
  args: string[],
  env: NodeJS.ProcessEnv = {},
): Promise<string> {
  const { code, output } = await run(command, args, { env });
  assert.equal(code, 0, `${command} ${args.join(' ')}: ${output}`);
  return output;
}
