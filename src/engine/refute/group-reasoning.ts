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
    const process = reasoning.element(p).number;
    if (known.birthGroupOf(p)?.value === group) return;
    for (const member of this.members.get(group) ?? []) {
      const shown = numbers(image, member, 'group');
      const over = known.lineOf(p, q);
      const claim: Claim = { says: 'born in group', process, group };
      const premises = [reasoning.notes.claim(line), reasoning.notes.claim(over), shown];
      if (!GROUP_RULES['inherited group'].holds(image, premises, claim)) continue;
      this.bornIn(p, group, reasoning.say('inherited group', [line, over, reasoning.fact(shown)], claim));
      return;
    }
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
    for (const member of this.members.get(group) ?? []) {
      const shown = numbers(image, member, 'group');
      const claim: Claim = { says: 'was in group', process, group };
      if (!GROUP_RULES['brought in'].holds(image, [reasoning.notes.claim(line), inside, shown], claim))
        continue;
      const from = [line, reasoning.fact(inside), reasoning.fact(shown)];
      const was = reasoning.say('brought in', from, claim);
      known.addGroup(x, group, was);
      const stays = this.stays[x];
      if (stays !== undefined && image.group(process) !== group) {
        reasoning.contradict('one group', [stays, was]);
        return;
      }
      this.fromBirth(x, group, was);
      return;
    }
  }

  /** x was in a group that nobody could set it into. */
  private fromBirth(x: number, group: number, was: number): void {
    const { reasoning } = this;
    const { image } = reasoning.elements;
    const process = reasoning.element(x).number;
    const claim: Claim = { says: 'born in group', process, group };
    for (const member of this.members.get(group) ?? []) {
      for (const evidence of evidences(image, member)) {
        const premises = [reasoning.notes.claim(was), ...evidence];
        if (!GROUP_RULES['group from birth'].holds(image, premises, claim)) continue;
        const from = [was, ...evidence.map((fact) => reasoning.fact(fact))];
        this.bornIn(x, group, reasoning.say('group from birth', from, claim));
        return;
      }
    }
  }
}

/** The line that says that a process never left its group; null where it may have. */
function alwaysInGroup(
  { elements, notes }: Pick<Reasoning, 'elements' | 'notes'>,
  process: number,
): number | null {
  const { image } = elements;
  const claim: Claim = { says: 'always in group', process, group: image.group(process) };
  for (const evidence of evidences(image, process)) {
    const premises = [group(image, process), ...evidence];
    if (GROUP_RULES['always in group'].holds(image, premises, claim))
      return notes.add(
        'always in group',
        premises.map((premise) => notes.fact(premise)),
        claim,
      );
  }
  return null;
}

/** A group with the number of a process that never left another one: the contradiction, or null. */
export function foreignOwner(reasoning: Pick<Reasoning, 'elements' | 'notes'>): number | null {
  const { notes, elements } = reasoning;
  const { image, concerned } = elements;
  for (const process of concerned) {
    const owner = image.group(process);
    if (owner === process || !concerned.includes(owner) || image.group(owner) === owner) continue;
    const stays = alwaysInGroup(reasoning, owner);
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
