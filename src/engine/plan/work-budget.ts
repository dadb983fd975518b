/**
 * Work budget: what one request may cost beyond the near-linear way, counted in work and never by a clock, so that the
 * same request always has the same answer.
 *
 * A unit is some hundredths of a microsecond in code that is warm, and up to a quarter of one in a process that has just begun. The ways that every tree takes (rules, the first proposal,
 * one schedule, one run of the simulator) cost nothing; whatever is tried again or searched for costs what it looks at.
 * Invariant: `work` below zero means that something was cut short. An answer that left work over is the answer that
 * any larger budget gives.
 */

export interface WorkBudget {
  work: number;
}

/** Less than a second for trees of up to a thousand processes, also in a process that has just begun; larger ones get what a few passes over them cost. */
const LEAST_WORK = 3_000_000;
const WORK_A_PROCESS = 40;

export function fullWork(processes: number): number {
  return Math.max(LEAST_WORK, processes * WORK_A_PROCESS);
}

export function isSpent(budget: WorkBudget): boolean {
  return budget.work < 0;
}

/** False: nothing is left. */
export function spend(budget: WorkBudget, amount: number): boolean {
  budget.work -= amount;
  return budget.work >= 0;
}

/** What was spent on a way that led nowhere leaves at least this for another, as far as it was there before. */
export function withLeft<T>(budget: WorkBudget, least: number, run: () => T): T {
  const left = Math.min(budget.work, least);
  const result = run();
  budget.work = Math.max(budget.work, left);
  return result;
}

/**
 * Runs something with a budget of its own, at most `most` and at most what is left, and charges what it used.
 * Where the whole was smaller than `most` and did not suffice, the whole is spent.
 */
export function withShare<T>(budget: WorkBudget, most: number, run: (share: WorkBudget) => T): T {
  const given = Math.min(most, Math.max(0, budget.work));
  const share = { work: given };
  const result = run(share);
  const used = given - share.work;
  // What goes beyond the share was cut short by it; only a whole that is smaller than the share is spent thereby.
  budget.work -= given < most ? used : Math.min(used, given);
  return result;
}
