/**
 * Rules about births in general: who is above whom, and which session a leader was born in (docs/proofs.md, section 2).
 *
 * They hold over any number of pid namespaces, because a child gets its session from whoever calls clone, wherever it
 * is put. In one namespace they are complete: if they lead to no contradiction, there is a history.
 */

import type { Image } from './image.ts';
import type { Claim } from './proof.ts';
import { as, type Rule, saysAbove } from './rule.ts';

const parent: Rule = {
  kernel: ['A1', 'A2', 'A3', 'A17', 'A18', 'C3'],
  holds(image, [first, ...more], claim) {
    const fact = as(first, 'parent');
    if (!fact || more.length > 0 || fact.parent === 0 || image.isInit(fact.parent)) return false;
    return saysAbove(claim, fact.parent, fact.process);
  },
};

const heredity: Rule = {
  kernel: ['A1', 'A2', 'A3', 'A17', 'A18', 'C3'],
  holds(_image, [first, ...more], claim) {
    const fact = as(first, 'ancestor');
    return fact !== undefined && more.length === 0 && saysAbove(claim, fact.ancestor, fact.process);
  },
};

const member: Rule = {
  kernel: ['E7', 'E8', 'E9', 'E10'],
  holds(image, [first, ...more], claim) {
    const fact = as(first, 'session');
    if (!fact || more.length > 0) return false;
    const { process, session } = fact;
    if (session === process || image.isFromOutside(session)) return false;
    return saysAbove(claim, session, process);
  },
};

const chain: Rule = {
  kernel: [],
  holds(_image, [first, second, ...more], claim) {
    const [upper, lower] = [as(first, 'above'), as(second, 'above')];
    if (!upper || !lower || more.length > 0 || upper.lower !== lower.upper) return false;
    return saysAbove(claim, upper.upper, lower.lower);
  },
};

const circle: Rule = {
  kernel: [],
  holds(_image, [first, second, ...more], claim) {
    const one = as(first, 'above');
    if (!one || more.length > 0 || claim.says !== 'contradiction') return false;
    return saysAbove(second, one.lower, one.upper);
  },
};

const comparable: Rule = {
  kernel: [],
  holds(_image, [first, second, ...more], claim) {
    const [one, other] = [as(first, 'above'), as(second, 'above')];
    const either = as(claim, 'one above the other');
    if (!one || !other || !either || more.length > 0) return false;
    if (one.lower !== other.lower || one.upper === other.upper) return false;
    return either.first === one.upper && either.second === other.upper;
  },
};

/** The session that a process was born in, as a premise says it. */
export interface Birth {
  readonly process: number;
  readonly session: number;
}

export function birthOf(claim: Claim | undefined): Birth | null {
  const born = as(claim, 'born in session');
  if (born) return born;
  const fact = as(claim, 'session');
  return fact && fact.session !== fact.process ? fact : null;
}

/** The sessions that a process was in, all its life: the one it was born in, and the one it leads. */
function wasNeverIn(claim: Claim | undefined, session: number): number {
  const birth = birthOf(claim);
  if (!birth || birth.session === session) return -1;
  return claim!.says === 'session' || birth.process !== session ? birth.process : -1;
}

/** Is nobody below the root above the leader of session c? */
function isThereFromTheStart(image: Image, c: number): boolean {
  return image.isFromOutside(c) || c === image.root;
}

const passage: Rule = {
  kernel: ['C4', 'E7', 'E10'],
  holds(image, [first, second, third, ...more], claim) {
    const [over, birth] = [as(first, 'above'), birthOf(second)];
    if (!over || !birth || more.length > 0 || over.lower !== birth.process) return false;
    const c = birth.session;
    if (wasNeverIn(third, c) !== over.upper) return false;
    if (isThereFromTheStart(image, c)) return claim.says === 'contradiction';
    return saysAbove(claim, over.upper, c);
  },
};

const between: Rule = {
  kernel: ['C4', 'E5', 'E7', 'E10'],
  holds(image, [first, second, third, ...rest], claim) {
    const [over, birth, born] = [as(first, 'above'), birthOf(second), as(claim, 'born in session')];
    if (!over || !birth || !born || over.lower !== birth.process) return false;
    const { upper } = over;
    const c = birth.session;
    const leads =
      third?.says === 'absent'
        ? third.process === upper
        : third?.says === 'session' && third.process === upper && third.session === upper;
    if (!leads || upper === c || upper === image.root) return false;
    if (born.process !== upper || born.session !== c) return false;
    if (isThereFromTheStart(image, c)) return rest.length === 0;
    return rest.length === 1 && saysAbove(rest[0], c, upper);
  },
};

const given: Rule = {
  kernel: [],
  holds(image, [first, ...more], claim) {
    const fact = as(first, 'given birth');
    if (!fact || more.length > 0 || !image.has(fact.ancestor)) return false;
    return saysAbove(claim, fact.ancestor, fact.process);
  },
};

const nearest: Rule = {
  kernel: [],
  holds(image, [first, second, third, ...more], claim) {
    const [fact, over, there] = [as(first, 'given birth'), as(second, 'above'), as(third, 'present')];
    if (!fact || !over || !there || more.length > 0) return false;
    if (over.lower !== fact.process || over.upper !== there.process) return false;
    if (fact.ancestor === 0) return claim.says === 'contradiction';
    if (over.upper === fact.ancestor || over.upper === image.root) return false;
    if (fact.ancestor === image.root) return claim.says === 'contradiction';
    return saysAbove(claim, over.upper, fact.ancestor);
  },
};

const nobody: Rule = {
  kernel: [],
  holds(image, [first, second, ...more], claim) {
    const fact = as(first, 'given birth');
    if (!fact || more.length > 0 || claim.says !== 'contradiction' || fact.ancestor === 0) return false;
    if (fact.ancestor === fact.process) return second === undefined;
    if (second?.says === 'root') return second.process === fact.process && fact.process === image.root;
    if (second?.says !== 'absent') return false;
    return second.process === fact.ancestor || second.process === fact.process;
  },
};

export const BIRTH_RULES = {
  parent,
  heredity,
  member,
  chain,
  circle,
  comparable,
  passage,
  between,
  given,
  nearest,
  nobody,
} satisfies Record<string, Rule>;
