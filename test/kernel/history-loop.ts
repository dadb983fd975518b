/**
 * The loop: real tree → scan → plan → replay on the kernel → the same tree.
 *
 * Each history is scanned like any tree of a node, and the scan held against the truth that the history tells. Then it
 * is planned, as scanned and with the truth of flags and births filled in, and every plan goes to the replayer.
 */

import assert from 'node:assert/strict';
import type { Planning } from '../../src/engine/plan/planning.ts';
import type { Step } from '../../src/engine/plan/step.ts';
import type { TreeImage } from '../../src/formats/tree-image-schema.ts';
import { nativeProbe } from '../../src/scan/probe.ts';
import { ProcDirectory } from '../../src/scan/proc-directory.ts';
import { scan } from '../../src/scan/scan.ts';
import { planImage } from '../histories/proven-plan.ts';
import { type History, type HistoryKind, HistoryMaker } from './histories.ts';
import { NATIVE, type ReplayLine, replay } from './replayer.ts';

/** What is known of a tree when it is planned. */
export type Knowledge = 'as scanned' | 'with flags' | 'with flags and births';

export interface Miss {
  readonly kind: HistoryKind;
  readonly knowledge: Knowledge;
  readonly what: string;
  readonly image: TreeImage;
}

export interface LoopReport {
  histories: number;
  processes: number;
  largest: number;
  zombies: number;
  namespaces: number;
  /** Histories with an init whose exit hung: no tree that could be rebuilt. */
  hanging: number;
  replayed: number;
  helpers: number;
  readonly misses: Miss[];
}

const proc = new ProcDirectory();
const probe = nativeProbe(`${NATIVE}/build/regraft-probe`);

export async function loop(
  kinds: Iterable<HistoryKind>,
  knowledge: readonly Knowledge[],
): Promise<LoopReport> {
  const report: LoopReport = {
    ...{
      histories: 0,
      processes: 0,
      largest: 0,
      zombies: 0,
      namespaces: 0,
      hanging: 0,
      replayed: 0,
      helpers: 0,
    },
    misses: [],
  };
  const pending: Omit<Miss, 'what'>[] = [];
  for await (const verdict of replay(lines(kinds, knowledge, report, pending))) {
    const { kind, knowledge: known, image } = pending.shift()!;
    report.replayed++;
    if (verdict.verdict !== 'ok') {
      report.misses.push({ kind, knowledge: known, what: JSON.stringify(verdict), image });
    }
  }
  return report;
}

async function* lines(
  kinds: Iterable<HistoryKind>,
  knowledge: readonly Knowledge[],
  report: LoopReport,
  pending: Omit<Miss, 'what'>[],
): AsyncGenerator<ReplayLine> {
  const maker = new HistoryMaker();
  try {
    for (const kind of kinds) {
      const history = await maker.make(kind);
      report.histories++;
      if (history.processes.some(({ state }) => state === 'exiting')) {
        report.hanging++;
        continue;
      }
      const scanned = await scanHistory(history, kind);
      count(report, scanned);
      for (const known of knowledge) {
        const image = informed(scanned, history, known);
        const miss = { kind, knowledge: known, image };
        const steps = planned(image, miss, report);
        if (!steps) continue;
        pending.push(miss);
        yield { id: kind.seed, image, plan: { steps } };
      }
    }
  } finally {
    await maker.close();
  }
}

async function scanHistory(history: History, kind: HistoryKind): Promise<TreeImage> {
  const { image, agreed } = await scan(proc, {
    target: { kind: 'namespace', pid: history.namespace },
    withScanner: true,
    probe,
    retries: 0,
    pauseMs: 0,
  });
  assert.ok(agreed, `seed ${kind.seed}: a tree that stands still was read twice and differed`);
  compareScan(image, history, JSON.stringify(kind));
  return image;
}

/** The scan shows what is true, birth order included. */
function compareScan(image: TreeImage, { processes, births }: History, which: string): void {
  const seen = image.processes.map(({ pid, ppid, pgid, sid, state, nspid, nspgid, nssid, exitStatus }) => ({
    ...{ pid, ppid, pgid, sid, state, nspid, nspgid, nssid },
    ...(state === 'zombie' ? { exitStatus } : {}),
  }));
  const truth = processes.map(({ childSubreaper: _, ...rest }) => rest);
  assert.deepEqual(seen, truth, which);
  const ordered = [...image.processes].sort((a, b) => (a.birthOrder ?? 0) - (b.birthOrder ?? 0));
  if (probe)
    assert.deepEqual(
      ordered.map(({ pid }) => pid),
      births.map(({ pid }) => pid),
      which,
    );
}

function informed(image: TreeImage, { processes, births }: History, knowledge: Knowledge): TreeImage {
  if (knowledge === 'as scanned') return image;
  const flags = new Map(processes.map(({ pid, childSubreaper }) => [pid, childSubreaper]));
  const cabas = new Map(births.map(({ pid, caba }) => [pid, caba]));
  return {
    ...image,
    processes: image.processes.map((process) => {
      const childSubreaper = flags.get(process.pid) ?? false;
      if (knowledge === 'with flags') return { ...process, childSubreaper };
      return { ...process, childSubreaper, caba: cabas.get(process.pid)! };
    }),
  };
}

function planned(image: TreeImage, miss: Omit<Miss, 'what'>, report: LoopReport): Step[] | null {
  let planning: Planning;
  try {
    planning = planImage(image);
  } catch (error) {
    report.misses.push({
      ...miss,
      what: error instanceof Error ? `${error.name}: ${error.message}` : 'thrown',
    });
    return null;
  }
  if (planning.outcome !== 'restorable') {
    const reasons = planning.diagnostics.filter(({ severity }) => severity === 'error');
    const what = `${planning.outcome}: ${reasons.map(({ code, message }) => `${code} ${message}`).join(' ')}`;
    report.misses.push({ ...miss, what });
    return null;
  }
  report.helpers += planning.helpers.length;
  return Array.from({ length: planning.steps.length }, (_, i) => planning.steps.at(i));
}

function count(report: LoopReport, { processes, pidNamespaces }: TreeImage): void {
  report.processes += processes.length;
  report.largest = Math.max(report.largest, processes.length);
  report.zombies += processes.filter(({ state }) => state === 'zombie').length;
  report.namespaces += pidNamespaces?.length ?? 1;
}
