/**
 * `npm run bench [-- --shapes flat,chain] [--sizes 1000,10000] [--no-trees] [--no-http] [--no-processes] [--no-beside] [--out FILE]`:
 * measures every shape at every size, the service's rate, what a second server process adds to it, and how long small
 * plans take beside a large one; prints the tables and writes them to docs/benchmarks.md.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { measureBesideLarge } from './beside-large.ts';
import { measureHttp } from './http-rate.ts';
import { measureManyProcesses } from './many-processes.ts';
import type { Measurement } from './measurement.ts';
import { report } from './report.ts';
import { imageText, SHAPES, type ShapeName } from './shapes.ts';

const { values: asked } = parseArgs({
  options: {
    shapes: { type: 'string', default: Object.keys(SHAPES).join(',') },
    sizes: { type: 'string', default: '1000,10000,100000,1000000' },
    'no-trees': { type: 'boolean', default: false },
    'no-http': { type: 'boolean', default: false },
    'no-processes': { type: 'boolean', default: false },
    'no-beside': { type: 'boolean', default: false },
    out: {
      type: 'string',
      default: fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url)),
    },
  },
});

/** Small trees are measured often, the largest three times. */
function runsOf(processes: number): number {
  return Math.max(3, Math.min(31, Math.floor(1_000_000 / processes)));
}

async function measured(shape: ShapeName, file: string, runs: number): Promise<Measurement> {
  const script = fileURLToPath(new URL('./measure-tree.js', import.meta.url));
  const child = spawn(process.execPath, [...process.execArgv, script, shape, file, String(runs)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`Measuring ${shape} ended with ${code}.`);
  return JSON.parse(output) as Measurement;
}

const folder = mkdtempSync(join(tmpdir(), 'regraft-bench-'));
const file = join(folder, 'image.json');
const all: Measurement[] = [];
try {
  for (const shape of asked['no-trees'] ? [] : (asked.shapes.split(',') as ShapeName[])) {
    for (const size of asked.sizes.split(',').map(Number)) {
      writeFileSync(file, imageText(SHAPES[shape].make(size)));
      const one = await measured(shape, file, runsOf(size));
      console.log(JSON.stringify(one));
      all.push(one);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const http = asked['no-http'] ? null : await measureHttp();
const manyProcesses = asked['no-processes'] ? null : await measureManyProcesses();
const besideLarge = asked['no-beside'] ? null : await measureBesideLarge();
const text = report(all, { http, manyProcesses, besideLarge }, new Date());
writeFileSync(asked.out, text);
console.log(text);
