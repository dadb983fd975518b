/**
 * Names of the members of an image set, and of the archive around it, that say what a target must have.
 *
 * `core`, `ids` and `inventory` are read for the tree and once more for the rights and the machine. Members with memory,
 * file contents and packets (`pages-*`, `ghost-file-*`, `tcp-stream-*`, `sk-queues`, …) are never read.
 */

import { TYPE_MAGIC } from '../image-framing.ts';

export const IMAGE_MAGICS = {
  inventory: TYPE_MAGIC.inventory,
  ids: TYPE_MAGIC.ids,
  core: TYPE_MAGIC.core,
  mountpoints: 0x55563928,
  files: 0x56303138,
  fs: 0x51403912,
  mm: 0x57492820,
  pagemap: 0x56084025,
  'tty-info': 0x59453036,
  filelocks: 0x54323616,
  'remap-fpath': 0x59133954,
  cgroup: 0x59383330,
  netns: 0x55933752,
  netdev: 0x57373951,
  cpuinfo: 0x61404013,
} as const;
export type SurroundingImage = keyof typeof IMAGE_MAGICS;

export type SurroundingKind =
  | SurroundingImage
  | 'config.dump'
  | 'spec.dump'
  | 'annotations'
  | 'dump.log'
  | 'restore.log';

export interface SurroundingName {
  readonly kind: SurroundingKind;
  /** The number in the name, 0 where it has none. */
  readonly id: number;
}

const IMAGE =
  /^(?:(inventory|files|tty-info|filelocks|remap-fpath|cgroup|cpuinfo)|(ids|core|mountpoints|fs|mm|pagemap|netns|netdev)-([1-9][0-9]{0,9}))\.img$/;
const OTHER = /^(?:config\.dump|spec\.dump|dump\.log|restore\.log)$/;

export function surroundingName(name: string): SurroundingName | null {
  const image = IMAGE.exec(name);
  if (image) return { kind: (image[1] ?? image[2]) as SurroundingImage, id: Number(image[3] ?? 0) };
  return OTHER.test(name) ? { kind: name as SurroundingKind, id: 0 } : null;
}
