import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseJson } from '../../../src/formats/json/json-text.ts';
import { parseImageJson } from '../../../src/formats/json/scanned-image.ts';
import { ReadError } from '../../../src/formats/read-error.ts';
import { DEFAULT_READ_LIMITS } from '../../../src/formats/read-limits.ts';
import { loadTree, type ReadResult, readParsedTree, readTree } from '../../../src/formats/read-tree.ts';
import { treeBytes } from '../../../src/store/tree-bytes.ts';
import { scaled } from '../../full-size.ts';
import { arbitraryImage } from '../arbitrary-image.ts';

/** Read by JSON.parse, all of it. */
async function parsedWhole(bytes: Buffer): Promise<ReadResult> {
  try {
    return await readParsedTree(bytes, parseJson(bytes, DEFAULT_READ_LIMITS));
  } catch (error) {
    if (!(error instanceof ReadError)) throw error;
    const { status, faults, total, logs } = error;
    return { ok: false, status, faults, total, logs };
  }
}

/** The tree with all that was said of it, or its faults with their places. */
function told(read: ReadResult): unknown {
  const loaded = loadTree(read);
  if (!loaded.ok) return loaded;
  return { tree: Buffer.from(treeBytes(loaded.tree)).toString('base64'), findings: loaded.findings };
}

const isScanned = (text: string, inRequest = false): boolean =>
  parseImageJson(Buffer.from(text), DEFAULT_READ_LIMITS, inRequest).scanned !== undefined;

/** The value as a text that JSON.parse makes the same value of: spaces, order of members, numbers and letters vary. */
function written(value: unknown, pick: (choices: number) => number): string {
  const space = () => ['', '', '', ' ', '\n', '\t\r '][pick(6)]!;
  if (Array.isArray(value))
    return `[${space()}${value.map((one) => written(one, pick)).join(`${space()},${space()}`)}${space()}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value);
    if (pick(3) === 0) members.push(...members.splice(0, pick(members.length + 1)));
    const texts = members.map(
      ([name, one]) => `${written(name, pick)}${space()}:${space()}${written(one, pick)}`,
    );
    return `{${space()}${texts.join(`${space()},${space()}`)}${space()}}`;
  }
  if (typeof value === 'number' && pick(60) === 0)
    return [`${value}.0`, `${value}e0`, `${value}E+0`][pick(3)]!;
  const text = JSON.stringify(value);
  if (typeof value !== 'string' || value === '' || pick(60) > 0) return text;
  return `"\\u${value.charCodeAt(0).toString(16).padStart(4, '0')}${text.slice(text[1] === '\\' ? text.length - 1 : 2)}`;
}

const variedText = fc
  .tuple(arbitraryImage, fc.array(fc.nat(1 << 20), { minLength: 1, maxLength: 40 }))
  .map(([image, numbers]) => {
    let next = 0;
    return written(image, (choices) => (numbers[next++ % numbers.length]! + next) % choices);
  });

describe('an image whose processes are scanned', () => {
  it('is the one that is parsed, however it is written', async () => {
    await fc.assert(
      fc.asyncProperty(variedText, async (text) => {
        const bytes = Buffer.from(text);
        assert.deepEqual(told(await readTree('json', bytes)), told(await parsedWhole(bytes)));
      }),
      { numRuns: scaled(200, 2000) },
    );
  });

  it('has the same faults at the same places when some of its bytes are others', async () => {
    const changes = fc.array(
      fc.tuple(fc.nat(1 << 20), fc.constantFrom(...'0123456789{}[]":,.-e\\ x', '\xff', '', '"pid":1,', '{}')),
      { minLength: 1, maxLength: 2 },
    );
    await fc.assert(
      fc.asyncProperty(variedText, changes, async (text, all) => {
        let bytes = Buffer.from(text);
        for (const [at, put] of all) {
          const place = at % bytes.length;
          bytes = Buffer.concat([
            bytes.subarray(0, place),
            Buffer.from(put, 'latin1'),
            bytes.subarray(place + 1),
          ]);
        }
        assert.deepEqual(told(await readTree('json', bytes)), told(await parsedWhole(bytes)));
      }),
      { numRuns: scaled(600, 20_000) },
    );
  });

  const processes = '[{"pid":1,"ppid":0,"pgid":1,"sid":1,"comm":"a{b"},{"sid":1,"pgid":1,"ppid":1,"pid":2}]';

  it('is one that stands in its place, alone or in a request', () => {
    assert.ok(isScanned(`{"processes":${processes}}`));
    assert.ok(isScanned(`\ufeff{"root":1,"reason":"\\"processes\\":[","processes" :\n ${processes}}\n`));
    assert.ok(isScanned(`{"options":{"births":{}},"tree" : {"processes":${processes}}}`, true));
    assert.ok(isScanned(`{"tree":{"processes":${processes}},"options":{}}`, true));
    assert.ok(!isScanned(`{"tree":{"processes":${processes}}}`), 'no request is wanted');
    assert.ok(!isScanned(`{"reason":{"processes":${processes}},"processes":[]}`));
    assert.ok(!isScanned(`{"reason":[{"processes":${processes}}],"processes":[]}`));
    assert.ok(!isScanned(`{"atree":{"processes":${processes}},"tree":{"processes":[]}}`, true));
    assert.ok(!isScanned(`{"a\\"tree":{"processes":${processes}},"tree":{"processes":[]}}`, true));
    assert.ok(!isScanned(`{"tree":{"processes":${processes}},"processes":[]}`, true));
  });

  it('has its header before its processes, behind them, or on both sides', async () => {
    const namespaces = '[{"id":"0","parent":null,"init":1},{"id":"a","parent":"0","init":2}]';
    const inside = processes.replace('"pid":2', '"pid":2,"pidns":"a","nspid":[2,1]');
    for (const text of [
      `{"processes":${processes},"root":1}`,
      `{"root":1,"processes":${inside},"pidNamespaces":${namespaces}}`,
      `{"pidNamespaces":${namespaces},"processes":${inside},"root":1}`,
    ]) {
      assert.ok(isScanned(text));
      const bytes = Buffer.from(text);
      const tree = told(await readTree('json', bytes));
      assert.deepEqual(tree, told(await parsedWhole(bytes)));
      assert.ok('tree' in (tree as object), JSON.stringify(tree));
    }
  });

  it('names no member twice', async () => {
    for (const text of [
      `{"processes":${processes},"processes":[]}`,
      `{"processes":${processes.replace('"pid":1,', '"pid":1,"pid":1,')}}`,
      `{"processes":${processes.replace('"pid":1,', '"pid":1,"comm":"é","comm":"é",')}}`,
    ]) {
      const read = await readTree('json', Buffer.from(text));
      assert.ok(!read.ok && read.faults[0]!.code === 'JSON_DUPLICATE_MEMBER', text);
    }
  });
});
