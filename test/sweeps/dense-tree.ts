/**
 * Dense random trees over nested pid namespaces: every field of every process is drawn at will from what the local rules
 * allow, so that few are reachable and most conflicts of a size occur.
 *
 * In: a seed and how much is drawn. Out: a tree image of the contract. Drawn are parents, namespaces and inits, sessions
 * (led by a process, by somebody dead in any namespace around, or from outside), groups in their session, and zombies.
 * Invariant: V1 to V6, N1 to N3 and N5 hold by construction. Cost: O(n²), for trees of a few processes.
 */

import type { ProcessImage, TreeImage } from '../../src/formats/tree-image-schema.ts';
import { SeededRandom } from '../histories/seeded-random.ts';

export interface DenseShape {
  readonly seed: number;
  readonly processes: number;
  /** Pid namespaces below level 0. */
  readonly nested: number;
  /** Probability that a process sits in a group other than its session's. */
  readonly groups: number;
  readonly zombies: number;
}

/** A session, or a group, with the namespace that its leader lives or lived in; −1: outside. */
interface Owned {
  readonly number: number;
  readonly home: number;
  readonly session: number;
}

const OUTSIDE: Owned = { number: 0, home: -1, session: 0 };

export function denseTree(shape: DenseShape): TreeImage {
  const random = new SeededRandom(shape.seed);
  for (;;) {
    const image = new Draw(shape, random).run();
    if (image) return image;
  }
}

class Draw {
  private readonly shape: DenseShape;
  private readonly random: SeededRandom;
  /** By namespace: its parent. */
  private readonly forest: number[] = [-1];
  private readonly parent: number[] = [-1];
  private readonly home: number[] = [0];
  private readonly init: number[] = [0];
  private readonly session: Owned[] = [];
  private nextDead: number;

  constructor(shape: DenseShape, random: SeededRandom) {
    this.shape = shape;
    this.random = random;
    this.nextDead = 100;
    for (let m = 1; m <= shape.nested; m++) this.forest.push(random.below(m));
  }

  /** Null: a namespace got no init. */
  run(): TreeImage | null {
    const { shape, random, forest, parent, home, init } = this;
    for (let i = 1; i < shape.processes; i++) {
      const p = random.below(i);
      const below = forest.map((_, m) => m).filter((m) => this.isWithin(m, home[p]!));
      parent.push(p);
      home.push(random.pick(below));
    }
    for (let m = 1; m < forest.length; m++) {
      const candidates = home.map((_, i) => i).filter((i) => home[i] === m && home[parent[i]!] !== m);
      if (candidates.length === 0) return null;
      init.push(random.pick(candidates));
    }
    this.drawSessions();
    const groups = this.drawGroups();
    return {
      root: 1,
      pidNamespaces: forest.map((above, m) => ({
        id: String(m),
        parent: above < 0 ? null : String(above),
        init: init[m]! + 1,
      })),
      processes: parent.map((p, i) => this.processOf(i, p, groups[i]!)),
    };
  }

  private drawSessions(): void {
    const { random, home, session, shape } = this;
    const leads = home.map((_, i) => random.chance(i === 0 ? 0.5 : 0.3));
    const dead: Owned[] = [];
    for (let i = 0; i < shape.processes; i++) {
      const own = { number: i + 1, home: home[i]!, session: i + 1 };
      if (leads[i]) {
        session.push(own);
        continue;
      }
      if (i === 0) {
        session.push(OUTSIDE);
        continue;
      }
      if (random.chance(0.25)) {
        const lived = random.pick(this.lineage(home[i]!));
        const number = this.nextDead++;
        dead.push({ number, home: lived, session: number });
      }
      const led = home.flatMap((h, l) => (leads[l] ? [{ number: l + 1, home: h, session: l + 1 }] : []));
      const possible = [OUTSIDE, ...led, ...dead].filter(
        (s) => s.home < 0 || this.isWithin(home[i]!, s.home),
      );
      session.push(random.pick(possible));
    }
  }

  private drawGroups(): Owned[] {
    const { random, home, session, shape } = this;
    const dead: Owned[] = [];
    return session.map((s, i) => {
      if (s.number === i + 1 || !random.chance(shape.groups)) return s;
      const possible: Owned[] = [s];
      for (const [j, t] of session.entries()) {
        if (t.number === s.number && j + 1 !== s.number)
          possible.push({ number: j + 1, home: home[j]!, session: s.number });
      }
      const lived = this.lineage(home[i]!).filter((m) => s.home < 0 || this.isWithin(m, s.home));
      if (random.chance(0.3))
        dead.push({ number: this.nextDead++, home: random.pick(lived), session: s.number });
      possible.push(...dead.filter((g) => g.session === s.number));
      return random.pick(possible);
    });
  }

  private processOf(i: number, p: number, group: Owned): ProcessImage {
    const { home, session, parent, random, shape } = this;
    const levels = this.lineage(home[i]!);
    const isLeaf = !parent.includes(i);
    return {
      pid: i + 1,
      ppid: p + 1,
      pgid: group.number,
      sid: session[i]!.number,
      state: i > 0 && isLeaf && random.chance(shape.zombies) ? 'zombie' : 'alive',
      childSubreaper: false,
      pidns: String(home[i]!),
      nspid: this.numbers(i + 1, home[i]!, levels),
      nspgid: this.numbers(group.number, group.home, levels),
      nssid: this.numbers(session[i]!.number, session[i]!.home, levels),
    };
  }

  /** What `levels` show of a number whose owner lives in `owned`. */
  private numbers(number: number, owned: number, levels: readonly number[]): number[] {
    const lineage = this.lineage(owned);
    return levels.map((m, level) => {
      if (lineage[level] !== m) return 0;
      if (level === lineage.length - 1 && m > 0 && this.init[m] === number - 1) return 1;
      return number + 300 * m;
    });
  }

  /** Namespaces from level 0 down to m. */
  private lineage(m: number): number[] {
    const lineage: number[] = [];
    for (let above = m; above >= 0; above = this.forest[above]!) lineage.unshift(above);
    return lineage;
  }

  private isWithin(inner: number, outer: number): boolean {
    return this.lineage(inner).includes(outer);
  }
}
