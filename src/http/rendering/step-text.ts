/** Steps for people, a line each: `7: clone3(8, CLONE_PARENT)`. */

import { constants } from 'node:os';
import type { ExitStep, Step } from '../../engine/plan/step.ts';

const SIGNAL_NAMES = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]));

export function stepText(step: Step): string {
  return `${step.pid}: ${step.op}(${argumentsOf(step).join(', ')})`;
}

function argumentsOf(step: Step): readonly (string | number)[] {
  switch (step.op) {
    case 'clone3': {
      const numbers = step.setTid.length > 1 ? [`set_tid {${step.setTid.join(', ')}}`] : [];
      const signal = step.exitSignal === undefined ? [] : [`exit_signal ${step.exitSignal}`];
      return [step.child, ...numbers, ...(step.flags.length ? [step.flags.join(' | ')] : []), ...signal];
    }
    case 'setsid':
      return [];
    case 'setpgid':
      return [step.target, step.pgid];
    case 'prctl':
      return [step.option, step.value];
    case 'unshare':
      return [step.flags.join(' | ')];
    case 'setns':
      return [step.target, step.nstype];
    case 'exit':
      return exitArguments(step);
    case 'wait4':
      return [step.child];
    case 'ioctl':
      return [step.request, ...(step.ttyNr === undefined ? [] : [step.ttyNr])];
    case 'exec':
    case 'ioprio':
      return [];
  }
}

function exitArguments({ code, signal, coreDump }: ExitStep): readonly (string | number)[] {
  if (signal === undefined) return [code ?? 0];
  return [SIGNAL_NAMES.get(signal) ?? `signal ${signal}`, ...(coreDump ? ['core dumped'] : [])];
}
