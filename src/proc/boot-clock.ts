/** Times since boot, suspended time included, as the trace clock `boot` has them. /proc/uptime shows hundredths of a second. */

import { readFileSync } from 'node:fs';

/** How much later than `bootTime` says it may be, in nanoseconds. */
export const CLOCK_STEP = 1e7;

/** Nanoseconds; at most CLOCK_STEP behind. */
export function bootTime(): number {
  return Math.round(Number(readFileSync('/proc/uptime', 'utf8').split(' ', 1)[0]) * 100) * CLOCK_STEP;
}

/** Tells records of different boots apart. */
export function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}
