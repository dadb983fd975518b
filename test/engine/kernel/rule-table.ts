/**
 * Kernel rules as tests: each is a sequence of calls, the errno each of them gives, and what /proc shows at the end.
 *
 * Calls are those of script.ts, each followed by `-> ERRNO` where it is refused. More calls: `exec 2`, `ignore 1`
 * (SIGCHLD), `plainwait 1 2` (without __WALL), `clone 1 2 S0` (exit signal 0), `thread 2 20`, `endthread 2 20`,
 * `clone 1 2 CLONE_FILES`, `unshare 2 CLONE_FS`, `setnsof 2 CLONE_NEWNS`, `ioprio 1`, `tty 2 34816`, `notty 2`.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Boot } from '../../../src/engine/kernel/boot.ts';
import type { Answer } from '../../../src/engine/kernel/errno.ts';
import { Kernel } from '../../../src/engine/kernel/kernel.ts';
import type { CallFlag, NamespaceFlag } from '../../../src/engine/kernel/sharing-calls.ts';
import { type ProcEntry, proc } from './proc.ts';

export interface Rule {
  /** Its id, or ids, in kernel-rules. */
  readonly id: string;
  readonly says: string;
  readonly calls: string;
  /** By pid, what the process shows at the end; `gone`: there is none. */
  readonly shows?: Readonly<Record<number, Partial<ProcEntry> | 'gone'>>;
  /** Default: root 1, the init of level 0. */
  readonly boot?: Boot;
}

const INIT: Boot = { root: 1, rootIsInit: true };

export function testRules(rules: readonly Rule[]): void {
  for (const rule of rules) {
    test(`${rule.id}: ${rule.says}`, () => {
      const kernel = new Kernel(rule.boot ?? INIT);
      for (const line of rule.calls.split(/[\n·]/)) {
        if (line.trim() === '') continue;
        const [call, expected = '0'] = line.split('->').map((part) => part.trim());
        const before = expected === '0' ? '' : everything(kernel);
        const answer = execute(kernel, call!);
        assert.equal(String(answer), expected, `${call}: ${kernel.reason}`);
        if (answer !== 0)
          assert.equal(everything(kernel), before, `${call}: refused, and yet something changed`);
      }
      for (const [pid, expected] of Object.entries(rule.shows ?? {})) {
        const shown = proc(kernel, Number(pid));
        if (expected === 'gone') assert.equal(shown, undefined, `${pid} is gone`);
        else assert.deepEqual({ ...shown, ...expected }, shown, `process ${pid}`);
      }
    });
  }
}

function execute(kernel: Kernel, call: string): Answer {
  const [name, ...words] = call.split(/\s+/);
  const [a = 0, b = 0, c = 0] = words.map((word) => Number.parseInt(word, 10));
  switch (name) {
    case 'clone': {
      const letters = words
        .slice(2)
        .filter((word) => !word.startsWith('CLONE_'))
        .join('');
      const signal = /S(\d+)/.exec(letters)?.[1];
      return kernel.clone3(a, words[1]!.split(',').map(Number), {
        parent: letters.includes('P'),
        newpid: letters.includes('N'),
        ...(signal === undefined ? {} : { exitSignal: Number(signal) }),
        flags: words.slice(2).filter((word) => word.startsWith('CLONE_')) as CallFlag[],
      });
    }
    case 'setsid':
      return kernel.setsid(a);
    case 'setpgid':
      return kernel.setpgid(a, b, c);
    case 'flag':
      return kernel.setSubreaper(a, true);
    case 'unflag':
      return kernel.setSubreaper(a, false);
    case 'unshare':
      return words.length > 1 ? kernel.unshare(a, words.slice(1) as CallFlag[]) : kernel.unshare(a);
    case 'setns':
      return kernel.setns(a, b);
    case 'exit':
      return kernel.exit(a, b);
    case 'wait':
      return kernel.wait4(a, b);
    case 'plainwait':
      return kernel.wait4(a, b, true);
    case 'thread':
      return kernel.cloneThread(a, b);
    case 'endthread':
      return kernel.exitThread(a, b);
    case 'exec':
      return kernel.exec(a);
    case 'setnsof':
      return kernel.setnsOther(a, words[1] as NamespaceFlag);
    case 'ioprio':
      return kernel.ioprio(a);
    case 'tty':
      return kernel.takeTerminal(a, b);
    case 'notty':
      return kernel.dropTerminal(a);
    case 'ignore':
      return kernel.ignoreSigchld(a);
    default:
      throw new Error(`no call "${name}"`);
  }
}

/** All that /proc shows of all processes. */
function everything(kernel: Kernel): string {
  const { number, count } = kernel.state.processes;
  return JSON.stringify([...number.subarray(0, count)].map((pid) => proc(kernel, pid)));
}
