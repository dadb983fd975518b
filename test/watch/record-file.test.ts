/** The file of a record: its folder, its lock, and what is found in it. */

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { RecordFile } from '../../src/watch/record-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'regraft-record-'));
after(() => rmSync(folder, { recursive: true }));

const BOOT = '6f9619ff-8b86-4d01-b42d-00cf4fc964ff';
const ATTACH = { event: 'attach', time: 1, boot: BOOT } as const;
const FORK = { event: 'fork', child: 7, parent: 1, time: 2 } as const;
const line = (event: object): string => `${JSON.stringify(event)}\n`;

test('its folder is made, and events are in it', async () => {
  const path = join(folder, 'of', 'this', 'boot.ndjson');
  const file = await RecordFile.open(path, 1000, BOOT);
  file.write([ATTACH, FORK]);
  assert.equal(readFileSync(path, 'utf8'), line(ATTACH) + line(FORK));
  file.close();
});

test('a second recorder is refused while the first has it', async () => {
  const path = join(folder, 'locked.ndjson');
  const first = await RecordFile.open(path, 1000, BOOT);
  await assert.rejects(RecordFile.open(path, 1000, BOOT), {
    message: `${path}: another recorder writes it`,
  });
  first.close();
  (await RecordFile.open(path, 1000, BOOT)).close();
});

test('a damaged record is named with its line, one of another boot too', async () => {
  const path = join(folder, 'damaged.ndjson');
  writeFileSync(path, `${line(ATTACH)}${line(FORK)}{"event":"fork","pid":\n${line(FORK)}`);
  await assert.rejects(RecordFile.open(path, 1000, BOOT), ({ message }: Error) =>
    message.startsWith(`${path}:3: `),
  );
  writeFileSync(path, line({ ...ATTACH, boot: 'another' }));
  await assert.rejects(RecordFile.open(path, 1000, BOOT), /no record of this boot/);
});

test('the last line of a recorder that was killed within it is cut off', async () => {
  const path = join(folder, 'killed.ndjson');
  writeFileSync(path, `${line(ATTACH)}{"event":"fo`);
  const file = await RecordFile.open(path, 1000, BOOT);
  file.write([FORK]);
  assert.equal(readFileSync(path, 'utf8'), line(ATTACH) + line(FORK));
  file.close();
});

test('a record that is gone on with is contracted at the size that was asked for, however large it was', async () => {
  const path = join(folder, 'grown.ndjson');
  writeFileSync(path, line(ATTACH) + line(FORK).repeat(100));
  const file = await RecordFile.open(path, 1000, BOOT);
  assert.ok(file.isTooLarge);
  await file.contract(new Set([1, 7]));
  assert.ok(!file.isTooLarge);
  file.close();
});
