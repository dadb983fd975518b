/**
 * Rules about groups that can only be inherited, over nested pid namespaces (docs/proofs.md, section 4).
 *
 * A process gets into a group by birth, by its own setpgid if it sees the number of the group, or by that of its parent
 * if the parent is in its session and sees the number. Where its parent lives is fixed at birth, so an image shows
 * who can never have been moved: it was in its group from birth and never left it, as nothing would have led back.
 */

import { type Image, OUTER, visibleLevels } from './image.ts';
import type { Claim } from './proof.ts';
import { as, type Rule } from './rule.ts';

/** A group that a premise says is not visible on some level, as a member shows it. */
interface Unseen {
  readonly group: number;
  /** The outermost namespace whose processes do not see it. */
  readonly from: number;
}

/** The numbers of a member's group: who lives where they end, or below, does not see the group. */
function unseen(image: Image, claim: Claim | undefined): Unseen | null {
  const fact = as(claim, 'numbers');
  if (fact?.of !== 'group') return null;
  const hidden = fact.numbers.indexOf(0);
  if (hidden < 0) return null;
  const from = image.namespaceAt(image.namespace(fact.process), hidden);
  return { group: fact.numbers[0]!, from };
}

/** Do the numbers of a member's session say that nobody of the session can live in namespace n, or above? */
function isLedBelow(image: Image, claim: Claim | undefined, n: number): boolean {
  const fact = as(claim, 'numbers');
  if (fact?.of !== 'session' || fact.numbers[0] === 0) return false;
  return visibleLevels(fact.numbers) - 1 > image.level(n);
}

/**
 * Can nobody set process x into the group of the premises, once it is born?
 * @param premises numbers of a member's group; where x's parent would see it, numbers of a member's session
 */
function cannotBeSet(image: Image, x: number, [numbers, session, ...more]: readonly Claim[]): boolean {
  const hidden = unseen(image, numbers);
  if (!hidden || more.length > 0 || !image.has(x)) return false;
  if (x !== image.root && image.parent(x) === 0) return false;
  const outside = image.parentNamespace(x);
  if (outside !== OUTER && image.isWithin(outside, hidden.from)) return session === undefined;
  if (x === image.root) return session === undefined && hidden.group === 0;
  if (!image.isWithin(image.namespace(x), hidden.from)) return false;
  const [member, shown] = [as(numbers, 'numbers')!, as(session, 'numbers')];
  return shown?.process === member.process && isLedBelow(image, session, outside);
}

const always: Rule = {
  kernel: ['F17', 'F18', 'F20', 'F24', 'G21', 'G24'],
  holds(image, [first, second, ...rest], claim) {
    const [fact, numbers, stays] = [as(first, 'group'), as(second, 'numbers'), as(claim, 'always in group')];
    if (!fact || !numbers || !stays || stays.process !== fact.process || stays.group !== fact.group)
      return false;
    return numbers.process === fact.process && cannotBeSet(image, fact.process, [numbers, ...rest]);
  },
};

/** The group that a premise says a process was born in. */
function birthGroup(
  claim: Claim | undefined,
): { readonly process: number; readonly group: number } | undefined {
  return as(claim, 'born in group') ?? as(claim, 'always in group');
}

const inherited: Rule = {
  kernel: ['C4', 'F20', 'G24'],
  holds(image, [first, second, third, ...more], claim) {
    const [below, over, born] = [birthGroup(first), as(second, 'above'), as(claim, 'born in group')];
    const hidden = unseen(image, third);
    if (!below || !over || !born || !hidden || more.length > 0) return false;
    if (over.lower !== below.process || born.process !== over.upper) return false;
    if (hidden.group !== below.group || born.group !== below.group || !image.has(over.upper)) return false;
    return image.parent(over.upper) > 0 && image.isWithin(image.parentNamespace(over.upper), hidden.from);
  },
};

const broughtIn: Rule = {
  kernel: ['C4', 'F18', 'F20', 'G24'],
  holds(image, [first, second, third, ...more], claim) {
    const [below, inside, was] = [
      birthGroup(first),
      as(second, 'ancestor inside'),
      as(claim, 'was in group'),
    ];
    const hidden = unseen(image, third);
    if (!below || !inside || !was || !hidden || more.length > 0) return false;
    if (inside.process !== below.process || was.process !== inside.ancestor) return false;
    if (hidden.group !== below.group || was.group !== below.group) return false;
    return image.isWithin(image.namespace(inside.ancestor), hidden.from);
  },
};

const fromBirth: Rule = {
  kernel: ['F18', 'F20', 'F24'],
  holds(image, [first, ...rest], claim) {
    const [was, born, numbers] = [
      as(first, 'was in group'),
      as(claim, 'born in group'),
      as(rest[0], 'numbers'),
    ];
    if (!was || !born || numbers?.numbers[0] !== was.group) return false;
    if (born.process !== was.process || born.group !== was.group) return false;
    return cannotBeSet(image, was.process, rest);
  },
};

const oneGroup: Rule = {
  kernel: ['C4'],
  holds(_image, [first, second, ...more], claim) {
    const one = birthGroup(first);
    if (!one || !second || more.length > 0 || claim.says !== 'contradiction') return false;
    const other =
      birthGroup(second) ?? (first!.says === 'always in group' ? as(second, 'was in group') : undefined);
    return other !== undefined && one.process === other.process && one.group !== other.group;
  },
};

const N6: Rule = {
  kernel: ['F1', 'F2', 'F8', 'F12'],
  holds(_image, [first, second, ...more], claim) {
    const [stays, fact] = [as(first, 'always in group'), as(second, 'group')];
    if (!stays || !fact || more.length > 0 || claim.says !== 'contradiction') return false;
    return fact.group === stays.process && stays.group !== stays.process;
  },
};

export const GROUP_RULES = {
  'always in group': always,
  'inherited group': inherited,
  'brought in': broughtIn,
  'group from birth': fromBirth,
  'one group': oneGroup,
  N6,
} satisfies Record<string, Rule>;
