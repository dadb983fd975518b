/**
 * Applies the rules of groups that can only be inherited (proof/group-rules.ts).
 *
 * In: the elements with what is known of them, and each new pair of which one is above the other. Out: more known facts,
 * or a contradiction. Which members show that a group is not seen is found by asking the rule itself, so nothing is said
 * that the checker would refuse. Cost: O(members of the group + ancestors inside) a pair.
 */

import { group, numbers } from '../proof/facts.ts';
import { GROUP_RULES } from '../proof/group-rules.ts';
import type { Image } from '../proof/image.ts';
import { type Claim, CONTRADICTION, type Fact } from '../proof/proof.ts';
import type { Reasoning } from './reasoning.ts';

export class GroupReasoning {
  private readonly reasoning: Reasoning;
  /** By group: processes that are in it. */
  private readonly members: ReadonlyMap<number, readonly number[]>;
  /** By element: the line that says that it never left its group. */
  private readonly stays: (number | undefined)[] = [];

  constructor(reasoning: Reasoning) {
    this.reasoning = reasoning;
    const { concerned, image } = reasoning.elements;
    this.members = Map.groupBy(concerned, (process) => image.group(process));
  }

  /** Who never left its group. */
  begin(): void {
    const { reasoning } = this;
    const { image, list } = reasoning.elements;
    for (const [e, { number, isConcerned }] of list.entries()) {
      if (!isConcerned || number === image.root) continue;
      const line = alwaysInGroup(reasoning, number);
      if (line === null) continue;
      this.stays[e] = line;
      this.bornIn(e, image.group(number), line);
    }
  }

  /** p is above q. */
  applyTo(p: number, q: number): void {
    const born = this.reasoning.known.birthGroupOf(q);
    if (born) this.applyBirth(p, q, born.value, born.line);
  }

  /** q was born in a group, and p is above it. */
  private applyBirth(p: number, q: number, group: number, line: number): void {
    const { reasoning } = this;
    const { known, elements } = reasoning;
    const { image } = elements;
    if (known.birthGroupOf(p)?.value === group) return;
    const claim: Claim = { says: 'born in group', process: reasoning.element(p).number, group };
    const from = [line, known.lineOf(p, q)];
    const shown = (member: number): Fact[][] => [[numbers(image, member, 'group')]];
    const born = sayByOne(reasoning, 'inherited group', from, this.membersOf(group), shown, claim);
    if (born !== null) this.bornIn(p, group, born);
  }

  private membersOf(group: number): readonly number[] {
    return this.members.get(group) ?? [];
  }

  private bornIn(e: number, group: number, line: number): void {
    const { reasoning } = this;
    const { known } = reasoning;
    const born = known.birthGroupOf(e);
    if (born) {
      if (born.value !== group) reasoning.contradict('one group', [born.line, line]);
      return;
    }
    known.setBirthGroup(e, group, line);
    for (const x of reasoning.inside[e]!) this.bringIn(x, e, group, line);
  }

  /** e was born in a group, and x is above it inside one namespace. */
  private bringIn(x: number, e: number, group: number, line: number): void {
    const { reasoning } = this;
    const { known } = reasoning;
    const { image } = reasoning.elements;
    if (known.groupsOf(x).some(({ value }) => value === group)) return;
    const process = reasoning.element(x).number;
    const inside: Fact = { says: 'ancestor inside', process: reasoning.element(e).number, ancestor: process };
    const claim: Claim = { says: 'was in group', process, group };
    const shown = (member: number): Fact[][] => [[inside, numbers(image, member, 'group')]];
    const was = sayByOne(reasoning, 'brought in', [line], this.membersOf(group), shown, claim);
    if (was === null) return;
    known.addGroup(x, group, was);
    const stays = this.stays[x];
    if (stays !== undefined && image.group(process) !== group)
      reasoning.contradict('one group', [stays, was]);
    else this.fromBirth(x, group, was);
  }

  /** x was in a group that nobody could set it into. */
  private fromBirth(x: number, group: number, was: number): void {
    const { reasoning } = this;
    const { image } = reasoning.elements;
    const claim: Claim = { says: 'born in group', process: reasoning.element(x).number, group };
    const shown = (member: number): Fact[][] => evidences(image, member);
    const born = sayByOne(reasoning, 'group from birth', [was], this.membersOf(group), shown, claim);
    if (born !== null) this.bornIn(x, group, born);
  }
}

type Noted = Pick<Reasoning, 'elements' | 'notes'>;

/** The line that says the claim from these lines and the first facts that a member shows of which the rule holds; null: none. */
function sayByOne(
  { elements: { image }, notes }: Noted,
  rule: keyof typeof GROUP_RULES,
  from: readonly number[],
  members: readonly number[],
  shown: (member: number) => readonly (readonly Fact[])[],
  claim: Claim,
): number | null {
  const lines = from.map((line) => notes.claim(line));
  for (const member of members) {
    for (const facts of shown(member)) {
      if (!GROUP_RULES[rule].holds(image, [...lines, ...facts], claim)) continue;
      return notes.add(rule, [...from, ...facts.map((fact) => notes.fact(fact))], claim);
    }
  }
  return null;
}

/** The line that says that a process never left its group; null where it may have. */
function alwaysInGroup(noted: Noted, process: number): number | null {
  const { image } = noted.elements;
  const claim: Claim = { says: 'always in group', process, group: image.group(process) };
  const shown = (member: number): Fact[][] =>
    evidences(image, member).map((facts) => [group(image, member), ...facts]);
  return sayByOne(noted, 'always in group', [], [process], shown, claim);
}

/** A group with the number of a process that never left another one: the contradiction, or null. */
export function foreignOwner(noted: Noted): number | null {
  const { notes, elements } = noted;
  const { image, concerned } = elements;
  for (const process of concerned) {
    const owner = image.group(process);
    if (owner === process || !concerned.includes(owner) || image.group(owner) === owner) continue;
    const stays = alwaysInGroup(noted, owner);
    if (stays === null) continue;
    return notes.add('N6', [stays, notes.fact(group(image, process))], CONTRADICTION);
  }
  return null;
}

/** What a member shows of its group, and of its session too where that is needed. */
function evidences(image: Image, member: number): Fact[][] {
  const shown = numbers(image, member, 'group');
  return [[shown], [shown, numbers(image, member, 'session')]];
}
