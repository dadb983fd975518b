/** Local rules of shared objects and terminals (inherit-only resources, K1 and K7): docs/sharing.md says why. */

import type { Kind } from '../tree/sharing-columns.ts';
import { session, terminal, zombie } from './facts.ts';
import type { LocalRule } from './local-rule.ts';
import type { Fact } from './proof.ts';

function objects(kind: Kind, i: number, j: number, classes: readonly number[]): Fact {
  return { says: 'objects', kind, processes: [i, j], classes };
}

/** Handlers are shared in one address space only. A zombie has none any more. */
const K1: LocalRule = {
  kernel: ['I5', 'I40'],
  broken(image, i, j) {
    const [handlers, space] = ['sighand', 'vm'] as const;
    if (i === j || image.object(i, handlers) < 0 || image.object(i, space) < 0 || image.object(j, space) < 0)
      return null;
    if (image.object(i, handlers) !== image.object(j, handlers)) return null;
    if (image.object(i, space) === image.object(j, space)) return null;
    return [objects(handlers, i, j, [0, 0]), objects(space, i, j, [0, 1])];
  },
};

/** A terminal comes from the leader, who has it while he lives, and takes it with him. */
const K7: LocalRule = {
  kernel: ['I84', 'I87'],
  broken(image, i, j) {
    const own = image.session(i);
    if (image.terminal(i) <= 0 || image.isZombie(i) || image.isFromOutside(own)) return null;
    if (!image.has(own))
      return i === j ? [terminal(image, i), session(image, i), { says: 'absent', process: own }] : null;
    if (j !== own) return null;
    if (image.isZombie(j)) return [terminal(image, i), session(image, i), zombie(j)];
    if (image.terminal(j) < 0 || image.terminal(j) === image.terminal(i)) return null;
    return [terminal(image, i), session(image, i), terminal(image, j)];
  },
};

export const SHARING_LOCAL_RULES = { K1, K7 } satisfies Record<string, LocalRule>;
