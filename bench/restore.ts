/**
 * `node dist/bench/restore.js [--cases small,memory,crowd,grafted] [--runs 15] [--criu 4.3]`: what `regraft restore` costs
 * beside `criu restore` of the same images, or of the grafted ones where CRIU restores no others.
 *
 * Each case is a real tree, dumped once and restored by both in turns. Processor time is that of a control group with
 * everything in it that was started, the restored processes too. Needs root, CRIU, gcc and make.
 */

import { existsSync, mkdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  CRIUS,
  type Criu,
  endNamespace,
  REGRAFT,
  REGRAFT_RESTORE,
  run,
  Workshop,
  whyNoCriu,
} from '../test/criu/criu.ts';
import { LivingTree } from '../test/criu/living-tree.ts';
import { median } from './measurement.ts';

const { values: asked } = parseArgs({
  options: {
    cases: { type: 'string', default: 'small,memory,crowd,grafted' },
    runs: { type: 'string', default: '15' },
    criu: { type: 'string', default: '4.3' },
  },
});

/** A process a line: who bears whom, all of them waiting for a signal. */
const CASES: Readonly<Record<string, () => string[]>> = {
  small: () => children(3, ''),
  memory: () => children(20, 'memory 100'),
  crowd: () => children(999, ''),
  grafted: () => orphansOfLeaders(300),
};

function children(count: number, also: string): string[] {
  const lines = ['1 setsid', '1 rest 1'];
  for (let name = 2; name < count + 2; name++) {
    lines.push(`1 fork ${name} - 0`, `${name} rest 1`);
    if (also) lines.push(`${name} ${also}`);
  }
  return lines;
}

/** Below each of 50 subreapers: leaders that have died, and their children, whose sessions CRIU does not find. */
function orphansOfLeaders(leaders: number): string[] {
  const lines = ['1 setsid', '1 rest 1'];
  let name = 1;
  let subreaper = 1;
  for (let i = 0; i < leaders; i++) {
    if (i % 6 === 0) {
      subreaper = ++name;
      lines.push(`1 fork ${subreaper} - 0`, `${subreaper} rest 1`, `${subreaper} subreaper 1`);
    }
    const leader = ++name;
    lines.push(`${subreaper} fork ${leader} - 0`, `${leader} setsid`);
    const orphans = i % 6 === 0 ? 4 : 3;
    for (let k = 0; k < orphans; k++) lines.push(`${leader} fork ${++name} - 0`, `${name} rest 1`);
    lines.push(`${leader} exit 0`, `${subreaper} wait ${leader}`);
  }
  return lines;
}

const UNIFIED = '/sys/fs/cgroup';
const SEPARATE = '/sys/fs/cgroup/cpuacct';

/** A control group that counts processor time. */
class Account {
  readonly #directory = join(existsSync(SEPARATE) ? SEPARATE : UNIFIED, `regraft-bench-${process.pid}`);

  constructor() {
    mkdirSync(this.#directory);
  }

  /** Seconds until now. */
  seconds(): number {
    const separate = join(this.#directory, 'cpuacct.usage');
    if (existsSync(separate)) return Number(readFileSync(separate, 'utf8')) / 1e9;
    const [, micros] = /usage_usec (\d+)/.exec(readFileSync(join(this.#directory, 'cpu.stat'), 'utf8'))!;
    return Number(micros) / 1e6;
  }

  /** The command that runs another one on this account. */
  command(command: string, args: readonly string[]): [string, string[]] {
    return ['/bin/sh', ['-c', 'echo $$ > "$0"/cgroup.procs && exec "$@"', this.#directory, command, ...args]];
  }

  close(): void {
    rmdirSync(this.#directory);
  }
}

interface Cost {
  readonly cpu: number;
  readonly wall: number;
}

async function cost(account: Account, command: string, args: readonly string[], pidfile: string) {
  const before = account.seconds();
  const { code, output, ms } = await run(...account.command(command, args), { limitMs: 120_000 });
  const cpu = account.seconds() - before;
  if (code !== 0) throw new Error(`${command} ${args.join(' ')}: exit code ${code}: ${output}`);
  await endNamespace(Number(readFileSync(pidfile, 'utf8')));
  return { cost: { cpu, wall: ms / 1000 }, output };
}

async function measured(criu: Criu, name: string, runs: number): Promise<void> {
  const tree = await LivingTree.build(CASES[name]!().join('\n'));
  const workshop = new Workshop();
  const account = new Account();
  try {
    const images = await workshop.dump(criu, tree.root);
    await tree.end();
    let forCriu = images;
    if (name === 'grafted') {
      forCriu = workshop.path('grafted');
      const { code, output } = await run(process.execPath, [
        REGRAFT,
        'graft',
        images,
        '--criu',
        criu.name,
        '--out',
        forCriu,
      ]);
      if (code !== 0) throw new Error(output);
    }
    const pidfile = workshop.path('pid');
    const costs = { criu: [] as Cost[], regraft: [] as Cost[], 'regraft-restore': [] as Cost[] };
    let said = '';
    for (let i = 0; i < runs; i++) {
      const log = workshop.path('log');
      const args = [
        'restore',
        '-D',
        forCriu,
        '-d',
        '--pidfile',
        pidfile,
        '-o',
        log,
        '-W',
        workshop.directory,
      ];
      const stopped = forCriu === images ? [] : ['--leave-stopped'];
      costs.criu.push((await cost(account, criu.path, [...args, ...stopped], pidfile)).cost);
      rmSync(pidfile);
      const own = [images, '--criu', criu.path, '--pidfile', pidfile];
      const { cost: one, output } = await cost(
        account,
        process.execPath,
        [REGRAFT, 'restore', ...own],
        pidfile,
      );
      costs.regraft.push(one);
      said = output.trim();
      rmSync(pidfile);
      costs['regraft-restore'].push((await cost(account, REGRAFT_RESTORE, own, pidfile)).cost);
      rmSync(pidfile);
    }
    console.log(`${name}: ${said}`);
    for (const [who, all] of Object.entries(costs)) {
      const middle = (of: keyof Cost): string => median(all.map((one) => one[of])).toFixed(3);
      console.log(
        `  ${who.padEnd(15)} ${middle('cpu')} s of processor time, ${middle('wall')} s by the clock`,
      );
    }
  } finally {
    await tree.end();
    tree.remove();
    workshop.remove();
    account.close();
  }
}

const reason = whyNoCriu();
if (reason) throw new Error(reason);
const criu = CRIUS.find(({ name }) => name === asked.criu);
if (!criu) throw new Error(`there is no CRIU ${asked.criu}`);
for (const name of asked.cases.split(',')) {
  if (!CASES[name]) throw new Error(`the cases are ${Object.keys(CASES).join(', ')}`);
  await measured(criu, name, Number(asked.runs));
}
