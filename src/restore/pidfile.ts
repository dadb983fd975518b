/** The file that has the root's number. A failure takes it away, unless it names another process, which runs. */

import { accessSync, constants, existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';

/** @throws the system's error where it cannot be written, before anything is begun */
export function checkWritable(pidfile: string): void {
  accessSync(existsSync(pidfile) ? pidfile : dirname(pidfile), constants.W_OK);
}

/** The rule of remove_pidfile in native/finish/leftovers.c: what is neither empty nor a number stays too. */
export function removeEndedPidfile(pidfile: string): void {
  if (!existsSync(pidfile)) return;
  const text = readFileSync(pidfile, 'utf8').trim();
  if (text === '' || (/^[1-9]\d{0,8}$/.test(text) && !isThere(Number(text)))) rmSync(pidfile);
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
