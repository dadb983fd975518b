/** Images with random damage, by the thousand: most are refused, and what still is a tree is planned. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { DUMPS, dumpParts, FIXTURES, tarOf } from '../formats/dumps.ts';
import { scaled } from '../full-size.ts';
import { SeededRandom } from '../histories/seeded-random.ts';
import { MULTIPART, multipartBody } from './multipart.ts';
import { damagedBytes, damagedImage, type Image } from './mutations.ts';
import { besieged } from './siege.ts';

const siege = await besieged();
const SEED = Number(process.env.HOSTILE_SEED ?? 1);

const dumps = DUMPS.map((dump) => ({ dump, parts: dumpParts(dump) }));
const tars = await Promise.all(dumps.map(async ({ dump, parts }) => ({ dump, tar: await tarOf(parts) })));

/** A tree image a line. */
function images(...path: string[]): string[] {
  return gunzipSync(readFileSync(join(FIXTURES, 'trees', ...path)))
    .toString()
    .trim()
    .split('\n')
    .filter((line) => line.includes('"processes"'));
}
const trees = [
  ...images('sessions.n4.reachable.jsonl.gz'),
  ...images('zombies.n4.reachable.jsonl.gz'),
  ...images('groups.n3.reachable.jsonl.gz'),
  ...images('namespaces', 'one-ns.groups.n3.reachable.jsonl.gz'),
  ...images('namespaces', 'one-ns.sessions.n4.reachable.jsonl.gz'),
  ...images('namespaces', 'chain.sessions.n3.reachable.jsonl.gz'),
  ...images('namespaces', 'siblings.sessions.n3.reachable.jsonl.gz'),
];

const files = scaled(200, 20_000);
siege.survived(`${files} image sets with a damaged file`, async (attacker) => {
  const random = new SeededRandom(SEED);
  for (let run = 0; run < files; run++) {
    const { dump, parts } = random.pick(dumps);
    // pstree.img has the structure; the core files mostly registers that are skipped.
    const named = random.chance(0.6) ? parts.filter(({ name }) => name === 'pstree.img') : parts;
    const { name } = random.pick(named);
    const damaged = parts.map((part) =>
      part.name === name ? { name, bytes: damagedBytes(part.bytes, random) } : part,
    );
    await attacker.post(
      '/v1/plans?include=steps',
      MULTIPART,
      multipartBody(damaged),
      `${dump} ${name}, run ${run}`,
    );
  }
});

const archives = scaled(100, 10_000);
siege.survived(`${archives} damaged archives`, async (attacker) => {
  const random = new SeededRandom(SEED + 1);
  for (let run = 0; run < archives; run++) {
    const { dump, tar } = random.pick(tars);
    const zipped = random.chance(0.3);
    const damaged = damagedBytes(zipped ? gzipSync(tar) : tar, random);
    await attacker.post(
      '/v1/plans',
      zipped ? 'application/gzip' : 'application/x-tar',
      damaged,
      `${dump}, run ${run}`,
    );
  }
});

const texts = scaled(200, 20_000);
siege.survived(`${texts} damaged JSON texts`, async (attacker) => {
  const random = new SeededRandom(SEED + 2);
  for (let run = 0; run < texts; run++) {
    const damaged = damagedBytes(Buffer.from(random.pick(trees)), random);
    await attacker.post('/v1/plans', 'application/json', damaged, `run ${run}: ${damaged}`);
  }
});

const structures = scaled(400, 60_000);
siege.survived(`${structures} images with other values in their fields`, async (attacker) => {
  const random = new SeededRandom(SEED + 3);
  for (let run = 0; run < structures; run++) {
    const damaged = JSON.stringify(damagedImage(JSON.parse(random.pick(trees)) as Image, random));
    await attacker.post('/v1/plans?include=steps', 'application/json', damaged, `run ${run}: ${damaged}`);
  }
});
