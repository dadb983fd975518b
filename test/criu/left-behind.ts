/** What a restore that failed, or was killed, may have left on the machine. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Its own pid namespace tells it; to end it is nobody's fault. */
export function isOfTree(pid: number): boolean {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`) !== readlinkSync('/proc/self/ns/pid');
  } catch {
    return true;
  }
}

/** Processes with a text in their command line. */
function processesWith(text: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && name !== `${process.pid}`)
    .filter((name) => {
      try {
        return readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(text);
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Scratch directories lie beside the images, and the guard has theirs in its command line. */
export const guards = (images: string): number[] => processesWith(images.slice(0, images.lastIndexOf('/')));

export async function nothingLeft(directory: string, images: string): Promise<void> {
  const left = (): number[] => [...processesWith(directory), ...processesWith(images), ...carriers()];
  for (let patience = 0; patience < 100 && left().length > 0; patience++) await delay(50);
  assert.deepEqual(left(), [], 'no process is left');
}

/** Carriers have no command line; their name tells them. */
function carriers(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        return readFileSync(`/proc/${name}/comm`, 'utf8').startsWith('regraft:');
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Mounts that are seen here, and control groups. */
export function mountsAndGroups(): string[] {
  const groups = readdirSync('/sys/fs/cgroup', { recursive: true, withFileTypes: true });
  return [
    ...readFileSync('/proc/self/mountinfo', 'utf8').split('\n'),
    ...groups.filter((entry) => entry.isDirectory()).map(({ parentPath, name }) => join(parentPath, name)),
  ];
}
