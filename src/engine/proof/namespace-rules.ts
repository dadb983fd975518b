/**
 * Rules about births over nested pid namespaces (docs/proofs.md, section 3).
 *
 * A namespace is fixed at birth and only goes down along births. Nothing of a namespace is older than its init. A
 * process whose parent lives outside its namespace was made there by a process that entered it for its child, or by
 * CLONE_PARENT of one whose parent is outside too: then the two are siblings for ever, because all children of a dying
 * process go to one adopter.
 */

import { type Image, OUTER } from './image.ts';
import type { Claim } from './proof.ts';
import { as, type Rule } from './rule.ts';

const ANYWHERE = OUTER - 1;

/** Namespace that a premise says process e lives or lived in; ANYWHERE where it says nothing of it. */
function homeOf(image: Image, claim: Claim | undefined, e: number): number {
  const place = as(claim, 'namespace') ?? as(claim, 'lived in');
  return place?.process === e ? image.namespaceOf(place.namespace) : ANYWHERE;
}

const vanished: Rule = {
  kernel: ['F17', 'F26', 'G21'],
  holds(image, [first, second, ...more], claim) {
    const [fact, gone, place] = [as(first, 'numbers'), as(second, 'absent'), as(claim, 'lived in')];
    if (!fact || !gone || !place || more.length > 0 || fact.of !== 'session') return false;
    const session = fact.numbers[0]!;
    if (session !== gone.process || place.process !== session) return false;
    return place.namespace === image.namespaceId(image.deepestShowing(fact.process, fact.numbers));
  },
};

const down: Rule = {
  kernel: ['A15', 'G1', 'G6', 'G29'],
  holds(image, [first, second, third, ...more], claim) {
    const over = as(first, 'above');
    if (!over || more.length > 0 || claim.says !== 'contradiction') return false;
    const upper = homeOf(image, second, over.upper);
    const lower = homeOf(image, third, over.lower);
    return upper !== ANYWHERE && lower !== ANYWHERE && !image.isWithin(lower, upper);
  },
};

const oldest: Rule = {
  kernel: ['A15', 'D14', 'G9', 'G10'],
  holds(image, [first, second, third, ...more], claim) {
    const [over, init] = [as(first, 'above'), as(second, 'init')];
    if (!over || !init || more.length > 0 || claim.says !== 'contradiction') return false;
    const home = homeOf(image, third, over.upper);
    return (
      init.process === over.lower &&
      home !== ANYWHERE &&
      image.isWithin(home, image.namespaceOf(init.namespace))
    );
  },
};

const sibling: Rule = {
  kernel: ['C3', 'C5', 'C7', 'A17', 'G26', 'P10'],
  holds(image, [first, second, third, ...rest], claim) {
    const [over, made] = [as(first, 'above'), as(claim, 'made siblings below')];
    if (!over || !made || made.process !== over.upper) return false;
    const home = homeOf(image, second, over.upper);
    const hangs = as(third, 'parent') ?? as(third, 'made siblings below');
    if (home === ANYWHERE || !hangs || hangs.process !== over.lower || made.parent !== hangs.parent)
      return false;
    if (hangs.parent === 0) return rest.length === 0 && image.isStrictlyWithin(home, outsideHome(image));
    const above = homeOf(image, rest[0], hangs.parent);
    return rest.length === 1 && above !== ANYWHERE && image.isStrictlyWithin(home, above);
  },
};

/** Where a parent lives that is not in the image. */
function outsideHome(image: Image): number {
  return image.rootIsInit ? OUTER : 0;
}

const strangers: Rule = {
  kernel: ['A1', 'A17', 'C3', 'C7'],
  holds(_image, [first, second, ...more], claim) {
    const one = as(first, 'made siblings below');
    const other = as(second, 'made siblings below') ?? as(second, 'parent');
    if (!one || !other || more.length > 0 || claim.says !== 'contradiction') return false;
    return one.process === other.process && one.parent !== other.parent;
  },
};

const noSiblingOfInit: Rule = {
  kernel: ['C1', 'C2'],
  holds(_image, [first, second, ...more], claim) {
    const [made, init] = [as(first, 'made siblings below'), as(second, 'init')];
    if (!made || !init || more.length > 0 || claim.says !== 'contradiction') return false;
    return made.process === init.process;
  },
};

const block: Rule = {
  kernel: ['A17', 'A18', 'A21', 'A22', 'P9'],
  holds(image, [first, second, third, fourth, fifth, ...rest], claim) {
    const [upper, lower, inside] = [as(first, 'above'), as(second, 'above'), as(third, 'ancestor inside')];
    if (!upper || !lower || !inside || claim.says !== 'contradiction') return false;
    if (upper.lower !== lower.upper) return false;
    if (inside.process !== lower.lower || inside.ancestor !== upper.upper) return false;
    const y = upper.lower;
    const home = homeOf(image, fourth, y);
    if (home === ANYWHERE || home !== image.namespace(inside.ancestor)) return false;
    const made = as(fifth, 'made siblings below');
    if (made) return rest.length === 0 && made.process === y;
    const hangs = as(fifth, 'parent');
    if (!hangs || hangs.process !== y) return false;
    if (hangs.parent === 0) return rest.length === 0 && outsideHome(image) !== home;
    const above = homeOf(image, rest[0], hangs.parent);
    return rest.length === 1 && above !== ANYWHERE && above !== home;
  },
};

export const NAMESPACE_RULES = {
  vanished,
  down,
  oldest,
  sibling,
  strangers,
  'no sibling of an init': noSiblingOfInit,
  block,
} satisfies Record<string, Rule>;
