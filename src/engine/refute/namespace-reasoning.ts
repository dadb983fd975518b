/**
 * Applies the rules of births over nested pid namespaces (proof/namespace-rules.ts).
 *
 * In: the elements with what is known of them, and each new pair of which one is above the other. Out: more known facts,
 * or a contradiction. Cost: O(elements) a pair at worst.
 */

import { init, namespace, parent as parentOf } from '../proof/facts.ts';
import { OUTER } from '../proof/image.ts';
import { UNKNOWN } from './elements.ts';
import type { Reasoning } from './reasoning.ts';

export class NamespaceReasoning {
  private readonly reasoning: Reasoning;

  constructor(reasoning: Reasoning) {
    this.reasoning = reasoning;
  }

  /** p is above q. */
  applyTo(p: number, q: number): void {
    const { reasoning } = this;
    const { image } = reasoning.elements;
    const { known } = reasoning;
    const [upper, lower] = [reasoning.element(p), reasoning.element(q)];
    const line = known.lineOf(p, q);
    if (!image.isWithin(lower.home, upper.home)) {
      reasoning.contradict('down', [line, reasoning.homeLine(p), reasoning.homeLine(q)]);
      return;
    }
    if (lower.isInit && image.isWithin(upper.home, lower.home)) {
      reasoning.contradict('oldest', [line, this.initLine(q), reasoning.homeLine(p)]);
      return;
    }
    this.applySibling(p, q);
    if (this.isBoundary(p)) for (const a of reasoning.inside[q]!) this.applyBlock(a, p, q);
    if (this.isBoundary(q)) {
      for (const r of known.lowersOf(q)) if (reasoning.inside[r]!.includes(p)) this.applyBlock(p, q, r);
    }
  }

  /** Whoever is above q and deeper than q's parent made q by CLONE_PARENT. */
  private applySibling(p: number, q: number): void {
    const { reasoning } = this;
    const { known, elements } = reasoning;
    const { image } = elements;
    const [upper, lower] = [reasoning.element(p), reasoning.element(q)];
    const dead = lower.isPresent ? null : known.siblingsOf(q);
    if (!lower.isPresent && !dead) return;
    const parent = dead ? dead.value : image.parent(lower.number);
    if (parent < 0 || lower.number === image.root) return;
    const above = parent > 0 ? image.namespace(parent) : image.rootIsInit ? OUTER : 0;
    if (!image.isStrictlyWithin(upper.home, above)) return;
    const was = known.siblingsOf(p);
    if (was?.value === parent) return;
    const hangs = dead ? dead.line : reasoning.fact(parentOf(image, lower.number));
    const from = [known.lineOf(p, q), reasoning.homeLine(p), hangs, ...this.parentHome(parent)];
    const made = reasoning.say('sibling', from, {
      says: 'made siblings below',
      process: upper.number,
      parent,
    });
    if (was) {
      reasoning.contradict('strangers', [made, was.line]);
      return;
    }
    if (upper.isInit) {
      reasoning.contradict('no sibling of an init', [made, this.initLine(p)]);
      return;
    }
    const own = upper.isConcerned ? image.parent(upper.number) : -1;
    if (own >= 0 && own !== parent) {
      reasoning.contradict('strangers', [made, reasoning.fact(parentOf(image, upper.number))]);
      return;
    }
    known.setSiblings(p, parent, made);
  }

  /** Does y have its parent outside its namespace, as far as is known? */
  private isBoundary(y: number): boolean {
    const { home, hangsFrom } = this.reasoning.element(y);
    if (hangsFrom !== UNKNOWN) return hangsFrom !== home;
    return this.reasoning.known.siblingsOf(y) !== null;
  }

  /** a is above y, y above q, and a an ancestor of q inside one namespace: y is no boundary process of it. */
  private applyBlock(a: number, y: number, q: number): void {
    const { reasoning } = this;
    const { known } = reasoning;
    const { image } = reasoning.elements;
    const middle = reasoning.element(y);
    if (middle.home !== reasoning.element(a).home || !known.isAbove(a, y) || !known.isAbove(y, q)) return;
    const inside = reasoning.fact({
      says: 'ancestor inside',
      process: reasoning.element(q).number,
      ancestor: reasoning.element(a).number,
    });
    const from = [known.lineOf(a, y), known.lineOf(y, q), inside, reasoning.homeLine(y)];
    const made = known.siblingsOf(y);
    if (!middle.isPresent) {
      reasoning.contradict('block', [...from, made!.line]);
      return;
    }
    const parent = image.parent(middle.number);
    const hangs = reasoning.fact(parentOf(image, middle.number));
    reasoning.contradict('block', [...from, hangs, ...this.parentHome(parent)]);
  }

  /** The line that says where a parent lives; none for one outside the image. */
  private parentHome(parent: number): number[] {
    if (parent === 0) return [];
    const { reasoning } = this;
    return [reasoning.fact(namespace(reasoning.elements.image, parent))];
  }

  private initLine(e: number): number {
    const { reasoning } = this;
    return reasoning.fact(init(reasoning.elements.image, reasoning.element(e).number));
  }
}
