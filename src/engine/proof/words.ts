/**
 * A proof in words: with the words for facts (fact-words.ts) the only place where it gets any.
 *
 * In: a proof. Out: a sentence for each line. What is told in the sentence of a step needs no sentence of its own, so a
 * derivation for people has the steps alone; the facts have sentences for whoever asks for them.
 * Cost: O(lines).
 */

import { FactWords } from './fact-words.ts';
import type { Claim, Line, Proof } from './proof.ts';
import { IMAGE, REMAINS, SUPPOSE } from './proof.ts';
import { as } from './rule.ts';
import { RULE_STATEMENTS, type RuleName } from './rule-statements.ts';

export interface ToldLine {
  readonly text: string;
  /** Of how many suppositions it is a part. */
  readonly depth: number;
}

/** By place in the proof. */
export function tellProof(proof: Proof): ToldLine[] {
  const teller = new Teller(proof);
  let depth = 0;
  return proof.lines.map((line) => {
    if (line.rule === REMAINS) depth--;
    const told = { text: line.rule === IMAGE ? teller.fact(line.claim) : teller.step(line), depth };
    if (line.rule === SUPPOSE) depth++;
    return told;
  });
}

/** What a rule says. */
export function statementOf(rule: string): string {
  return RULE_STATEMENTS[rule as RuleName];
}

const INDENT = '  ';

/** The steps, without the facts, indented by their depth. */
export function derivationOf(proof: Proof): string[] {
  return tellProof(proof)
    .filter((_, at) => proof.lines[at]!.rule !== IMAGE)
    .map(({ text, depth }) => INDENT.repeat(depth) + text);
}

/** The premises of a step, by what they say. */
type Premises = readonly Claim[];

class Teller extends FactWords {
  private readonly proof: Proof;

  constructor(proof: Proof) {
    super(proof.names);
    this.proof = proof;
  }

  step({ rule, from, claim }: Line): string {
    const premises = from.map((at) => this.proof.lines[at]!.claim);
    const sentence = this.birthStep(rule, premises, claim) ?? this.namespaceStep(rule, premises, claim);
    const text = sentence ?? this.groupStep(rule, premises, claim) ?? this.brokenRule(rule, premises);
    return text.replaceAll(',.', '.').replaceAll(',:', ':');
  }

  private birthStep(rule: string, premises: Premises, claim: Claim): string | null {
    const [first, second] = [as(premises[0], 'above'), as(premises[1], 'above')];
    const above = as(claim, 'above');
    switch (rule) {
      case 'parent':
        return `${this.name(above!.upper)} is the parent of ${this.name(above!.lower)} in the tree, and a parent is always an ancestor by birth.`;
      case 'heredity':
        return `${this.name(above!.upper)} is an ancestor of ${this.name(above!.lower)} in the tree, and a parent is always an ancestor by birth.`;
      case 'member':
        return `${this.name(above!.lower)} is in session ${above!.upper}: it descends from ${this.leader(above!.upper)}.`;
      case 'chain':
        return `So ${this.name(above!.lower)} descends from ${this.name(above!.upper)}, by way of ${this.name(first!.lower)}.`;
      case 'circle': {
        const [p, y] = [this.name(first!.upper), this.name(first!.lower)];
        return `So ${p} would descend from ${y}, and ${y} from ${p}: nobody is an ancestor of its own ancestor.`;
      }
      case 'comparable':
        return `${this.name(first!.upper)} and ${this.name(second!.upper)} are both above ${this.name(first!.lower)}, so one of them is above the other.`;
      case SUPPOSE:
        return `Suppose ${this.name(above!.upper)} is above ${this.name(above!.lower)}.`;
      case REMAINS:
        return `So it is the other way round: ${this.name(above!.upper)} is above ${this.name(above!.lower)}.`;
      case 'passage':
        return this.passage(premises, claim);
      case 'between': {
        const born = as(claim, 'born in session')!;
        const p = this.name(born.process);
        return `${p} stands between ${this.leader(born.session)} and ${this.name(first!.lower)}, which was born in ${this.session(born.session)}: so ${p} was born in ${this.session(born.session)}.`;
      }
      case 'given':
        return `${this.name(above!.upper)} is given as the closest alive born ancestor of ${this.name(above!.lower)}, so it is above ${this.name(above!.lower)}.`;
      case 'nearest': {
        const given = as(premises[0], 'given birth')!;
        const stands = `${this.name(second!.upper)} is in the image and above ${this.name(second!.lower)}`;
        const closest = `the closest alive born ancestor of ${this.name(second!.lower)} is given as ${this.ancestor(given.ancestor)}`;
        return above
          ? `${stands}, and ${closest}: so ${this.name(second!.upper)} is above ${this.ancestor(given.ancestor)} too.`
          : `${stands}, but ${closest}, below whom nobody of the image stands between.`;
      }
      case 'nobody': {
        const given = as(premises[0], 'given birth')!;
        const said = `${given.ancestor} is given as the closest alive born ancestor of ${given.process}`;
        const absent = as(premises[1], 'absent');
        if (absent) return `${said}, but ${absent.process} is not in the image.`;
        if (premises.length === 1) return `${said}, but a process does not descend from itself.`;
        return `${said}, but the root descends from nobody in the image.`;
      }
      default:
        return null;
    }
  }

