/**
 * Local rules of nested pid namespaces (namespaces.md, N1 to N3, N5 and N7 to N10; N4 follows from `oldest` in
 * namespace-rules.ts, N6 is in group-rules.ts).
 *
 * A session number is visible to a member exactly down to the namespace of the leader; a group number exactly down to
 * the deepest namespace that has both the member and whoever made the group.
 */

import { group, init, namespace, numbers, parent, session, zombie } from './facts.ts';
import { type Image, visibleLevels } from './image.ts';
import type { LocalRule } from './local-rule.ts';

const N1: LocalRule = {
  kernel: ['A17', 'A18', 'G26'],
  broken(image, i, j) {
    if (image.parent(i) !== j || image.isWithin(image.namespace(i), image.namespace(j))) return null;
    return [parent(image, i), namespace(image, i), namespace(image, j)];
  },
};

const N2: LocalRule = {
  kernel: ['A15', 'D14', 'G12', 'G22'],
  broken(image, i, j) {
    if (!image.isInit(i)) return null;
    const home = image.namespace(i);
    const inside = image.isWithin(image.namespace(j), home);
    if (i !== j && inside && image.isZombie(i)) return [init(image, i), zombie(i), namespace(image, j)];
    if (home === 0) return null;
    if (i === j && image.numbers(i, 'process').at(-1) !== 1)
      return [init(image, i), numbers(image, i, 'process')];
    if (image.parent(i) === j && inside) return [init(image, i), parent(image, i), namespace(image, j)];
    return null;
  },
};

const N3: LocalRule = {
  kernel: ['F17', 'F26', 'G21'],
  broken(image, i, j) {
    const c = image.session(i);
    const shown = image.numbers(i, 'session');
    if (i === j && c !== j) return hasGap(shown) ? [numbers(image, i, 'session')] : null;
    if (c === 0) return null;
    if (c === j) {
      const own = image.numbers(j, 'process');
      if (!image.isWithin(image.namespace(i), image.namespace(j)))
        return [session(image, i), namespace(image, i), namespace(image, j)];
      if (shown.every((x, level) => x === (own[level] ?? 0))) return null;
      return [session(image, i), numbers(image, i, 'session'), numbers(image, j, 'process')];
    }
    if (c !== image.session(j) || image.has(c)) return null;
    const other = image.numbers(j, 'session');
    const [one, two] = [image.deepestShowing(i, shown), image.deepestShowing(j, other)];
    if (one === two && shown.slice(0, visibleLevels(shown)).every((x, level) => x === other[level]))
      return null;
    const places = one === two ? [] : [namespace(image, i), namespace(image, j)];
    return [numbers(image, i, 'session'), numbers(image, j, 'session'), ...places];
  },
};

const N5: LocalRule = {
  kernel: ['F17', 'F20', 'G21', 'G23'],
  broken(image, i, j) {
    const g = image.group(i);
    const shown = image.numbers(i, 'group');
    if (i === j && g !== j) {
      if (hasGap(shown)) return [numbers(image, i, 'group')];
      const led = image.numbers(i, 'session');
      if (led[0] === 0 || visibleLevels(shown) >= visibleLevels(led)) return null;
      return [numbers(image, i, 'group'), numbers(image, i, 'session')];
    }
    if (g === 0) return null;
    if (g === j) {
      if (isShownTo(image, i, image.namespace(j), image.numbers(j, 'process'))) return null;
      return [
        numbers(image, i, 'group'),
        numbers(image, j, 'process'),
        namespace(image, i),
        namespace(image, j),
      ];
    }
    if (image.has(g)) return null;
    if (g === image.session(j)) {
      const led = image.numbers(j, 'session');
      if (isShownTo(image, i, image.deepestShowing(j, led), led)) return null;
      return [
        numbers(image, i, 'group'),
        numbers(image, j, 'session'),
        namespace(image, i),
        namespace(image, j),
      ];
    }
    if (g !== image.group(j)) return null;
    const other = image.numbers(j, 'group');
    const shared = sharedLevels(image, i, j);
    const agree = shown.slice(0, shared).every((x, level) => x === other[level]);
    const deeper = (vector: readonly number[]): boolean => visibleLevels(vector) > shared;
    if (agree && !(deeper(shown) && deeper(other))) return null;
    return [numbers(image, i, 'group'), numbers(image, j, 'group'), namespace(image, i), namespace(image, j)];
  },
};

const N7: LocalRule = {
  kernel: ['G33', 'G34'],
  broken(image, i, j) {
    if (i !== j || !image.isInit(i) || !image.isZombie(i) || image.group(i) === i) return null;
    if (image.numbers(i, 'group').at(-1) === 0) return null;
    return [init(image, i), zombie(i), group(image, i), numbers(image, i, 'group')];
  },
};

function hasGap(vector: readonly number[]): boolean {
  return vector.slice(visibleLevels(vector)).some((x) => x !== 0);
}

/** Levels on which i and j live in the same namespace. */
function sharedLevels(image: Image, i: number, j: number): number {
  const deepest = Math.min(image.level(image.namespace(i)), image.level(image.namespace(j)));
  for (let level = deepest; level >= 0; level--) {
    if (image.namespaceAt(image.namespace(i), level) === image.namespaceAt(image.namespace(j), level))
      return level + 1;
  }
  return 0;
}

/** Does process i see its group as it must, if the group was made in namespace n by somebody with these numbers? */
function isShownTo(image: Image, i: number, n: number, own: readonly number[]): boolean {
  const home = image.namespace(i);
  return image.numbers(i, 'group').every((x, level) => {
    const common = level <= image.level(n) && image.namespaceAt(home, level) === image.namespaceAt(n, level);
    return x === (common ? own[level] : 0);
  });
}

/** Number 1 of level 0 is that of its init, which is the root or outside the image. */
const N8: LocalRule = {
  kernel: ['D14', 'D16'],
  broken(image, i, j) {
    const { root } = image;
    if (j !== root || root === 1) return null;
    if (i === 1)
      return [
        { says: 'root', process: root },
        { says: 'present', process: 1 },
      ];
    if (!image.threads(i).includes(1)) return null;
    return [
      { says: 'root', process: root },
      { says: 'thread', process: i, thread: 1 },
    ];
  },
};

const N9: LocalRule = {
  kernel: ['A17', 'G9', 'G10'],
  broken(image, i, j) {
    const children = image.namespaceForChildren(i);
    if (i !== j || children < 0 || image.isWithin(children, image.namespace(i))) return null;
    const elsewhere = image.namespaceId(children);
    return [{ says: 'namespace for children', process: i, namespace: elsewhere }, namespace(image, i)];
  },
};

const N10: LocalRule = {
  kernel: ['D4', 'D6', 'D7'],
  broken(image, i, j) {
    const places = i === j ? [namespace(image, i)] : [namespace(image, i), namespace(image, j)];
    for (const held of ['session', 'group'] as const)
      for (const other of ['process', 'session', 'group'] as const) {
        const [own, theirs] = [image.numbers(i, held), image.numbers(j, other)];
        if (own[0] === 0 || theirs[0] === 0 || own[0] === theirs[0]) continue;
        const isHeld = (x: number, level: number): boolean => level > 0 && x !== 0 && x === theirs[level];
        if (own.slice(0, sharedLevels(image, i, j)).some(isHeld))
          return [numbers(image, i, held), numbers(image, j, other), ...places];
      }
    return null;
  },
};

export const NAMESPACE_LOCAL_RULES = { N1, N2, N3, N5, N7, N8, N9, N10 } satisfies Record<string, LocalRule>;
