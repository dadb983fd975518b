/** `regraft scan --target`: what this machine has, as the body of a preflight. */

import type { Requirement } from '../engine/requirements/requirement.ts';
import type { TargetFacts } from '../engine/requirements/target.ts';
import { requirementsAt } from '../target/image-requirements.ts';
import { scanTarget } from '../target/scan-target.ts';

export interface TargetOrder {
  /** Directory with images, or a file with requirements. */
  readonly wanted: string | undefined;
  readonly root: string;
  readonly criu: string | undefined;
}

/** @throws ReadError where what is asked for cannot be read */
export async function targetHere({ wanted, root, criu }: TargetOrder): Promise<TargetFacts> {
  const requirements: readonly Requirement[] | null =
    wanted === undefined ? null : await requirementsAt(wanted);
  return scanTarget({ requirements, root, criu: criu ?? null });
}