  private passage(premises: Premises, claim: Claim): string {
    const over = as(premises[0], 'above')!;
    const c = sessionOf(premises[1]!);
    const p = this.name(over.upper);
    const birth = sessionOf(premises[2]!);
    const was =
      premises[2]!.says === 'session'
        ? `it has session ${birth} from birth`
        : `born in ${birth}, it leads ${over.upper}`;
    const never = `${p} was never in ${this.session(c)} (${was}), but ${this.name(over.lower)} below it was born in that session`;
    if (claim.says === 'above') return `${never}: so ${this.leader(c)} is below ${p} too.`;
    const whose =
      c === this.names.root ? `its leader is the root ${c}` : 'that session is there before anybody is born';
    return `${never}: ${whose}, so it would have to pass through ${p}.`;
  }

  private namespaceStep(rule: string, premises: Premises, claim: Claim): string | null {
    const over = as(premises[0], 'above');
    const homeOf = (at: number): string => {
      const place = as(premises[at], 'namespace') ?? as(premises[at], 'lived in');
      return place ? this.namespace(place.namespace) : '';
    };
    switch (rule) {
      case 'vanished': {
        const shown = as(premises[0], 'numbers')!;
        const place = as(claim, 'lived in')!;
        return `${this.name(shown.process)} sees a number of session ${place.process} down to ${this.namespace(place.namespace)}, so ${this.leader(place.process)} lived there.`;
      }
      case 'down':
        return `But ${this.name(over!.lower)} lives in ${homeOf(2)} and ${this.name(over!.upper)} in ${homeOf(1)}: who is born below somebody lives in the same pid namespace, or below it.`;
      case 'oldest': {
        const init = as(premises[1], 'init')!;
        return `${init.process} is the init of ${this.namespace(init.namespace)}, so it is older than everybody else there, but ${this.name(over!.upper)} above it lives in ${homeOf(2)}.`;
      }
      case 'sibling': {
        const made = as(claim, 'made siblings below')!;
        return `${this.name(made.process)} lives in ${homeOf(1)}, and ${this.name(over!.lower)} below it has ${this.parent(made.parent)} for a parent, outside: so it was made by CLONE_PARENT, and whatever parent one of the siblings has, the others have.`;
      }
      case 'strangers': {
        const made = as(premises[0], 'made siblings below')!;
        const other = as(premises[1], 'made siblings below') ?? as(premises[1], 'parent')!;
        const what =
          premises[1]!.says === 'parent' ? 'its parent is' : 'another sibling of it has the parent';
        return `The siblings that ${this.name(made.process)} made hang from ${this.parent(made.parent)}, but ${what} ${this.parent(other.parent)}.`;
      }
      case 'no sibling of an init': {
        const init = as(premises[1], 'init')!;
        return `But ${init.process} is the init of ${this.namespace(init.namespace)}, and an init cannot use CLONE_PARENT.`;
      }
      case 'block': {
        const [upper, lower] = [as(premises[0], 'above')!, as(premises[1], 'above')!];
        return `${this.name(upper.lower)} stands between ${this.name(upper.upper)} and ${this.name(lower.lower)} in ${homeOf(3)}, but its own parent is outside that pid namespace: orphans below it never come past it, so ${this.name(lower.lower)} could not hang below ${this.name(upper.upper)}.`;
      }
      default:
        return null;
    }
  }

  private groupStep(rule: string, premises: Premises, claim: Claim): string | null {
    const was = as(claim, 'always in group') ?? as(claim, 'born in group') ?? as(claim, 'was in group');
    const said = premises.find(
      ({ says }) => says === 'always in group' || says === 'born in group' || says === 'was in group',
    );
    const below = said && 'process' in said ? this.name(said.process) : '';
    switch (rule) {
      case 'always in group':
        return `Nobody could have set ${this.name(was!.process)} into ${this.group(was!.group)}: it was born in it and never left it.`;
      case 'inherited group':
        return `${below} was born in ${this.group(was!.group)}, and nobody could have set ${this.name(was!.process)} above it into that group either: it was born in it too.`;
      case 'brought in':
        return `${below} was born in ${this.group(was!.group)}, which nobody in its pid namespace could be set into: so ${this.name(was!.process)} above it was in that group.`;
      case 'group from birth':
        return `Nobody could have set ${this.name(was!.process)} into ${this.group(was!.group)}: it was born in it.`;
      case 'one group': {
        const [one, other] = premises.map((premise) => ('group' in premise ? this.group(premise.group) : ''));
        return `${below} cannot have been in ${one} from birth and in ${other} too.`;
      }
      case 'N6': {
        const stays = as(premises[0], 'always in group')!;
        const member = as(premises[1], 'group')!;
        return `${member.process} is in group ${stays.process}, which only ${stays.process} can have made, but ${stays.process} was always in ${this.group(stays.group)}.`;
      }
      default:
        return null;
    }
  }

  /** A local rule: what it says, and the facts that break it. */
  private brokenRule(rule: string, premises: Premises): string {
    const facts = premises.map((premise) => this.fact(premise).slice(0, -1));
    return `${statementOf(rule)} But: ${facts.join('; ')}.`;
  }
}

/** The session that a premise says a process was born in. */
function sessionOf(claim: Claim): number {
  return claim.says === 'session' || claim.says === 'born in session' ? claim.session : 0;
}
