/**
 * Files of the image against those of a target: what CRIU compares at a restore, before it does.
 *
 * In: files that are wanted, those that the target has. Out: faults. What one of the two does not tell is not compared.
 * Cost: linear.
 */

import { type Fault, LISTED } from './fault.ts';
import type { TargetFile } from './target.ts';

export interface WantedFile {
  readonly path: string;
  readonly size: number | null;
  readonly mode: number | null;
  readonly buildId: string | null;
}

export function filesThere(wanted: readonly WantedFile[], there: readonly TargetFile[]): Fault[] {
  const byPath = new Map(there.map((file) => [file.path, file]));
  const missing = wanted.filter(({ path }) => !byPath.has(path)).map(({ path }) => path);
  const faults: Fault[] = missing.length > 0 ? [fileMissing(missing)] : [];
  const differing = wanted.flatMap((file) => {
    const says = difference(file, byPath.get(file.path));
    return says === null ? [] : [{ path: file.path, says }];
  });
  const [first] = differing;
  if (first) {
    faults.push({
      code: 'FILE_DIFFERS',
      when: 'not now',
      message: `${first.path}: ${first.says}${differing.length > 1 ? `; and ${differing.length - 1} others` : ''}.`,
      remedy: 'Put the files of the dump there: the same image and the same volumes.',
      detail: { files: differing.slice(0, LISTED), total: differing.length },
    });
  }
  return faults;
}

function fileMissing(missing: readonly string[]): Fault {
  return {
    code: 'FILE_MISSING',
    when: 'not now',
    message: `These are not there: ${missing.slice(0, 5).join(', ')}${missing.length > 5 ? ', …' : ''}.`,
    remedy: 'Put them there, in the mount namespace of the restore.',
    detail: { missing: missing.slice(0, LISTED), total: missing.length },
  };
}

function difference(wanted: WantedFile, there: TargetFile | undefined): string | null {
  if (there === undefined) return null;
  const { size, mode, buildId } = there;
  if (wanted.size !== null && size !== undefined && size !== wanted.size)
    return `it has ${size} bytes, the dump's had ${wanted.size}`;
  if (wanted.buildId !== null && buildId !== undefined && buildId !== wanted.buildId)
    return `its build id is ${buildId}, the dump's was ${wanted.buildId}`;
  if (wanted.mode !== null && mode !== undefined && mode !== wanted.mode)
    return `its mode is ${mode.toString(8)}, the dump's was ${wanted.mode.toString(8)}`;
  return null;
}

export function pathsThere(wanted: readonly string[], files: readonly TargetFile[]): Fault[] {
  const there = new Set(files.map(({ path }) => path));
  const missing = wanted.filter((path) => !there.has(path));
  return missing.length > 0 ? [fileMissing(missing)] : [];
}
