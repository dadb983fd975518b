/** What one case was measured to take. Times in milliseconds: the median of the runs. */
export interface Measurement {
  readonly shape: string;
  readonly processes: number;
  readonly runs: number;
  readonly imageBytes: number;
  readonly steps: number;
  readonly helpers: number;
  /** JSON.parse of the image's text. */
  readonly parse: number;
  /** Bytes to a canonical tree. */
  readonly read: number;
  /** Rules, origin, schedule. */
  readonly plan: number;
  /** Replay in the simulator and comparison. */
  readonly verify: number;
  /** Findings, the plan's head, and head and steps as JSON text. */
  readonly answer: number;
  /** All of it in the first run: its memory is new to the process. */
  readonly first: number;
  /** Bytes of the answer. */
  readonly answerBytes: number;
  /** Largest resident set of the measuring process before the yardstick ran. */
  readonly peakRssBytes: number;
}

export type Timed = Pick<Measurement, 'read' | 'plan' | 'verify' | 'answer'>;

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
