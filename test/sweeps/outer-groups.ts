/**
 * Random trees whose nested pid namespaces are full of members of outer sessions, in groups from outside and in each
 * other's: there groups must be had from birth, in turn, or be held while owners change places.
 *
 * In: a seed. Out: a tree image of the contract, of 6 to 11 processes in one or two nested namespaces. Many of them break
 * a local rule. Cost: O(n²), for trees of a few processes.
 */

import type { ProcessImage, TreeImage } from '../../src/formats/tree-image-schema.ts';
import { SeededRandom } from '../histories/seeded-random.ts';

/** A dead session leader, and the first of the dead owners of groups; all of them lived in level 0. */
const DEAD_LEADER = 100;
const DEAD_OWNER = 200;

export function treeOfOuterGroups(seed: number): TreeImage {
  return new Draw(new SeededRandom(seed)).run();
}

class Draw {
  private readonly random: SeededRandom;
  /** By namespace: its parent; its init is process `namespace + 1`. */
  private readonly above = [-1, 0];
  private readonly home = [0, 1];
  private readonly parent = [-1, 0];
  private readonly leads: boolean[];
  private readonly session: number[];

  constructor(random: SeededRandom) {
    this.random = random;
    this.leads = [random.chance(0.7)];
    this.session = [this.leads[0] ? 1 : 0];
  }

  run(): TreeImage {
    const { random, above, home, parent } = this;
    const size = 6 + random.below(6);
    if (random.chance(0.3)) {
      above.push(random.below(2));
      home.push(2);
      parent.push(random.chance(0.7) ? above[2]! : 0);
    }
    while (home.length < size) {
      const n = random.chance(0.2) ? 0 : 1 + random.below(above.length - 1);
      const fathers = home.flatMap((m, i) => (this.isWithin(n, m) ? [i] : []));
      home.push(n);
      parent.push(random.pick(fathers));
    }
    for (let i = 1; i < size; i++) this.drawSession(i);
    return {
      root: 1,
      pidNamespaces: above.map((m, n) => ({
        id: String(n),
        parent: m < 0 ? null : String(m),
        init: n + 1,
      })),
      processes: home.map((_, i) => this.processOf(i)),
    };
  }

  private drawSession(i: number): void {
    const { random, leads, session, home } = this;
    leads.push(random.chance(0.35));
    const led = session.flatMap((_, j) => (leads[j] && this.isWithin(home[i]!, home[j]!) ? [j + 1] : []));
    const outer = random.chance(0.75) ? session[0]! : DEAD_LEADER;
    const other = random.chance(0.2) && led.length > 0 ? random.pick(led) : outer;
    session.push(leads[i] ? i + 1 : other);
  }

  private drawGroup(i: number): number {
    const { random, leads, session, home } = this;
    const s = session[i]!;
    if (leads[i] || !random.chance(0.65)) return s;
    const first = DEAD_OWNER + 2 * (s % DEAD_LEADER);
    const owners = session.flatMap((t, j) =>
      t === s && !leads[j] && this.isWithin(home[i]!, home[j]!) ? [j + 1] : [],
    );
    return random.pick([first, first + 1, ...owners]);
  }

  private processOf(i: number): ProcessImage {
    const { random, home, parent, session } = this;
    const group = this.drawGroup(i);
    const mayBeDead = i > 0 && !parent.includes(i);
    return {
      pid: i + 1,
      ppid: parent[i]! + 1,
      pgid: group,
      sid: session[i]!,
      state: mayBeDead && random.chance(0.15) ? 'zombie' : 'alive',
      childSubreaper: false,
      pidns: String(home[i]!),
      nspid: this.numbers(i + 1, home[i]!),
      nspgid: this.numbers(group, home[i]!),
      nssid: this.numbers(session[i]!, home[i]!),
    };
  }

  /** What somebody in namespace n sees of a number, level 0 first. */
  private numbers(number: number, n: number): number[] {
    const owned = this.lineage(this.home[number - 1] ?? 0);
    return this.lineage(n).map((m, level) => {
      if (number === 0 || owned[level] !== m) return 0;
      if (level === 0) return number;
      return number === m + 1 ? 1 : number + 300 * m;
    });
  }

  private lineage(n: number): number[] {
    const lineage: number[] = [];
    for (let m = n; m >= 0; m = this.above[m]!) lineage.unshift(m);
    return lineage;
  }

  private isWithin(n: number, m: number): boolean {
    return this.lineage(n).includes(m);
  }
}
