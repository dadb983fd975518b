/** A full disk: clear refusals, recovery by itself, nothing lost. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { newTree, post, ServerUnderFault } from './server-under-fault.ts';

const whyNoDisk = process.getuid?.() === 0 ? false : 'a small file system of its own needs root';

/** Posts until one is refused; the paths of what was acknowledged before. */
async function postUntilRefused(
  address: string,
  children: number,
): Promise<{ kept: string[]; status: number; code: string }> {
  const kept: string[] = [];
  for (let i = 0; i < 5000; i++) {
    const { status, body } = await post(address, newTree(children));
    if (status !== 201) return { kept, status, code: body.code! };
    kept.push(`/v1/trees/${body.treeId}`, `/v1/plans/${body.id}`);
  }
  throw new Error('nothing was refused');
}

it('a full disk: 507, readyz fails, reads go on; with room again writes do', {
  skip: whyNoDisk,
}, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'regraft-full-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    rmSync(folder, { recursive: true });
    return t.skip('a file system cannot be mounted here');
  }
  t.after(() => {
    execFileSync('umount', ['-l', folder]);
    rmSync(folder, { recursive: true });
  });
  const ballast = join(folder, 'ballast');
  writeFileSync(ballast, Buffer.alloc(12 << 20));
  const server = await ServerUnderFault.start({ DATA_DIR: join(folder, 'data') });
  t.after(() => server.end('SIGKILL'));
  const { kept, status, code } = await postUntilRefused(server.address, 1000);
  assert.deepEqual([status, code], [507, 'STORE_FULL']);
  assert.equal(await server.status('/readyz'), 503);
  assert.equal(await server.status('/livez'), 200);
  for (const path of kept) assert.equal(await server.status(path), 200, path);
  // So large that it is written beside the others.
  assert.equal((await post(server.address, newTree(60_000))).status, 507);
  assert.equal(await server.status('/readyz'), 503);
  // A deletion is written too: where there is no room for that either, the answer says so.
  const { status: deleted } = await fetch(server.address + kept.pop()!, { method: 'DELETE' });
  assert.ok(deleted === 507 || deleted === 204, String(deleted));
  assert.deepEqual(readdirSync(join(folder, 'data/blobs/unfinished')), []);
  rmSync(ballast);
  assert.equal(await server.status('/readyz'), 200);
  assert.equal((await post(server.address, newTree(1000))).status, 201);
  t.diagnostic(`${kept.length} trees and plans acknowledged before the disk was full, 0 lost`);
  assert.equal(await server.end('SIGTERM'), 0);
});
