/** Steps as JSON text, straight from their columns: no object a step. */

import { CLONE3, PRCTL, SETNS, SETPGID, SETSID, type StepList, WAIT4 } from '../../engine/plan/step-list.ts';

/** By PARENT and NEWPID; more flags are rare. */
const FLAGS = ['[]', '["CLONE_PARENT"]', '["CLONE_NEWPID"]', '["CLONE_PARENT","CLONE_NEWPID"]'];

/** Step i; the same text as JSON.stringify(steps.at(i)). */
export function stepJson(steps: StepList, i: number): string {
  const pid = steps.actor[i]!;
  const object = steps.object[i]!;
  switch (steps.op[i]) {
    case CLONE3: {
      const inner = steps.value[i]! < 0 ? '' : `,${steps.innerNumbers(i).join(',')}`;
      const flags = FLAGS[steps.flags[i]!];
      if (flags === undefined || steps.hasExitSignal(i)) return JSON.stringify(steps.at(i));
      return `{"op":"clone3","pid":${pid},"child":${object},"setTid":[${object}${inner}],"flags":${flags}}`;
    }
    case SETSID:
      return `{"op":"setsid","pid":${pid}}`;
    case SETPGID:
      return `{"op":"setpgid","pid":${pid},"target":${object},"pgid":${steps.value[i]}}`;
    case PRCTL:
      return `{"op":"prctl","pid":${pid},"option":"PR_SET_CHILD_SUBREAPER","value":${steps.value[i]}}`;
    case SETNS:
      return `{"op":"setns","pid":${pid},"target":${object},"nstype":"CLONE_NEWPID"}`;
    case WAIT4:
      return `{"op":"wait4","pid":${pid},"child":${object}}`;
    default:
      return JSON.stringify(steps.at(i));
  }
}

/** Steps `from` to `end` as the elements of a JSON array, without its brackets. */
export function stepsJson(steps: StepList, from = 0, end = steps.length): string {
  const elements = new Array<string>(end - from);
  for (let i = from; i < end; i++) elements[i - from] = stepJson(steps, i);
  // Joined, not added up: a sum of many strings is flattened only when it is sent, which takes longer.
  return elements.join(',');
}

/** A page of steps: `StepPage` of the document. */
export function stepPageJson(steps: StepList, cursor: number, limit: number): string {
  const from = Math.min(cursor, steps.length);
  const end = Math.min(from + limit, steps.length);
  const next = end < steps.length ? `"${end}"` : 'null';
  return `{"steps":[${stepsJson(steps, from, end)}],"from":${from},"count":${steps.length},"next":${next}}`;
}
