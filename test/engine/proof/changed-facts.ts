/** Images in which one fact that a proof names is changed, to each value that occurs in the image and to new ones. */

import type { Claim } from '../../../src/engine/proof/proof.ts';
import type { ProcessImage, TreeImage } from '../../../src/formats/tree-image-schema.ts';

/** A number that nobody in a small image has. */
const NEW = 99;

export function* changesOf(image: TreeImage, claims: readonly Claim[]): Generator<TreeImage> {
  for (const claim of claims) {
    if (claim.says === 'absent') {
      for (const { pid } of image.processes) yield withLeader(image, claim.process, pid);
    } else if (claim.says === 'init') {
      const inits = image.processes.filter(({ pidns = '0' }) => pidns === claim.namespace);
      for (const init of [null, ...inits.map(({ pid }) => pid)])
        if ((init ?? 0) !== claim.process) yield withInit(image, claim.namespace, init);
    } else if ('process' in claim) {
      const process = image.processes.find(({ pid }) => pid === claim.process);
      for (const changed of process ? changesOfProcess(image, process, claim) : [])
        yield { ...image, processes: image.processes.map((other) => (other === process ? changed : other)) };
    }
  }
}

function* changesOfProcess(image: TreeImage, process: ProcessImage, claim: Claim): Generator<ProcessImage> {
  const { ppid, sid, pgid, nspid = [process.pid], nssid, nspgid, pidns = '0' } = process;
  const others = (value: number): number[] =>
    [...new Set([0, NEW, ...image.processes.flatMap((p) => [p.pid, p.sid, p.pgid])])].filter(
      (number) => number !== value,
    );
  switch (claim.says) {
    case 'parent':
    case 'ancestor':
    case 'ancestor inside':
      for (const value of others(ppid)) yield { ...process, ppid: value };
      return;
    case 'session':
      for (const value of others(sid))
        yield { ...process, sid: value, ...(nssid && { nssid: startingWith(value, nspid.length) }) };
      return;
    case 'group':
      for (const value of others(pgid))
        yield { ...process, pgid: value, ...(nspgid && { nspgid: startingWith(value, nspid.length) }) };
      return;
    case 'zombie':
      yield { ...process, state: 'alive' };
      return;
    case 'namespace':
      for (const { id } of image.pidNamespaces ?? []) {
        if (id === pidns) continue;
        const depth = depthOf(image, id);
        yield {
          ...process,
          pidns: id,
          nspid: [process.pid, ...Array.from({ length: depth - 1 }, (_, level) => NEW + level)],
          nssid: startingWith(sid, depth),
          nspgid: startingWith(pgid, depth),
        };
      }
      return;
    case 'namespace for children':
      for (const { id } of image.pidNamespaces ?? [])
        if (id !== process.pidnsForChildren) yield { ...process, pidnsForChildren: id };
      yield { ...process, pidnsForChildren: null };
      return;
    case 'numbers': {
      const field = claim.of === 'process' ? 'nspid' : claim.of === 'session' ? 'nssid' : 'nspgid';
      const shown = process[field] ?? [];
      for (const level of shown.keys()) {
        if (level === 0) continue;
        const there = image.processes.flatMap((other) => [other.nspid, other.nssid, other.nspgid]);
        for (const value of new Set([0, 1, NEW, ...there.map((numbers) => numbers?.[level] ?? 0)]))
          if (value !== shown[level]) yield { ...process, [field]: shown.with(level, value) };
      }
    }
  }
}

/** A leader that was gone is there, below somebody. */
function withLeader(image: TreeImage, pid: number, ppid: number): TreeImage {
  const { pidns = '0', nspid = [ppid] } = image.processes.find((process) => process.pid === ppid)!;
  const numbers = [pid, ...nspid.slice(1).map((_, level) => NEW + level)];
  const leader = { pid, ppid, sid: pid, pgid: pid, pidns, nspid: numbers, nssid: numbers, nspgid: numbers };
  return { ...image, processes: [...image.processes, leader] };
}

function withInit(image: TreeImage, id: string, init: number | null): TreeImage {
  const pidNamespaces = (image.pidNamespaces ?? [{ id: '0', parent: null, init: null }]).map((namespace) =>
    namespace.id === id ? { ...namespace, init } : namespace,
  );
  return { ...image, pidNamespaces };
}

/** Numbers on the levels below are not visible. */
function startingWith(number: number, levels: number): number[] {
  return [number, ...new Array<number>(levels - 1).fill(0)];
}

function depthOf({ pidNamespaces = [] }: TreeImage, id: string): number {
  const parent = pidNamespaces.find((namespace) => namespace.id === id)?.parent;
  return parent === null || parent === undefined ? 1 : 1 + depthOf({ pidNamespaces, processes: [] }, parent);
}
