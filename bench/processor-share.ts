/**
 * A share of the processors for a process and its threads, by the kernel's cgroups of either version.
 *
 * What several processes gain shows on a machine with a processor for each; on one with few it shows where each may use
 * only a part of one, and client and database have the rest.
 */

import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PERIOD_US = 20_000;
const ROOT = '/sys/fs/cgroup';
const V1 = join(ROOT, 'cpu');

/**
 * @param share of one processor, above 0
 * @returns what takes the group away again, once the process is gone; null where groups cannot be made
 */
export function limitToShare(pid: number, share: number): (() => void) | null {
  const isV1 = existsSync(join(V1, 'cpu.cfs_quota_us'));
  const group = join(isV1 ? V1 : ROOT, `regraft-bench-${pid}`);
  const quota = String(Math.round(share * PERIOD_US));
  try {
    mkdirSync(group);
    if (isV1) {
      writeFileSync(join(group, 'cpu.cfs_period_us'), String(PERIOD_US));
      writeFileSync(join(group, 'cpu.cfs_quota_us'), quota);
    } else {
      writeFileSync(join(ROOT, 'cgroup.subtree_control'), '+cpu');
      writeFileSync(join(group, 'cpu.max'), `${quota} ${PERIOD_US}`);
    }
    writeFileSync(join(group, 'cgroup.procs'), String(pid));
    return () => rmdirSync(group);
  } catch {
    if (existsSync(group)) rmdirSync(group);
    return null;
  }
}

/** Children that its first thread made. */
export function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return text.split(' ').filter(Boolean).map(Number);
}
