/** The simulator in the words of a trace: what each step answers, and the tree it shows. */

import { Kernel } from '../../src/engine/kernel/kernel.ts';
import type { ExitStep, Step } from '../../src/engine/plan/step.ts';
import { KINDS } from '../../src/engine/tree/sharing-columns.ts';
import { proc } from '../engine/kernel/proc.ts';
import type { SeenProcess } from './replayer.ts';

function rawStatus({ code, signal, coreDump }: ExitStep): number {
  return signal === undefined ? (code ?? 0) << 8 : signal | (coreDump ? 0x80 : 0);
}

/** `ok` or an errno. EDEADLK: the exit of a namespace's init that does not finish. */
export function answer(kernel: Kernel, step: Step): string {
  switch (step.op) {
    case 'clone3': {
      const parent = step.flags.includes('CLONE_PARENT');
      const newpid = step.flags.includes('CLONE_NEWPID');
      const { exitSignal } = step;
      const flags = step.flags.filter((flag) => flag !== 'CLONE_PARENT' && flag !== 'CLONE_NEWPID');
      const options = { parent, newpid, flags, ...(exitSignal === undefined ? {} : { exitSignal }) };
      return kernel.clone3(step.pid, step.setTid, options) || 'ok';
    }
    case 'setsid':
      return kernel.setsid(step.pid) || 'ok';
    case 'setpgid':
      return kernel.setpgid(step.pid, step.target, step.pgid) || 'ok';
    case 'prctl':
      return kernel.setSubreaper(step.pid, step.value === 1) || 'ok';
    case 'unshare':
      return kernel.unshare(step.pid, step.flags) || 'ok';
    case 'setns':
      return kernel.setns(step.pid, step.target) || 'ok';
    case 'exit': {
      const refused = kernel.exit(step.pid, rawStatus(step));
      if (refused) return refused;
      return proc(kernel, step.pid)?.state === 'exiting' ? 'EDEADLK' : 'ok';
    }
    case 'wait4':
      return kernel.wait4(step.pid, step.child) || 'ok';
    case 'exec':
      return kernel.exec(step.pid) || 'ok';
    case 'ioprio':
      return kernel.ioprio(step.pid) || 'ok';
    case 'ioctl':
      if (step.request === 'TIOCNOTTY') return kernel.dropTerminal(step.pid) || 'ok';
      return kernel.takeTerminal(step.pid, step.ttyNr ?? 0) || 'ok';
  }
}

function seen(kernel: Kernel, pid: number, shared: boolean): SeenProcess | undefined {
  const entry = proc(kernel, pid);
  if (!entry) return undefined;
  const { ppid, pgid, sid, nspid, nspgid, nssid } = entry;
  const shares = KINDS.map((kind) => entry.shares[kind][0] ?? 0);
  const numbers = { pid, ppid, pgid, sid, nspid, nspgid, nssid };
  if (entry.state === 'exiting') return { ...numbers, state: 'exiting' };
  const shown = shared ? { ...numbers, shares } : numbers;
  if (entry.state === 'zombie') return { ...shown, state: 'zombie', exitStatus: entry.exitStatus };
  return { ...shown, state: 'alive', childSubreaper: entry.subreaper };
}

/** Does the replayer give everybody tables of their own, because the steps have to do with sharing? */
function isOfSharing(step: Step): boolean {
  if (step.op === 'clone3') {
    const others = step.flags.filter((flag) => flag !== 'CLONE_PARENT' && flag !== 'CLONE_NEWPID');
    return others.length > 0 || (!step.flags.includes('CLONE_PARENT') && (step.exitSignal ?? 17) !== 17);
  }
  if (step.op === 'unshare') return step.flags.some((flag) => flag !== 'CLONE_NEWPID');
  return step.op === 'exec' || step.op === 'ioctl' || step.op === 'ioprio';
}

export interface Simulation {
  readonly steps: readonly string[];
  readonly final: readonly SeenProcess[];
}

/** All steps, whatever they answer, from a lone init; then every process, by pid. */
export function simulate(steps: readonly Step[]): Simulation {
  const shared = steps.some(isOfSharing);
  const kernel = new Kernel({ root: 1, rootIsInit: true });
  const answers = steps.map((step) => answer(kernel, step));
  const pids = new Set([1, ...steps.map((step) => (step.op === 'clone3' ? step.child : 1))]);
  const final = [...pids].sort((a, b) => a - b).map((pid) => seen(kernel, pid, shared));
  return { steps: answers, final: final.filter((process) => process !== undefined) };
}
