/**
 * Real process trees that notice what a checkpoint loses: native/tree builds them from a script, its processes count in
 * memory, in files and through pipes.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { NATIVE } from '../kernel/replayer.ts';

const BUILDER = join(NATIVE, 'build', 'regraft-tree');

export class LivingTree {
  readonly directory = mkdtempSync(join(tmpdir(), 'regraft-tree-'));
  /** Number of its init here. */
  root = 0;
  #builder: ChildProcess | null = null;
  #ended: Promise<unknown> = Promise.resolve();

  static async build(script: string): Promise<LivingTree> {
    const tree = new LivingTree();
    const file = join(tree.directory, 'script');
    writeFileSync(file, script);
    tree.#builder = spawn(BUILDER, [file, join(tree.directory, 'counts')], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    tree.#ended = once(tree.#builder, 'exit');
    const { value, done } = await createInterface({ input: tree.#builder.stdout! })
      [Symbol.asyncIterator]()
      .next();
    if (done) throw new Error(`the tree was not built:\n${script}`);
    tree.root = Number(value);
    return tree;
  }

  /** Keeps what has been counted until now: a restore that is tried and given up would go on counting. */
  keep(): void {
    cpSync(join(this.directory, 'counts'), join(this.directory, 'kept'), { recursive: true });
  }

  /** Back to what was kept. In place: the images know the files. */
  rewind(): void {
    const kept = join(this.directory, 'kept');
    for (const name of readdirSync(kept)) {
      truncateSync(join(this.directory, 'counts', name), statSync(join(kept, name)).size);
    }
  }

  /** Numbers that each process has counted so far. @throws where one is lost, doubled or found wrong */
  counts(): Map<number, number> {
    const counts = new Map<number, number>();
    const directory = join(this.directory, 'counts');
    for (const name of readdirSync(directory)) {
      const bytes = readFileSync(join(directory, name));
      const length = Math.floor(bytes.length / 4);
      for (let i = 0; i < length; i++) {
        const number = bytes.readUInt32LE(4 * i);
        if (number !== i + 1) throw new Error(`${name}: number ${i + 1} is ${number}`);
      }
      counts.set(Number.parseInt(name, 10), length);
    }
    return counts;
  }

  /** Ends the processes that were built; those that were restored are the business of who restored them. */
  async end(): Promise<void> {
    this.#builder?.stdin?.end();
    await this.#ended;
    this.#builder = null;
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
