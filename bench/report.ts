/** The measurements as the Markdown of docs/benchmarks.md. */

import { cpus, totalmem } from 'node:os';
import type { BesideLarge, Waits } from './beside-large.ts';
import type { HttpRate, Rate, RatedRoute } from './http-rate.ts';
import type { ManyProcessesRate, RateOfProcesses } from './many-processes.ts';
import type { Measurement } from './measurement.ts';
import { SHAPES, type ShapeName } from './shapes.ts';

const GROWTH_FROM = 10_000;
const GROWTH_TO = 1_000_000;

/** Null: not measured. */
export interface ServiceFigures {
  readonly http: HttpRate | null;
  readonly manyProcesses: ManyProcessesRate | null;
  readonly besideLarge: BesideLarge | null;
}

export function report(
  measured: readonly Measurement[],
  { http, manyProcesses, besideLarge }: ServiceFigures,
  date: Date,
): string {
  const shapes = Object.keys(SHAPES) as ShapeName[];
  const parts = [
    '# Benchmarks',
    `Made by \`npm run bench\` on ${date.toISOString().slice(0, 10)}: ${machine()}.`,
    'Times are milliseconds, medians of the runs; ×parse is against `JSON.parse` of the same image in the same process.\n' +
      'read: bytes to a canonical tree with its id; plan: rules, births, schedule; verify: replay in the simulator and comparison;\n' +
      'answer: findings, and the plan with its steps as JSON text. first run: from read to answer, in memory that is new to\n' +
      'the process. Peak: largest resident set of all runs.',
    ...shapes.map((shape) => {
      const rows = measured.filter((row) => row.shape === shape);
      return rows.length > 0 ? `## ${SHAPES[shape].title}\n\n${table(rows)}\n\n${growth(rows)}` : '';
    }),
    http ? httpPart(http) : '',
    manyProcesses ? manyProcessesPart(manyProcesses) : '',
    besideLarge ? besideLargePart(besideLarge) : '',
  ];
  return `${parts.filter(Boolean).join('\n\n')}\n`;
}

function machine(): string {
  const all = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${all.length} × ${all[0]?.model.trim()}, ${memory} GiB, Node ${process.version}, ${process.platform}`;
}

const HEADER = [
  'processes',
  'runs',
  'steps',
  'helpers',
  'parse',
  'read',
  'plan',
  'verify',
  'answer',
  'first run',
  'plan + verify ×parse',
  'read + plan + verify ×parse',
  'all ×parse',
  'peak MiB',
];

function table(rows: readonly Measurement[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const body = rows.map((row) => {
    const { parse, read, plan, verify, answer, first } = row;
    const times = (ms: number) => (ms / parse).toFixed(1);
    return line([
      grouped(row.processes),
      String(row.runs),
      grouped(row.steps),
      grouped(row.helpers),
      ...[parse, read, plan, verify, answer, first].map(milliseconds),
      times(plan + verify),
      times(read + plan + verify),
      times(read + plan + verify + answer),
      String(Math.round(row.peakRssBytes / 2 ** 20)),
    ]);
  });
  return [line(HEADER), line(HEADER.map(() => '---:')), ...body].join('\n');
}

/** Exponent e of time ~ n^e between two sizes. */
function growth(rows: readonly Measurement[]): string {
  const from = rows.find(({ processes }) => processes === GROWTH_FROM);
  const to = rows.find(({ processes }) => processes === GROWTH_TO);
  if (!from || !to) return '';
  const exponent = (of: (row: Measurement) => number) =>
    (Math.log(of(to) / of(from)) / Math.log(GROWTH_TO / GROWTH_FROM)).toFixed(2);
  return (
    `Growth exponent from ${grouped(GROWTH_FROM)} to ${grouped(GROWTH_TO)} processes: ` +
    `plan + verify ${exponent((row) => row.plan + row.verify)}, ` +
    `all ${exponent((row) => row.read + row.plan + row.verify + row.answer)}, parse ${exponent((row) => row.parse)}.`
  );
}

const ROUTES: Readonly<Record<RatedRoute, string>> = {
  new: 'plan with steps, every request another tree',
  'new, many': 'the same on 100 connections',
  'new, gzip': 'the first, answered by gzip',
  same: 'plan with steps, every request the same bytes',
  'same, gzip': 'the same, answered by gzip',
  floor: 'floor: a Fastify route that parses the same bytes and answers as many',
  empty: 'empty Fastify route',
};

function httpPart(rates: HttpRate): string {
  const { processes, connections, seconds, turns } = rates;
  const { floor } = rates.rates;
  const row = (name: string, { perSecond, p99, requests, cpu }: Rate) =>
    `| ${name} | ${Math.round(perSecond)} | ${p99} | ${grouped(requests)} | ${cpu.toFixed(3)} | ${(perSecond / floor.perSecond).toFixed(2)} | ${(floor.cpu / cpu).toFixed(2)} |`;
  return [
    `## POST /v1/plans?include=steps, ${processes} processes`,
    `${connections} connections where no other number stands, ${turns} turns of ${seconds} s each, client and server on the same machine.`,
    [
      '| route | requests/s | p99 ms | requests | server CPU ms a request | of the floor, by rate | by CPU |',
      '| --- | ---: | ---: | ---: | ---: | ---: | ---: |',
      ...Object.entries(ROUTES).map(([route, name]) => row(name, rates.rates[route as RatedRoute])),
    ].join('\n'),
  ].join('\n\n');
}

