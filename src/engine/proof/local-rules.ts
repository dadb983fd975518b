/**
 * Local rules of states, sessions, groups, threads and exits (theory, V1 to V6; V7 is a case of N6 in group-rules.ts).
 *
 * Each is necessary by itself: docs/proofs.md, section 5, says why.
 */

import { givenBirth, group, init, initOutside, parent, session, zombie } from './facts.ts';
import type { Image } from './image.ts';
import { isFactOf } from './image-facts.ts';
import type { LocalRule } from './local-rule.ts';
import type { Fact } from './proof.ts';

const V1: LocalRule = {
  kernel: ['H4', 'H6'],
  broken(image, i, j) {
    // With living threads it lives: only its first thread has ended (A11 to A13).
    if (image.parent(i) !== j || !image.isZombie(j) || image.threads(j).length > 0) return null;
    return [parent(image, i), zombie(j)];
  },
};

const V2: LocalRule = {
  kernel: ['E5', 'E7', 'E10'],
  broken(image, i, j) {
    const { root } = image;
    const own = image.session(root);
    const level0 = image.rootIsInit ? init(image, root) : initOutside(image);
    if (i === root && j === root && own !== root && own !== 0 && image.rootIsInit)
      return [level0, { says: 'root', process: root }, session(image, root)];
    if (image.rootIsInit) return null;
    if (i === root && j === own && own !== root && image.has(j))
      return [
        level0,
        { says: 'root', process: root },
        session(image, root),
        { says: 'present', process: own },
      ];
    const [a, b] = [image.session(i), image.session(j)];
    if (a === b || !image.isFromOutside(a) || !image.isFromOutside(b)) return null;
    const facts: Fact[] = [level0, session(image, i), session(image, j)];
    for (const process of [i, j]) {
      const below: Fact = { says: 'ancestor', process, ancestor: root };
      if (process !== root && !isFactOf(image, below)) return null;
      if (process !== root) facts.push({ says: 'root', process: root }, below);
    }
    for (const s of [a, b]) {
      if (s > 0) facts.push({ says: 'absent', process: s });
      if (s > 1) facts.push(session(image, root));
    }
    return facts;
  },
};

const V3: LocalRule = {
  kernel: ['D4', 'E5', 'E6'],
  broken(image, i, j) {
    if (i === j || image.session(i) !== j || image.session(j) === j) return null;
    return [session(image, i), session(image, j)];
  },
};

const V4: LocalRule = {
  kernel: ['E5', 'F6'],
  broken(image, i, j) {
    if (i !== j || image.session(i) !== i || image.group(i) === i) return null;
    return [session(image, i), group(image, i)];
  },
};

const V5: LocalRule = {
  kernel: ['E5', 'F5', 'F7'],
  broken(image, i, j) {
    const g = image.group(i);
    const s = image.session(i);
    if (g === 0) return null;
    if (g === image.group(j) && s !== image.session(j))
      return [group(image, i), session(image, i), group(image, j), session(image, j)];
    if (g === j && s !== image.session(j)) return [group(image, i), session(image, i), session(image, j)];
    const outsiders = g === 1 && !image.rootIsInit && !image.has(1);
    if (outsiders && i === j && s > 1)
      return [initOutside(image), { says: 'absent', process: 1 }, group(image, i), session(image, i)];
    if (g === image.session(j) && s !== g && !outsiders && !isOfTheRoot(image, i))
      return [group(image, i), session(image, i), session(image, j)];
    return null;
  },
};

/** Does it have the group and the session that the root brought from outside? */
function isOfTheRoot(image: Image, i: number): boolean {
  const { root } = image;
  const own = image.session(root);
  return (
    !image.rootIsInit && own !== root && image.session(i) === own && image.group(i) === image.group(root)
  );
}

const V6: LocalRule = {
  kernel: ['F7', 'F17', 'F20'],
  broken(image, i, j) {
    if (i !== j || image.group(i) !== 0 || image.session(i) === 0) return null;
    return [group(image, i), session(image, i)];
  },
};

const T1: LocalRule = {
  kernel: ['D8'],
  broken(image, i, j) {
    for (const thread of image.threads(j)) {
      const named =
        thread === image.session(i) ? session(image, i) : thread === image.group(i) ? group(image, i) : null;
      if (named) return [named, { says: 'thread', process: j, thread }];
    }
    return null;
  },
};

const X1: LocalRule = {
  kernel: [],
  broken(image, i, j) {
    const status = image.tree.exitStatus[image.index(i)]!;
    if (i !== j || !image.isZombie(i) || isExitStatus(status)) return null;
    return [zombie(i), { says: 'exit status', process: i, status }];
  },
};

const BORN_OUTSIDE: LocalRule = {
  kernel: ['A1', 'A17', 'G32'],
  broken(image, i, j) {
    if (image.rootIsInit || image.givenBirth(i) !== 0 || j <= 0 || image.parent(i) !== j) return null;
    if (image.isInit(j)) return null;
    return [initOutside(image), parent(image, i), { says: 'present', process: j }, givenBirth(image, i)];
  },
};

const SIGNALS = 64;
/** SIGCHLD, SIGCONT, the four that stop, SIGURG, SIGWINCH: none of them ends a process. */
const ENDS_NOBODY = [17, 18, 19, 20, 21, 22, 23, 28];

/** Code in bits 8 to 15 with nothing below; or a signal in bits 0 to 6, bit 7 for a core dump, with nothing above. */
function isExitStatus(status: number): boolean {
  if (status < 0 || status > 0xffff) return false;
  const low = status & 0xff;
  if (low === 0) return true;
  const signal = low & 0x7f;
  return status === low && signal >= 1 && signal <= SIGNALS && !ENDS_NOBODY.includes(signal);
}

export const LOCAL_RULES = {
  V1,
  V2,
  V3,
  V4,
  V5,
  V6,
  T1,
  X1,
  'born outside': BORN_OUTSIDE,
} satisfies Record<string, LocalRule>;
