/** Scripts of calls for native/tree: those of the recorded dumps, and random ones. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SeededRandom } from '../histories/seeded-random.ts';

const FIXTURES = fileURLToPath(new URL('../../../test/fixtures/criu-images', import.meta.url));

export interface Script {
  readonly name: string;
  readonly text: string;
}

/** Needs a graft: 4, a member of 3's session, was adopted by the child-subreaper 2. */
export const ADOPTED = [
  ...['1 setsid', '1 fork 2 - 0', '2 subreaper 1', '2 fork 3 - 0', '3 setsid', '3 fork 5 - 0'],
  ...['5 fork 4 - 0', '5 exit 0', '3 reap'],
];
/** The same, with what a restore does last: a zombie, threads, somebody who is stopped. */
export const ADOPTED_AND_MORE = [...ADOPTED, '2 fork 6 - 0', '6 exit 200', '3 threads 2', '4 stop'];
/** CRIU restores it by itself: without Node, if it is asked for so. */
export const INHERITED = [
  '1 setsid',
  '1 fork 2 - 0',
  '2 setsid',
  '2 fork 3 - 0',
  '3 threads 2',
  '2 fork 4 - 0',
];

/** The build scripts of all fixtures that CRIU dumps. */
export function fixtureScripts(): Script[] {
  return readdirSync(FIXTURES)
    .filter((name) => !name.endsWith('_refused') && name !== 'README.md')
    .map((name) => {
      const lines = readFileSync(join(FIXTURES, name, 'tree.txt'), 'utf8').split('\n');
      return {
        name,
        text: lines
          .filter((line) => /^# {3}\d/.test(line))
          .map((line) => line.slice(4))
          .join('\n'),
      };
    });
}

/** Signals that end a process and that a checkpoint can show in a zombie's status. */
const DEADLY = [1, 2, 3, 6, 9, 13, 14, 15];

/** What a random tree may have, beside forks, setsid and deaths. */
export interface Mix {
  /** Processes that are ever made, about. */
  readonly births: number;
  readonly subreapers: boolean;
  readonly groups: boolean;
  readonly beside: boolean;
  readonly zombies: boolean;
  readonly threads: boolean;
  readonly stops: boolean;
}

/** Every seed is another size and another mix. */
function mixOf(seed: number): Mix {
  const random = new SeededRandom(seed * 7919);
  return {
    births: 8 + random.below(random.chance(0.2) ? 80 : 28),
    subreapers: random.chance(0.8),
    groups: random.chance(0.6),
    beside: random.chance(0.5),
    zombies: random.chance(0.6),
    threads: random.chance(0.3),
    stops: random.chance(0.3),
  };
}

/** Random calls; those that the kernel refuses change nothing, so that none has to be foreseen. */
export function randomScript(seed: number, mix: Mix = mixOf(seed)): Script {
  const random = new SeededRandom(seed);
  const lines = ['1 setsid'];
  const living = [1];
  let born = 1;
  const somebody = (): number =>
    living[
      random.chance(0.5)
        ? random.below(living.length)
        : living.length - 1 - random.below(Math.ceil(living.length / 3))
    ]!;
  const calls: [number, () => string | null][] = [
    [
      10,
      () => {
        const creator = somebody();
        living.push(++born);
        return `${creator} fork ${born} ${mix.beside && random.chance(0.2) ? 'P' : '-'} 0`;
      },
    ],
    [4, () => `${somebody()} setsid`],
    [mix.subreapers ? 3 : 0, () => `${somebody()} subreaper ${random.chance(0.75) ? 1 : 0}`],
    [mix.groups ? 4 : 0, () => `${somebody()} setpgid ${somebody()} ${somebody()}`],
    [mix.groups ? 2 : 0, () => ((who) => `${who} setpgid ${who} ${who}`)(somebody())],
    [
      5,
      () => {
        const at = random.below(living.length);
        if (at === 0 || living.length < 4) return null;
        const [who] = living.splice(at, 1);
        return random.chance(0.3)
          ? `${who} killself ${random.pick(DEADLY)}`
          : `${who} exit ${random.chance(0.5) ? 0 : random.below(256)}`;
      },
    ],
    [mix.zombies ? 2 : 8, () => `${somebody()} reap`],
    [mix.threads ? 1 : 0, () => `${somebody()} threads ${1 + random.below(2)}`],
    [mix.stops ? 1 : 0, () => `${somebody()} stop`],
  ];
  const all = calls.reduce((sum, [weight]) => sum + weight, 0);
  while (born < mix.births) {
    let at = random.below(all);
    const call = calls.find(([weight]) => (at -= weight) < 0)!;
    const line = call[1]();
    if (line) lines.push(line);
  }
  if (!mix.zombies) for (const who of living) for (let i = 0; i < 6; i++) lines.push(`${who} reap`);
  return { name: `seed ${seed}`, text: lines.join('\n') };
}