function manyProcessesPart({ turns, seconds, rates, share, limited }: ManyProcessesRate): string {
  const parts = [
    '## The same on PostgreSQL, by one server process and by two (PROCESSES=2)',
    `Every request another tree, ${turns} turns of ${seconds} s each; client, PostgreSQL and servers share the ${cpus().length} processors.`,
    ratesTable(rates),
  ];
  if (limited) {
    parts.push(
      `With ${share} of a processor for each server process (by cgroup), so that the others do not want for any:`,
      ratesTable(limited),
    );
  }
  return parts.join('\n\n');
}

function ratesTable(rates: readonly RateOfProcesses[]): string {
  const ofOne = (of: number) =>
    rates.find(({ connections, processes }) => connections === of && processes === 1)!.perSecond;
  return [
    '| connections | processes | requests/s | of one | p99 ms |',
    '| ---: | ---: | ---: | ---: | ---: |',
    ...rates.map(
      ({ connections, processes, perSecond, p99 }) =>
        `| ${connections} | ${processes} | ${Math.round(perSecond)} | ${(perSecond / ofOne(connections)).toFixed(2)} | ${p99} |`,
    ),
  ].join('\n');
}

function besideLargePart({ perSecond, alone, beside }: BesideLarge): string {
  const row = (name: string, { requests, p50, p99 }: Waits) =>
    `| ${name} | ${grouped(requests)} | ${milliseconds(p50)} | ${milliseconds(p99)} | ${(p99 / alone.p99).toFixed(1)} |`;
  return [
    '## Plans of 100 processes beside one of a million',
    `${perSecond} trees a second that were never seen, at a fixed pace; beside them ${beside.largePlans} trees of a million processes (random histories), one after the other, from the first byte of their upload to their deletion.`,
    [
      '| | requests | median ms | p99 ms | p99, of alone |',
      '| --- | ---: | ---: | ---: | ---: |',
      row('alone', alone),
      row('beside', beside),
    ].join('\n'),
  ].join('\n\n');
}

function milliseconds(ms: number): string {
  return ms < 10 ? ms.toFixed(2) : ms < 100 ? ms.toFixed(1) : grouped(Math.round(ms));
}

function grouped(n: number): string {
  return n.toLocaleString('en-US');
}
