/**
 * Helper list: the processes of a plan that the image does not have, as columns.
 *
 * Row i: its number, its role, and in `served[servedOffset[i] .. servedOffset[i + 1]]` the pids of the image for whose
 * sake it exists. Where numbers are few, one that is reaped gives its number to a later one: each has a row of its own.
 */

export const HELPER_ROLES = ['session-leader', 'group-leader', 'carrier', 'placeholder', 'tool'] as const;
export type HelperRole = (typeof HELPER_ROLES)[number];

export interface Helper {
  readonly pid: number;
  readonly role: HelperRole;
  readonly serves: readonly number[];
}

export interface HelperList {
  readonly length: number;
  readonly pid: Int32Array;
  /** Index into HELPER_ROLES. */
  readonly role: Uint8Array;
  readonly servedOffset: Int32Array;
  readonly served: Int32Array;
}

export function helperAt(helpers: HelperList, i: number): Helper {
  const from = helpers.servedOffset[i]!;
  const end = helpers.servedOffset[i + 1]!;
  return {
    pid: helpers.pid[i]!,
    role: HELPER_ROLES[helpers.role[i]!]!,
    // A helper may serve a process twice, as its session's leader and as its group's; most serve one.
    serves: end - from === 1 ? [helpers.served[from]!] : [...new Set(helpers.served.subarray(from, end))],
  };
}

export function helperList(helpers: readonly Helper[]): HelperList {
  const servedOffset = new Int32Array(helpers.length + 1);
  helpers.forEach(({ serves }, i) => {
    servedOffset[i + 1] = servedOffset[i]! + serves.length;
  });
  return {
    length: helpers.length,
    pid: Int32Array.from(helpers, ({ pid }) => pid),
    role: Uint8Array.from(helpers, ({ role }) => HELPER_ROLES.indexOf(role)),
    servedOffset,
    served: Int32Array.from(helpers.flatMap(({ serves }) => serves)),
  };
}

export const NO_HELPERS: HelperList = {
  length: 0,
  pid: new Int32Array(0),
  role: new Uint8Array(0),
  servedOffset: new Int32Array(1),
  served: new Int32Array(0),
};
