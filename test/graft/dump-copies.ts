/** Dumps to be changed and grafted: copies of a whole one, with their files at hand. */

import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { CoreImageSchema, SignalQueueSchema } from '../../src/formats/criu/gen/rewrite_pb.ts';
import { imageBytes, imageFile } from '../../src/formats/criu/image-framing.ts';
import { GRAFT_FILE } from '../../src/formats/graft-file.ts';
import type { GraftFile } from '../../src/formats/graft-schema.ts';
import { graftImageDirectory } from '../../src/graft/graft-images.ts';
import { writeDirectory } from '../../src/graft/image-directory.ts';
import { FIXTURES } from '../formats/dumps.ts';

const WHOLE = join(FIXTURES, 'criu-whole-dump');
const scratch = mkdtempSync(join(tmpdir(), 'regraft-graft-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

let copies = 0;
export function copyOfDump(): string {
  const directory = join(scratch, `dump-${copies++}`);
  cpSync(WHOLE, directory, { recursive: true });
  writeFileSync(join(directory, 'dump.log'), 'what CRIU said\n');
  writeFileSync(join(directory, 'pages-1.img'), Buffer.alloc(4096, 1));
  return directory;
}

export const files = (directory: string): string[] => readdirSync(directory).sort();
export const bytesOf = (directory: string, name: string): Buffer => readFileSync(join(directory, name));
export const hashes = (directory: string): Record<string, string> =>
  Object.fromEntries(
    files(directory).map((name) => [
      name,
      createHash('sha256').update(bytesOf(directory, name)).digest('hex'),
    ]),
  );

/** Changes the entries of an image file in its directory. */
export function edit(
  directory: string,
  name: string,
  change: (entry: Uint8Array, i: number) => Uint8Array,
): void {
  const file = imageFile(name, bytesOf(directory, name));
  writeFileSync(join(directory, name), imageBytes({ ...file, entries: file.entries.map(change) }));
}

export function editCore(
  directory: string,
  id: number,
  change: (core: ReturnType<typeof create<typeof CoreImageSchema>>) => void,
): void {
  edit(directory, `core-${id}.img`, (entry) => {
    const core = fromBinary(CoreImageSchema, entry);
    change(core);
    return toBinary(CoreImageSchema, core);
  });
}

/** Pending signals, as a core has them. */
export function queueOf(...numbers: readonly number[]): Uint8Array {
  const signals = numbers.map((number) => {
    const siginfo = new Uint8Array(128);
    siginfo[0] = number;
    return { siginfo };
  });
  return toBinary(SignalQueueSchema, create(SignalQueueSchema, { signals }));
}

/** A field that no description of ours has, behind the others. */
export function withUnknownField(entry: Uint8Array): Uint8Array {
  const writer = new BinaryWriter();
  writer.tag(4711, WireType.LengthDelimited).string('from a later release');
  return Buffer.concat([entry, writer.finish()]);
}
export const UNKNOWN = 'from a later release';

export const entriesOf = (directory: string, name: string): readonly Uint8Array[] =>
  imageFile(name, bytesOf(directory, name)).entries;
export const coreOf = (directory: string, id: number) =>
  fromBinary(CoreImageSchema, entriesOf(directory, `core-${id}.img`)[0]!);

export async function grafted(directory: string, criu: '4.2' | '4.3' = '4.3') {
  const result = await graftImageDirectory(directory, { criu });
  const out = join(scratch, `out-${copies++}`);
  writeDirectory(directory, out, result.files);
  const graftFile = JSON.parse(bytesOf(out, GRAFT_FILE).toString()) as GraftFile;
  return { ...result, out, graftFile };
}

/** A path that is not there yet. */
export const fresh = (name: string): string => join(scratch, name.replace('#', `${copies++}`));
