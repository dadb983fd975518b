/** Events of a record of births and deaths (docs/births-format.md), and what their times say about start times. */

/** `time`: nanoseconds since boot. `start` values: clock ticks since boot, as in /proc/[pid]/stat and `startTime`. */
export type BirthEvent =
  | {
      readonly event: 'fork';
      /** Who called, also with CLONE_PARENT; a process, not a thread. */
      readonly parent: number;
      readonly child: number;
      readonly time: number;
      readonly parentStart?: number;
      readonly childStart?: number;
      /** The parent is who had its number at this time. Left out: at `time`. */
      readonly parentAt?: number;
    }
  /** A birth whose creators are gone and not all known: the closest that lives was born before `ancestorBefore`. */
  | {
      readonly event: 'birth';
      readonly child: number;
      readonly time: number;
      readonly childStart?: number;
      readonly ancestorBefore: number;
    }
  | { readonly event: 'alive'; readonly pid: number; readonly time: number; readonly start?: number }
  | { readonly event: 'exit'; readonly pid: number; readonly time: number; readonly start?: number }
  /** Events may be missing since the one before, and up to `until`; where `since` is given, from then on. */
  | {
      readonly event: 'lost';
      readonly time: number;
      readonly until?: number;
      readonly since?: number;
      readonly count?: number;
    }
  /** The recorder begins: what lives has births that it did not see. */
  | { readonly event: 'attach'; readonly time: number; readonly boot?: string };

/** Nanoseconds of a clock tick: Linux shows start times in hundredths of a second (USER_HZ). */
const NANOSECONDS_A_TICK = 1e7;
/** How far the clock of the events may be from that of the start times, in nanoseconds. */
const CLOCK_ERROR = 1e6;

/** The latest tick that whoever was seen at this time can have started in. */
export const latestStart = (time: number): number => Math.floor((time + CLOCK_ERROR) / NANOSECONDS_A_TICK);

/** The earliest tick that whoever started after this time can have started in. */
export const earliestStart = (time: number): number =>
  Math.max(0, Math.floor((time - CLOCK_ERROR) / NANOSECONDS_A_TICK));
