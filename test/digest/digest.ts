/**
 * Digests: what the planner answers over whole sets, in one line a set, so that a change shows and says how large it is.
 *
 * A digest holds the trees of each outcome, helpers and steps in all, and two hashes: of the plans (outcome, steps,
 * helpers) and of the diagnostics. `npm run digest` compares with what is checked in and writes it anew on demand;
 * with the rows of two runs it counts the single trees whose plans became smaller or larger.
 */

import { createHash, type Hash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { helperAt } from '../../src/engine/plan/helper-list.ts';
import { DEFAULT_OPTIONS } from '../../src/engine/plan/plan-options.ts';
import type { Planning } from '../../src/engine/plan/planning.ts';
import { planRestore } from '../../src/engine/plan-restore.ts';
import type { PlannedSet } from './planned-set.ts';
import { PLANNED_SETS } from './planned-sets.ts';

export interface Digest {
  readonly restorable: number;
  readonly unrestorable: number;
  readonly undecided: number;
  readonly helpers: number;
  readonly steps: number;
  readonly plans: string;
  readonly diagnostics: string;
}

/** By name of the set. */
export type Digests = Readonly<Record<string, Digest>>;

/** One tree of a set: `outcome helpers steps hash`. */
export type Row = string;

export interface SetRun {
  readonly digest: Digest;
  readonly rows: readonly Row[];
}

export type Share = 'quick' | 'full';

async function runSet({ cases, every }: PlannedSet, share: Share): Promise<SetRun> {
  const stride = share === 'quick' ? every : 1;
  const counts = { restorable: 0, unrestorable: 0, undecided: 0, helpers: 0, steps: 0 };
  const plans = createHash('sha256');
  const diagnostics = createHash('sha256');
  const rows: Row[] = [];
  let at = 0;
  for (const { tree, options } of cases()) {
    if (at++ % stride > 0) continue;
    const planning = planRestore(await tree(), { ...DEFAULT_OPTIONS, ...options });
    const { outcome, helpers, steps } = planning;
    counts[outcome]++;
    counts.helpers += helpers.length;
    counts.steps += steps.length;
    const plan = planText(planning);
    plans.update(plan);
    diagnostics.update(JSON.stringify(planning.diagnostics));
    rows.push(`${outcome} ${helpers.length} ${steps.length} ${shortened(createHash('sha256').update(plan))}`);
  }
  return { digest: { ...counts, plans: shortened(plans), diagnostics: shortened(diagnostics) }, rows };
}

export function digestText(digests: Digests): string {
  const lines = Object.entries(digests).map(
    ([name, digest]) => `  ${JSON.stringify(name)}: ${JSON.stringify(digest)}`,
  );
  return `{\n${lines.join(',\n')}\n}\n`;
}

/** What differs between two digests, a line a set; empty where nothing does. */
export function changesOf(before: Digests, after: Digests): string[] {
  const changes: string[] = [];
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [a, b] = [before[name], after[name]];
    if (!a || !b) changes.push(`${name}: ${a ? 'is gone' : 'is new'}`);
    else {
      const fields = (Object.keys(b) as (keyof Digest)[]).filter((field) => a[field] !== b[field]);
      if (fields.length > 0)
        changes.push(`${name}: ${fields.map((f) => `${f} ${a[f]} → ${b[f]}`).join(', ')}`);
    }
  }
  return changes;
}

/** Is every set that was there as it was? */
export function hasOnlyNewSets(before: Digests, after: Digests): boolean {
  return Object.entries(before).every(([name, digest]) => isDeepStrictEqual(digest, after[name]));
}

/** How many trees of a set changed, and which way; null where none did. */
export function rowChanges(before: readonly Row[], after: readonly Row[]): string | null {
  if (before.length !== after.length) return `${before.length} → ${after.length} trees`;
  const counts = new Map<string, number>();
  const example = new Map<string, number>();
  const count = (what: string, at: number): void => {
    counts.set(what, (counts.get(what) ?? 0) + 1);
    if (!example.has(what)) example.set(what, at);
  };
  for (const [at, row] of after.entries()) {
    if (row === before[at]) continue;
    const [outcomeBefore, ...sizesBefore] = before[at]!.split(' ');
    const [outcome, ...sizes] = row.split(' ');
    if (outcome !== outcomeBefore) count(`${outcomeBefore} → ${outcome}`, at);
    else if (sizes[0] !== sizesBefore[0]) count(moreOrFewer(sizesBefore[0]!, sizes[0]!, 'helpers'), at);
    else if (sizes[1] !== sizesBefore[1]) count(moreOrFewer(sizesBefore[1]!, sizes[1]!, 'steps'), at);
    else count('other steps', at);
  }
  if (counts.size === 0) return null;
  return [...counts].map(([what, times]) => `${what}: ${times} (first: ${example.get(what)})`).join(', ');
}

export async function digestsOf(share: Share, onSet?: (name: string, run: SetRun) => void): Promise<Digests> {
  const digests: Record<string, Digest> = {};
  for (const set of PLANNED_SETS) {
    const run = await runSet(set, share);
    digests[set.name] = run.digest;
    onSet?.(set.name, run);
  }
  return digests;
}

function moreOrFewer(before: string, after: string, what: string): string {
  return `${Number(after) < Number(before) ? 'fewer' : 'MORE'} ${what}`;
}

function planText({ outcome, steps, helpers }: Planning): string {
  const lines: unknown[] = [outcome];
  for (let i = 0; i < steps.length; i++) lines.push(steps.at(i));
  for (let i = 0; i < helpers.length; i++) lines.push(helperAt(helpers, i));
  return JSON.stringify(lines);
}

function shortened(hash: Hash): string {
  return hash.digest('hex').slice(0, 16);
}
