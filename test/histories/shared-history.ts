/**
 * Random histories with shared resources: a simulated kernel driven by random calls, and the image at its end.
 *
 * In: a seed, a number of living processes, the kinds that are shared. Out: a tree image of the contract with the
 * classes, exit signals and terminals that came to be. Whatever comes out is reachable, because it was reached.
 */

import { bornAncestors } from '../../src/engine/kernel/born-ancestors.ts';
import { Kernel } from '../../src/engine/kernel/kernel.ts';
import { REAPED, ROOT, RUNNING } from '../../src/engine/kernel/process-table.ts';
import { type Kind, SIGCHLD } from '../../src/engine/tree/sharing-columns.ts';
import type { ProcessImage, TreeImage } from '../../src/formats/tree-image-schema.ts';
import { INIT_ROOT } from './history-shape.ts';
import { imageOfKernel } from './kernel-image.ts';
import { SeededRandom } from './seeded-random.ts';
import { classesOf, flagsOf, LEFT_BY_UNSHARE } from './shared-calls.ts';

export interface SharedShape {
  readonly seed: number;
  readonly alive: number;
  readonly kinds: readonly Kind[];
  /** Calls a living process. */
  readonly churn?: number;
  /** Share of births that share a kind. */
  readonly shared?: number;
  readonly exec?: boolean;
  readonly zombies?: boolean;
  readonly terminals?: boolean;
  /** Share of the processes of which it is given who created them, as the simulated kernel saw it. */
  readonly births?: number;
  /** Are children born with other exit signals than SIGCHLD? */
  readonly exitSignals?: boolean;
}

export function sharedHistory(shape: SharedShape): TreeImage {
  return new SharedRun(shape).run();
}

class SharedRun {
  private readonly shape: SharedShape;
  private readonly random: SeededRandom;
  private readonly kernel = new Kernel({ root: 1, rootIsInit: true });
  private readonly living = [1];
  private lastNumber = 1;

  constructor(shape: SharedShape) {
    this.shape = shape;
    this.random = new SeededRandom(shape.seed);
  }

  run(): TreeImage {
    const { alive, churn = 5 } = this.shape;
    if (this.random.chance(0.5)) this.kernel.setsid(1);
    for (let calls = 0; calls < alive * churn; calls++) {
      if (this.living.length < alive / 2) this.clone();
      else if (this.living.length > alive * 1.5 + 2) this.exit();
      else this.anything();
    }
    while (this.living.length !== alive) {
      if (this.living.length < alive) this.clone();
      else this.exit();
    }
    return this.image();
  }

  private anything(): void {
    const { kinds, exec = false, terminals = false } = this.shape;
    const pid = this.random.pick(this.living);
    const draw = this.random.below(24);
    if (draw < 9) this.clone();
    else if (draw < 13) this.exit();
    else if (draw < 15) this.kernel.setsid(pid);
    else if (draw < 17) this.kernel.setSubreaper(pid, this.random.chance(0.6));
    else if (draw < 21) {
      const left = kinds.filter((kind) => this.random.chance(0.5) && LEFT_BY_UNSHARE.has(kind));
      this.kernel.unshare(pid, flagsOf(left));
    } else if (draw === 21 && exec) this.kernel.exec(pid);
    else if (draw === 22 && kinds.includes('io')) this.kernel.ioprio(pid);
    else if (draw === 23 && terminals) {
      if (this.random.chance(0.7)) this.kernel.takeTerminal(pid, 34816 + pid);
      else this.kernel.dropTerminal(pid);
    }
  }

  private clone(): void {
    const { kinds, shared = 0.5 } = this.shape;
    const creator = this.random.chance(0.3) ? this.living.at(-1)! : this.random.pick(this.living);
    const flags = flagsOf(kinds.filter(() => this.random.chance(shared)));
    const number = ++this.lastNumber;
    const parent = this.random.chance(0.15);
    const exitSignal = parent ? 0 : this.exitSignal();
    if (this.kernel.clone3(creator, [number], { parent, flags, exitSignal }) === 0) this.living.push(number);
  }

  private exitSignal(): number {
    if (!this.shape.exitSignals || !this.random.chance(0.25)) return SIGCHLD;
    return this.random.pick([0, SIGUSR1, SIGUSR2]);
  }

  private exit(): void {
    if (this.living.length === 1) return;
    const at = 1 + this.random.below(this.living.length - 1);
    const pid = this.living[at]!;
    const { processes } = this.kernel.state;
    const parent = processes.number[processes.parent[this.kernel.state.find(pid)]!]!;
    this.kernel.exit(pid);
    if (!this.shape.zombies || this.random.chance(0.7)) this.kernel.wait4(parent, pid);
    this.living[at] = this.living.at(-1)!;
    this.living.pop();
  }

  private image(): TreeImage {
    const { kernel } = this;
    const image = imageOfKernel(
      { kernel, threads: new Map() },
      { seed: 1, root: INIT_ROOT, unknownFlags: 0 },
    );
    const { state } = kernel;
    const { sharing } = state;
    const byPid = new Map(image.processes.map((process) => [process.pid, process]));
    for (let row = ROOT; row < state.processes.count; row++) {
      if (state.processes.state[row] === REAPED) continue;
      const process: ProcessImage = byPid.get(state.processes.number[row]!)!;
      const lives = state.processes.state[row] === RUNNING;
      Object.assign(process, classesOf(kernel, process.pid, this.shape.kinds));
      if (this.shape.exitSignals && row !== ROOT) process.exitSignal = state.processes.exitSignal[row]!;
      if (this.shape.terminals && lives) process.ttyNr = sharing?.terminal[row] ?? 0;
    }
    this.giveBirths(byPid);
    return image;
  }

  private giveBirths(byPid: ReadonlyMap<number, ProcessImage>): void {
    const { births = 0 } = this.shape;
    if (births === 0) return;
    const { pid, caba } = bornAncestors(this.kernel);
    for (const [row, number] of pid.entries())
      if (number !== 1 && this.random.chance(births)) byPid.get(number)!.caba = caba[row]!;
  }
}

const SIGUSR1 = 10;
const SIGUSR2 = 12;
