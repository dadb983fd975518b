/** Metrics of plans, the store and this build, in a registry; metrics.ts shows them. */

import type { FastifyInstance } from 'fastify';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { Problem } from '../../errors.ts';
import { ENGINE_VERSION } from '../../jobs/engine-version.ts';
import { diagnosticCodes, type MadePlan } from '../../jobs/made-plan.ts';
import { outcomeOf } from '../../jobs/make-plan.ts';
import type { StoreSizes } from '../../store/store.ts';
import { VERSION } from '../../this-package.ts';
import { CountedLater } from './counted-later.ts';
import type { Service } from './service.ts';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60, 300];
/** UTF-16 units: a longer one does not wait in memory until it is counted. */
const LONG_HEAD = 64 * 1024;
const SIZES = [100, 1000, 10_000, 100_000, 1_000_000];
/** Sizes of the store are sums over its indexes: scrapes within that time share one. */
const SIZES_MS = 60_000;

export function observePlans(app: FastifyInstance, registry: Registry, service: Service): void {
  const { planner, config } = service;
  const ofPlans = { registers: [registry], collect: () => made.countAll() };
  const outcomes = new Counter({
    name: 'regraft_plans_total',
    help: 'Plans that this server made, by outcome',
    labelNames: ['outcome'],
    ...ofPlans,
  });
  const diagnostics = new Counter({
    name: 'regraft_diagnostics_total',
    help: 'Plans that this server made, by the codes of their diagnostics',
    labelNames: ['code'],
    ...ofPlans,
  });
  const seconds = new Histogram({
    name: 'regraft_planning_seconds',
    help: 'Time from the beginning of a planning to its plan, by the size of the tree',
    labelNames: ['processes'],
    buckets: SECONDS,
    ...ofPlans,
  });
  const phases = new Histogram({
    name: 'regraft_planning_phase_seconds',
    help: 'Time of each phase of plannings in worker threads',
    labelNames: ['phase'],
    buckets: SECONDS,
    ...ofPlans,
  });
  const made = new CountedLater<MadePlan>((one) => {
    outcomes.inc({ outcome: outcomeOf(one) });
    for (const code of diagnosticCodes(one)) diagnostics.inc({ code });
    seconds.observe({ processes: sizeClass(one.processes) }, one.seconds);
    for (const [phase, took] of one.phases ?? []) phases.observe({ phase }, took);
  });
  planner.queue.onMade = (one: MadePlan) => {
    made.add(one);
    if (one.head.length > LONG_HEAD) made.countAll();
  };

  const problems = new Counter({
    name: 'regraft_problems_total',
    help: 'Requests that were answered with a problem, by its code; STORE_FULL and STORE_UNAVAILABLE are failures of the store',
    labelNames: ['code'],
    registers: [registry],
  });
  app.addHook('onError', (_request, _reply, error, done) => {
    problems.inc({ code: error instanceof Problem ? error.code : 'OTHER' });
    done();
  });
  const workers = { name: 'regraft_workers', help: 'Planning threads of this server' };
  gauge(registry, { ...workers, ofProcesses: 'sum' }, async (set) => {
    set({}, config.workers.planning);
  });
  const running = { name: 'regraft_plans_running', help: 'Plans that this server computes' };
  gauge(registry, { ...running, ofProcesses: 'sum' }, async (set) => {
    set({}, planner.queue.running);
  });
  const waiting = { name: 'regraft_plans_waiting', help: 'Plans that wait for a server with a free thread' };
  gauge(registry, { ...waiting, ofProcesses: 'max' }, async (set) => {
    set({}, (await service.store.jobCounts()).waiting);
  });
  observeStore(registry, service);
  const build = { version: VERSION, engine: ENGINE_VERSION, node: process.versions.node };
  const info = { name: 'regraft_build_info', help: 'Versions of this server; always 1' };
  gauge(registry, { ...info, labelNames: Object.keys(build), ofProcesses: 'max' }, async (set) => {
    set(build, 1);
  });
}

function observeStore(registry: Registry, { store }: Service): void {
  let at = Number.NEGATIVE_INFINITY;
  let asked: Promise<StoreSizes> | undefined;
  const sizes = (): Promise<StoreSizes> => {
    if (asked && performance.now() - at < SIZES_MS) return asked;
    at = performance.now();
    asked = store.sizes();
    asked.catch(() => {
      asked = undefined;
    });
    return asked;
  };
  for (const [what, help] of [
    ['count', 'Records of the store'],
    ['bytes', 'Bytes of the records of the store'],
  ] as const) {
    const name = what === 'count' ? 'regraft_store_records' : 'regraft_store_bytes';
    gauge(registry, { name, help, labelNames: ['kind'], ofProcesses: 'max' }, async (set) => {
      const { trees, plans } = await sizes();
      set({ kind: 'tree' }, trees[what]);
      set({ kind: 'plan' }, plans[what]);
    });
  }
}

interface GaugeOf {
  readonly name: string;
  readonly help: string;
  readonly labelNames?: string[];
  /** What several processes say together: each a part of it, or all the same. */
  readonly ofProcesses: 'sum' | 'max';
}

/** What cannot be asked at the moment has no value; the scrape has all others. */
function gauge(
  registry: Registry,
  { ofProcesses, ...about }: GaugeOf,
  ask: (set: (labels: Record<string, string>, value: number) => void) => Promise<void>,
): void {
  new Gauge({
    ...about,
    aggregator: ofProcesses,
    registers: [registry],
    async collect() {
      this.reset();
      await ask((labels, value) => this.set(labels, value)).catch(() => {});
    },
  });
}

function sizeClass(processes: number): string {
  const most = SIZES.find((size) => processes <= size);
  return most === undefined ? 'more' : `to ${most}`;
}
