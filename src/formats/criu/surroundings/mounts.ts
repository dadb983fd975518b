/** Mounts of `mountpoints-N.img`: filesystem types by name, and the keys of those that come from outside. */
import type { Mount } from '../../../engine/requirements/surroundings.ts';
import type { MountEntry } from '../gen/surroundings_pb.ts';
import { textOf } from './surrounding-text.ts';

export function mountOf({
  fstype = 0,
  root,
  mountpoint,
  source,
  extMount,
  fsname,
  extKey,
}: MountEntry): Mount {
  const key = textOf(extKey);
  return {
    mountpoint: textOf(mountpoint),
    type: textOf(fsname) || (FILESYSTEMS[fstype] ?? `type ${fstype}`),
    source: textOf(source),
    // Older images have the key in the place of the root.
    external: key || (extMount ? textOf(root) : null),
  };
}

const FILESYSTEMS: Readonly<Record<number, string>> = {
  0: 'of the disk',
  1: 'proc',
  2: 'sysfs',
  3: 'devtmpfs',
  4: 'binfmt_misc',
  5: 'tmpfs',
  6: 'devpts',
  7: 'simfs',
  8: 'pstore',
  9: 'securityfs',
  10: 'fusectl',
  11: 'debugfs',
  12: 'cgroup',
  13: 'aufs',
  14: 'mqueue',
  15: 'fuse',
  16: 'auto',
  17: 'overlay',
  18: 'autofs',
  19: 'tracefs',
  23: 'cgroup2',
};
