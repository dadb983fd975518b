/**
 * Components that a search could not place, so that none is tried twice.
 *
 * In: a component as a range of elements, and what else decides whether it can be placed. Out: has it failed before?
 * Invariant: no answer depends on a hash: it finds candidates, elements are compared.
 * Cost: O(component) a question; memory is that of the failed components.
 */

import type { Component } from './components.ts';

/** −1 and 0 where it does not matter. */
export interface Tie {
  /** The process that the component would be put below. */
  readonly above: number;
  /** The youngest birth on the way down to it. */
  readonly youngest: number;
  /** Over several namespaces: what lies beyond the block there. */
  readonly beyond: string;
}

interface Failure extends Tie {
  readonly elements: Int32Array;
}

export class FailedComponents {
  private readonly words: Int32Array;
  private readonly byKey = new Map<number, Failure[]>();

  constructor(elements: number) {
    this.words = randomWords(elements);
  }

  clear(): void {
    this.byKey.clear();
  }

  add(elements: Int32Array, from: number, to: number, tie: Tie): void {
    const failure = { ...tie, elements: elements.slice(from, to) };
    const key = this.keyOf(elements, from, to);
    const others = this.byKey.get(key);
    if (others) others.push(failure);
    else this.byKey.set(key, [failure]);
  }

  has({ elements, from, to, mark, stamp }: Component, { above, youngest, beyond }: Tie): boolean {
    if (this.byKey.size === 0) return false;
    for (const failure of this.byKey.get(this.keyOf(elements, from, to)) ?? []) {
      if (failure.above !== above || failure.youngest !== youngest || failure.beyond !== beyond) continue;
      if (failure.elements.length !== to - from) continue;
      if (failure.elements.every((e) => mark[e] === stamp)) return true;
    }
    return false;
  }

  private keyOf(elements: Int32Array, from: number, to: number): number {
    let key = 0;
    for (let i = from; i < to; i++) key ^= this.words[elements[i]!]!;
    return key;
  }
}

/** The same words every time: answers do not depend on chance, only the spread of keys does. */
function randomWords(count: number): Int32Array {
  const words = new Int32Array(count);
  let state = 0x9e3779b9;
  for (let i = 0; i < count; i++) {
    state = (state + 0x6d2b79f5) | 0;
    let word = Math.imul(state ^ (state >>> 15), state | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    words[i] = word ^ (word >>> 14);
  }
  return words;
}
