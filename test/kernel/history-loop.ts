/**
 * The loop: real tree → scan → plan → replay on the kernel → the same tree.
 *
 * Each history is scanned like any tree of a node, and the scan held against the truth that the history tells. Then it
 * is planned, as scanned and with the truth of flags and births filled in, and every plan goes to the replayer.
 */

import assert from 'node:assert/strict';
import type { Planning } from '../../src/engine/plan/planning.ts';
import type { Step } from '../../src/engine/plan/step.ts';
import { KINDS } from '../../src/engine/tree/sharing-columns.ts';
import type { TreeImage } from '../../src/formats/tree-image-schema.ts';
import { ProcDirectory } from '../../src/proc/proc-directory.ts';
import { nativeClassProbe } from '../../src/scan/class-probe.ts';
import { nativeProbe } from '../../src/scan/probe.ts';
import { scan } from '../../src/scan/scan.ts';
import { planImage } from '../histories/proven-plan.ts';
import { type History, type HistoryKind, HistoryMaker } from './histories.ts';
import { NATIVE, type ReplayLine, replay } from './replayer.ts';

/** What is known of a tree when it is planned. */
export type Knowledge = 'as scanned' | 'with flags' | 'with flags and births' | 'with half the births';

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

const classProbe = nativeClassProbe(`${NATIVE}/build/regraft-probe`);

/** What is scanned of a history. */
export type Cut = 'all of it' | 'a subtree';

export async function loop(
  kinds: Iterable<HistoryKind>,
  knowledge: readonly Knowledge[],
  cut: Cut = 'all of it',
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
  for await (const verdict of replay(lines(kinds, knowledge, cut, report, pending))) {
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
  cut: Cut,
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
      const scanned =
        cut === 'a subtree' ? await scanSubtree(history, kind) : await scanHistory(history, kind);
      if (!scanned) continue;
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

/** In other histories everybody is born with the objects of all, to be quick: who shares what is no part of them. */
function hasObjects({ kinds = [], terminals = false, exitSignals = false }: HistoryKind): boolean {
  return kinds.length > 0 || terminals || exitSignals;
}

async function scanHistory(history: History, kind: HistoryKind): Promise<TreeImage> {
  const compared = hasObjects(kind) ? classProbe : null;
  const { image, agreed } = await scan(proc, {
    target: { kind: 'namespace', pid: history.namespace },
    withScanner: true,
    probe,
    classProbe: compared,
    retries: 0,
    pauseMs: 0,
  });
  assert.ok(agreed, `seed ${kind.seed}: a tree that stands still was read twice and differed`);
  compareScan(image, history, JSON.stringify(kind));
  if (compared) compareClasses(image, history.births, JSON.stringify(kind));
  return image;
}

/** The largest subtree of a history that is not all of it. Null: there is none. */
async function scanSubtree({ namespace, processes }: History, kind: HistoryKind): Promise<TreeImage | null> {
  const parent = new Map(processes.map(({ pid, ppid }) => [pid, ppid]));
  const sizes = new Map<number, number>();
  for (const { pid } of processes) {
    for (let at = pid; at > 1; at = parent.get(at)!) sizes.set(at, (sizes.get(at) ?? 0) + 1);
  }
  const [largest] = [...sizes].sort((a, b) => b[1] - a[1]);
  if (!largest || largest[1] < 3) return null;
  const { length } = proc.status(namespace)!.nspid;
  const pid = proc.pids().find((candidate) => {
    const nspid = proc.status(candidate)?.nspid;
    if (nspid?.length !== length || nspid.at(-1) !== largest[0]) return false;
    return proc.namespaceLink(candidate) === proc.namespaceLink(namespace);
  });
  const compared = hasObjects(kind) ? classProbe : null;
  const options = { withScanner: true, probe, classProbe: compared, retries: 0, pauseMs: 0 };
  return (await scan(proc, { ...options, target: { kind: 'tree', pid: pid! } })).image;
}

/** The scan shows what is true, birth order included. */
function compareScan(image: TreeImage, { processes, births }: History, which: string): void {
  const seen = image.processes.map(({ pid, ppid, pgid, sid, state, nspid, nspgid, nssid, exitStatus }) => ({
    ...{ pid, ppid, pgid, sid, state, nspid, nspgid, nssid },
    ...(state === 'zombie' ? { exitStatus } : {}),
  }));
  const truth = processes.map(({ childSubreaper: _, shares: __, ...rest }) => rest);
  assert.deepEqual(seen, truth, which);
  const ordered = [...image.processes].sort((a, b) => (a.birthOrder ?? 0) - (b.birthOrder ?? 0));
  if (probe)
    assert.deepEqual(
      ordered.map(({ pid }) => pid),
      births.map(({ pid }) => pid),
      which,
    );
}

/** Two processes have one class exactly if the calls that were made gave them one object. */
function compareClasses(image: TreeImage, births: History['births'], which: string): void {
  const objectsOf = new Map(births.map(({ pid, objects }) => [pid, objects]));
  for (const [at, kind] of KINDS.entries()) {
    const classOf = new Map<number, number>();
    const objectOf = new Map<number, number>();
    for (const process of image.processes) {
      const object = objectsOf.get(process.pid)![at]!;
      const seen = process[kind];
      if (process.state === 'zombie' && kind !== 'sighand') {
        assert.equal(seen, undefined, which);
        continue;
      }
      assert.ok(seen !== undefined, `${which}: no class of ${kind} for ${process.pid}`);
      const told = object === 0 ? undefined : classOf.get(object);
      assert.equal(told ?? seen, seen, `${which}: ${kind} of ${process.pid}`);
      assert.equal(objectOf.get(seen) ?? object, object, `${which}: ${kind} of ${process.pid}`);
      if (object === 0)
        assert.ok(!objectOf.has(seen), `${which}: ${kind} of ${process.pid} is nobody else's`);
      classOf.set(object, seen);
      objectOf.set(seen, object);
    }
  }
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
      if (knowledge === 'with half the births' && (process.pid * 2654435761) % 4096 < 2048)
        return { ...process, childSubreaper };
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
  const steps = Array.from({ length: planning.steps.length }, (_, i) => planning.steps.at(i));
  const wrong = wrongBirths(image, steps);
  if (wrong.length > 0)
    report.misses.push({ ...miss, what: `births differ from the image: ${wrong.join(', ')}` });
  return steps;
}

interface Born {
  readonly pid: number;
  readonly creator: Born | null;
  reaped: boolean;
}

/** Processes whose closest ancestor by birth, after all steps, is another one than the image says. */
function wrongBirths({ root, processes }: TreeImage, steps: readonly Step[]): number[] {
  const latest = new Map<number, Born>([[root!, { pid: root!, creator: null, reaped: false }]]);
  for (const step of steps) {
    if (step.op === 'clone3') {
      const creator = latest.get(step.pid) ?? null;
      latest.set(step.child, { pid: step.child, creator, reaped: false });
    } else if (step.op === 'wait4') latest.get(step.child)!.reaped = true;
  }
  const wrong = processes.filter(({ pid, caba }) => {
    let at = latest.get(pid)!.creator;
    while (at?.reaped) at = at.creator;
    return caba !== undefined && caba !== (at?.pid ?? 0);
  });
  return wrong.map(({ pid }) => pid);
}

function count(report: LoopReport, { processes, pidNamespaces }: TreeImage): void {
  report.processes += processes.length;
  report.largest = Math.max(report.largest, processes.length);
  report.zombies += processes.filter(({ state }) => state === 'zombie').length;
  report.namespaces += pidNamespaces?.length ?? 1;
}
