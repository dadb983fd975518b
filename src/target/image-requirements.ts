/** What an image set in a directory asks for, and what the machine's answer is. */

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { preflightOfTree } from '../engine/plan/preflight.ts';
import { type Judgement, judge } from '../engine/requirements/judge.ts';
import type { Requirement } from '../engine/requirements/requirement.ts';
import { requirementsOf } from '../engine/requirements/requirements.ts';
import type { ProcessTree } from '../engine/tree/process-tree.ts';
import { imageFileName } from '../formats/criu/image-file-name.ts';
import { surroundingName } from '../formats/criu/surroundings/member-name.ts';
import { ReadError, readError } from '../formats/read-error.ts';
import { readTreeParts } from '../formats/read-image-files.ts';
import { loadTree } from '../formats/read-process-files.ts';
import { scanTarget } from './scan-target.ts';

/** @throws ReadError where there is no image set, or a damaged one */
async function imageIn(directory: string): Promise<{ tree: ProcessTree; requirements: Requirement[] }> {
  const names = readdirSync(directory).filter(
    (name) => imageFileName(name) !== null || surroundingName(name) !== null,
  );
  const parts = names.map((name) => ({ name, bytes: readFileSync(join(directory, name)) }));
  const loaded = loadTree(await readTreeParts(parts));
  if (!loaded.ok) throw new ReadError(loaded.status, loaded.faults, loaded.total);
  const { tree, surroundings } = loaded;
  return { tree, requirements: requirementsOf(tree, surroundings) };
}

/**
 * @param path a directory with images, or a file with the answer of GET /v1/trees/{id}/requirements
 * @throws ReadError
 */
export async function requirementsAt(path: string): Promise<readonly Requirement[]> {
  if (existsSync(path) && statSync(path).isDirectory()) return (await imageIn(path)).requirements;
  const fault = (message: string) => readError(422, 'FIELD_INVALID', message, { file: path });
  let answer: unknown;
  try {
    answer = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw fault(`${path}: ${(error as Error).message}`);
  }
  const { requirements } = (answer ?? {}) as { requirements?: unknown };
  if (!Array.isArray(requirements)) throw fault(`${path} is no answer about requirements, and no directory.`);
  return requirements as Requirement[];
}

/** The set in a directory judged by this machine. @throws ReadError */
export async function judgedHere(directory: string, root: string, criu: string | null): Promise<Judgement> {
  const { tree, requirements } = await imageIn(directory);
  const target = scanTarget({ requirements, root, criu });
  return judge(requirements, preflightOfTree(tree, target), target);
}
