/** Random damage, decided by a seed: to bytes, and to the fields of a tree image. */

import type { SeededRandom } from '../histories/seeded-random.ts';

/** A copy with up to eight changes: bits turned, bytes set, stretches removed, doubled or moved. */
export function damagedBytes(bytes: Uint8Array, random: SeededRandom): Buffer {
  let damaged = Buffer.from(bytes);
  for (let changes = 1 + random.below(8); changes > 0 && damaged.length > 0; changes--) {
    const at = random.below(damaged.length);
    const length = 1 + random.below(Math.min(16, damaged.length - at));
    const stretch = damaged.subarray(at, at + length);
    switch (random.below(6)) {
      case 0:
        damaged[at] = damaged[at]! ^ (1 << random.below(8));
        break;
      case 1:
        damaged[at] = random.pick(EDGE_BYTES);
        break;
      case 2:
        damaged[at] = random.below(256);
        break;
      case 3:
        damaged = Buffer.concat([damaged.subarray(0, at), damaged.subarray(at + length)]);
        break;
      case 4:
        damaged = Buffer.concat([damaged.subarray(0, at), stretch, damaged.subarray(at)]);
        break;
      case 5:
        damaged.copyWithin(random.below(damaged.length), at, at + length);
    }
  }
  return damaged;
}

const EDGE_BYTES = [
  0x00, 0x01, 0x7f, 0x80, 0xff, 0x20, 0x22, 0x2c, 0x2d, 0x30, 0x39, 0x3a, 0x5b, 0x5d, 0x7b, 0x7d,
];

export type Fields = Record<string, unknown>;

export interface Image {
  root?: unknown;
  pidNamespaces?: Fields[];
  processes: Fields[];
}

/** A copy in which one to three fields of processes have another value of their own kind: mostly still an image. */
export function damagedImage(image: Image, random: SeededRandom): Image {
  const damaged = structuredClone(image);
  const { processes } = damaged;
  const numbers = [0, 1, 2, 3, 7, 4_194_304, ...processes.map(({ pid }) => pid)];
  for (let changes = 1 + random.below(3); changes > 0; changes--) {
    const process = random.pick(processes);
    const other = random.pick(processes);
    const field = random.pick(FIELDS);
    switch (field) {
      case 'state':
        process.state = random.pick(['alive', 'zombie']);
        break;
      case 'childSubreaper':
        process.childSubreaper = random.chance(0.5);
        break;
      case 'threads':
        process.threads = [process.pid, random.pick(numbers)];
        break;
      case 'exitStatus':
        process.exitStatus = random.below(65_536);
        break;
      case 'both':
        process.sid = other.sid;
        process.pgid = other.pgid;
        break;
      case 'own':
        process.pgid = process.pid;
        if (random.chance(0.5)) process.sid = process.pid;
        break;
      case 'removed':
        if (processes.length > 1) processes.splice(processes.indexOf(process), 1);
        break;
      default:
        process[field] = random.chance(0.5) ? (other[field] ?? random.pick(numbers)) : random.pick(numbers);
    }
  }
  return damaged;
}

const FIELDS = [
  'pid',
  'ppid',
  'ppid',
  'pgid',
  'pgid',
  'sid',
  'sid',
  'caba',
  'state',
  'childSubreaper',
  'threads',
  'exitStatus',
  'both',
  'own',
  'removed',
  'birthOrder',
] as const;
