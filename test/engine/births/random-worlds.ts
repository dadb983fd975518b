/** Random worlds of processes that fork and exit, what a recorder makes of them, and an image with the truth. */

import type { BirthEvent } from '../../../src/engine/record/birth-event.ts';
import type { ProcessImage } from '../../../src/formats/tree-image-schema.ts';
import { SeededRandom } from '../../histories/seeded-random.ts';

interface Lived {
  readonly pid: number;
  readonly creator: Lived | null;
  readonly born: number;
  parent: Lived | null;
  alive: boolean;
}

export interface World {
  readonly events: BirthEvent[];
  readonly processes: ProcessImage[];
  /** pid → closest alive born ancestor. */
  readonly truth: ReadonlyMap<number, number>;
  /** Events before half of the calls, and the numbers in use then. */
  readonly half: { readonly recorded: number; readonly inUse: ReadonlySet<number> };
}

const NUMBERS = 24;
const NANOSECONDS_A_TICK = 1e7;

export interface WorldOptions {
  readonly calls: number;
  /** Losses swallow events, of any length. */
  readonly lossy: boolean;
  readonly late: boolean;
  /** In the events. */
  readonly startTimes: boolean;
  readonly imageStarts: boolean;
  /** Losses are told before the events of others that fall into them, of which a half is left. */
  readonly windows?: boolean;
  /** Further calls that are recorded after the image. */
  readonly after?: number;
}

/** A world of few numbers, so that they are used again all the time. */
export function world(seed: number, options: WorldOptions): World {
  const { calls, lossy, late, startTimes, imageStarts, windows = false, after = 0 } = options;
  const random = new SeededRandom(seed);
  const root: Lived = { pid: 1, creator: null, born: 0, parent: null, alive: true };
  const living = [root];
  const events: BirthEvent[] = [];
  let attached = !late;
  let losing = false;
  let time = 0;
  let window = -1;
  const tell = (event: BirthEvent): void => {
    if (attached && (!losing || (windows && random.chance(0.5)))) events.push(event);
  };
  const ended = (): void => {
    if (!windows) events.push({ event: 'lost', time });
    else events[window] = { event: 'lost', time: events[window]!.time, until: time };
  };
  let image: Pick<World, 'processes' | 'truth'> | null = null;
  let half: World['half'] = { recorded: 0, inUse: new Set() };
  if (attached) events.push({ event: 'attach', time });
  for (let call = 0; call < calls + after; call++) {
    if (call === calls) image = imageOf(living, imageStarts);
    if (call === calls >> 1) half = { recorded: events.length, inUse: new Set(living.map(({ pid }) => pid)) };
    time += 1 + random.below(3 * NANOSECONDS_A_TICK);
    if (!attached && call > calls / 3) {
      attached = true;
      events.push({ event: 'attach', time });
    }
    if (lossy && attached && random.chance(0.03)) {
      if (losing) ended();
      else if (windows) window = events.push({ event: 'lost', time }) - 1;
      losing = !losing;
    }
    const free = Array.from({ length: NUMBERS }, (_, i) => i + 2).filter(
      (pid) => !living.some((one) => one.pid === pid),
    );
    if (free.length > 0 && (living.length < 4 || random.chance(0.55))) {
      const caller = random.pick(living);
      const asSibling = caller !== root && random.chance(0.2);
      const child: Lived = {
        pid: random.pick(free),
        creator: caller,
        born: time,
        parent: asSibling ? caller.parent : caller,
        alive: true,
      };
      living.push(child);
      const starts = startTimes ? { parentStart: ticks(caller), childStart: ticks(child) } : {};
      tell({ event: 'fork', parent: caller.pid, child: child.pid, time, ...starts });
    } else if (living.length > 1) {
      const gone = living.splice(1 + random.below(living.length - 1), 1)[0]!;
      gone.alive = false;
      for (const one of living) if (one.parent === gone) one.parent = root;
      tell({ event: 'exit', pid: gone.pid, time, ...(startTimes ? { start: ticks(gone) } : {}) });
    }
  }
  if (losing) ended();
  return { events, half, ...(image ?? imageOf(living, imageStarts)) };
}

const ticks = ({ born }: Lived): number => Math.floor(born / NANOSECONDS_A_TICK);

function imageOf(living: readonly Lived[], starts: boolean): Pick<World, 'processes' | 'truth'> {
  const truth = new Map<number, number>();
  for (const one of living) {
    let by = one.creator;
    while (by && !by.alive) by = by.creator;
    truth.set(one.pid, by?.pid ?? 0);
  }
  const processes = living.map((one) => ({
    pid: one.pid,
    ppid: one.parent?.pid ?? 0,
    pgid: 1,
    sid: 1,
    ...(starts ? { startTime: ticks(one) } : {}),
  }));
  return { processes, truth };
}
