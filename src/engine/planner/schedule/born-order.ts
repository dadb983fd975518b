/**
 * Born order: elements with everybody numbered as the walk of the births meets them.
 *
 * The indexes of a tree are breadth first by wanted parents. Orphans hang far from where they are born, so that a walk
 * of many births jumps through every column; numbered as they are born, neighbours there are neighbours in memory.
 * In: elements of one pid namespace that have indexes of their own (plain-births.ts). Out: the same with other ones,
 * processes before dead leaders as ever.
 * Invariant: children keep their order below their creator. Cost: O(elements).
 */

import { unsetInt32s, withScratch } from '../../tree/scratch.ts';
import { preorderOf } from './origin-walk.ts';
import { elementsAt, type NotPlain } from './plain-births.ts';

export function inBornOrder({ elements, was }: NotPlain): NotPlain {
  const { size } = elements;
  const born = unsetInt32s(was.length);
  const is = unsetInt32s(was.length);
  withScratch(() => {
    const preorder = preorderOf(elements);
    let process = 0;
    let dead = size;
    for (let at = 0; at < preorder.length; at++) {
      const e = preorder[at]!;
      is[e] = e < size ? process++ : dead++;
      born[is[e]!] = e;
    }
  });
  const wasInWhole = unsetInt32s(was.length);
  for (let k = 0; k < was.length; k++) wasInWhole[k] = was[born[k]!]!;
  return { elements: elementsAt(elements, born, is), was: wasInWhole };
}
