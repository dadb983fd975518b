/** What the small members of real image sets and archives say beside the tree. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { criuOptionsOf } from '../../../src/engine/requirements/criu-options.ts';
import { requirementsOf } from '../../../src/engine/requirements/requirements.ts';
import type { Surroundings } from '../../../src/engine/requirements/surroundings.ts';
import {
  type LoadedTree,
  loadTree,
  readTree,
  readTreeParts,
  type UploadPart,
} from '../../../src/formats/read-tree.ts';
import { FIXTURES, imageParts, tarOf } from '../dumps.ts';

const FOLDER = join(FIXTURES, 'criu-surroundings');
const PARTS = imageParts(FOLDER);

type Loaded = LoadedTree & { ok: true };
const loaded = (tree: LoadedTree): Loaded => {
  assert.ok(tree.ok);
  return tree;
};
const read = async (parts: readonly UploadPart[] = PARTS): Promise<Loaded> =>
  loaded(loadTree(await readTreeParts(parts)));
const archive = async (entries: readonly UploadPart[]): Promise<Surroundings> =>
  loaded(loadTree(await readTree('archive', await tarOf(entries)))).surroundings!;

const SPEC = {
  annotations: { 'io.container.manager': 'cri-o', 'io.kubernetes.cri-o.annotations.checkpoint.name': 'web' },
  hostname: 'web-0',
  process: { terminal: false, apparmorProfile: 'crio-default' },
  mounts: [
    { destination: '/proc', type: 'proc', source: 'proc' },
    { destination: '/etc/hosts', type: 'bind', source: '/var/run/pods/hosts', options: ['rbind'] },
  ],
};

test('a real dump tells its files, sockets, terminals, locks, rights, machine and memory', async () => {
  const { surroundings, tree } = await read();
  const { files, inetSockets, unixSockets, terminals, locks, memory, machine, rights, dump, notes } =
    surroundings!;
  assert.deepEqual(notes, []);
  assert.equal(machine!.architecture, 'x86_64');
  assert.deepEqual(dump!.newNamespaces, ['pid', 'mount']);
  assert.equal(dump!.networkLock, 'skip');
  assert.ok(rights!.capabilities.includes(21), 'CAP_SYS_ADMIN');
  const program = files!.list.find((file) => file.program)!;
  assert.equal(program.kind, 'file');
  assert.match(program.path, /python3/);
  assert.match(program.buildId!, /^[0-9a-f]{40}$/);
  assert.equal(files!.list.find(({ path }) => path === '/tmp/target/t/data')!.size, 6);
  assert.equal(files!.list.find(({ path }) => path === '/')!.kind, 'directory');
  assert.equal(files!.list.find(({ path }) => path === '/dev/null')!.kind, 'device');
  assert.deepEqual(
    inetSockets!.list.map(({ protocol, state }) => [protocol, state]),
    [
      ['tcp', 'listening'],
      ['tcp', 'connected'],
    ],
  );
  assert.deepEqual(unixSockets!.list, [
    { name: '/tmp/target/t/outside.sock', state: 'connected', outside: true },
  ]);
  assert.deepEqual(
    terminals!.list.map(({ kind, master }) => [kind, master]),
    [['pty', true]],
  );
  assert.deepEqual(locks!.list, [{ kind: 'flock', pid: 1 }]);
  assert.ok(memory!.inImage > 1 << 20);

  const properties = requirementsOf(tree, surroundings).map(({ property }) => property);
  for (const wanted of [
    'files',
    'directories',
    'devices',
    'connections',
    'ports',
    'unixSockets',
    'locks',
    'memory',
  ] as const) {
    assert.ok(properties.includes(wanted), wanted);
  }
  assert.ok(!properties.includes('terminal'), 'its master is in the dump');
  const options = criuOptionsOf(tree, surroundings).map(({ option, at }) => `${option} ${at}`);
  assert.deepEqual(options, [
    '--tcp-established both',
    '--ext-unix-sk dump',
    '--file-locks both',
    '--network-lock skip dump',
  ]);
});

test('a pty without its master asks for a shell job', async () => {
  const parts = PARTS.map(({ name, bytes }) =>
    // The entry of the master, device 5:2, is the first one.
    name === 'tty-info.img' ? { name, bytes: withoutFirstEntry(bytes) } : { name, bytes },
  );
  const { surroundings, tree } = await read(parts);
  assert.deepEqual(
    surroundings!.terminals!.list.map(({ master }) => master),
    [false],
  );
  assert.equal(criuOptionsOf(tree, surroundings)[0]!.option, '--shell-job');
});

test('an archive tells its container, its logs, and the same as its images', async () => {
  const inside = PARTS.map(({ name, bytes }) => ({ name: `checkpoint/${name}`, bytes }));
  const log = '(00.1) Error (criu/mount.c:1): No mapping for 7:/etc/hosts mountpoint\n(00.2) fine\n';
  const told = await archive([
    { name: 'spec.dump', bytes: Buffer.from(JSON.stringify(SPEC)) },
    {
      name: 'config.dump',
      bytes: Buffer.from('{"name":"web","rootfsImageName":"quay.io/web:1","ociRuntime":"crun"}'),
    },
    { name: 'restore.log', bytes: Buffer.from(log) },
    { name: 'rootfs-diff.tar', bytes: Buffer.from('nothing of ours') },
    ...inside,
  ]);
  const { container, logs } = told;
  assert.equal(container!.manager, 'cri-o');
  assert.equal(container!.name, 'web');
  assert.equal(container!.image, 'quay.io/web:1');
  assert.equal(container!.runtime, 'crun');
  assert.deepEqual(container!.binds, [{ destination: '/etc/hosts', source: '/var/run/pods/hosts' }]);
  assert.deepEqual(logs, [{ kind: 'restore', lines: [log.split('\n')[0]] }]);
  const alone = (await read()).surroundings!;
  assert.deepEqual({ ...told, read: [], container: null, logs: [] }, { ...alone, read: [] });
});

test('annotations of an image layout are told', async () => {
  const manifest = { annotations: { 'org.criu.checkpoint.container.name': 'db', other: 'x' } };
  const told = await archive([
    {
      name: 'index.json',
      bytes: Buffer.from('{"manifests":[{"annotations":{"org.criu.checkpoint.engine.name":"podman"}}]}'),
    },
    { name: `blobs/sha256/${'a'.repeat(64)}`, bytes: Buffer.from(JSON.stringify(manifest)) },
    ...PARTS.map(({ name, bytes }) => ({ name: `checkpoint/${name}`, bytes })),
  ]);
  assert.deepEqual(told.container!.annotations, {
    'org.criu.checkpoint.engine.name': 'podman',
    'org.criu.checkpoint.container.name': 'db',
  });
  assert.equal(told.container!.name, 'db');
});

test('what is damaged or unknown beside the tree is noted, and the tree is read', async () => {
  const cut = PARTS.map(({ name, bytes }) => ({
    name,
    bytes: name === 'files.img' ? bytes.subarray(0, bytes.length - 3) : bytes,
  }));
  const { surroundings } = await read(cut);
  assert.match(surroundings!.notes[0]!, /^files\.img was not read whole: .*truncated/);
  assert.ok(surroundings!.files!.total > 20, 'what came before is kept');
  for (const { name } of PARTS) {
    if (/^(pstree|core|ids|inventory|fdinfo)/.test(name)) continue;
    const noise = PARTS.map((part) =>
      part.name === name ? { name, bytes: Buffer.from('no image at all') } : part,
    );
    assert.equal((await read(noise)).surroundings!.notes.length, 1, name);
  }
});

test('a tree image says nothing beside the tree', async () => {
  const json = Buffer.from('{"root":1,"processes":[{"pid":1,"ppid":0,"pgid":1,"sid":1}]}');
  assert.equal(loaded(loadTree(await readTree('json', json))).surroundings, null);
});

function withoutFirstEntry(bytes: Uint8Array): Uint8Array {
  const view = Buffer.from(bytes);
  const length = view.readUInt32LE(8);
  return Buffer.concat([view.subarray(0, 8), view.subarray(12 + length)]);
}
