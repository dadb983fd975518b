/**
 * Marked births: which class each birth of a plan has to carry, so that its members have it from one object.
 *
 * In: the births that the steps make; the classes of one kind. Out: by birth the class that it carries, from the members of
 * each up to the lowest creator above all of them. A birth that would have to carry two cannot be.
 * Cost: O(steps).
 */
import type { StepBirths } from '../births/births-of-steps.ts';
import { int32s } from '../tree/scratch.ts';
import { NONE } from './moves.ts';

/** Classes at one node that are looked through. */
const FEW = 8;

/**
 * By node: the class that its birth carries, NONE. Null: two classes would have to come by one birth.
 * From the last birth up to the first, a class moves to the creator while its members are not all at one node.
 */
export function markedBirths({ creator, order, nodes }: StepBirths, classes: Int32Array): Int32Array | null {
  const label = int32s(nodes, NONE);
  /** At how many nodes a class stands; the classes that stand at a node, as linked lists. */
  const places = int32s(classes.length);
  const first = int32s(nodes, NONE);
  const following = int32s(classes.length + order.length);
  const standing = int32s(classes.length + order.length);
  const count = int32s(nodes);
  /** Those that stand at a node together with many, as node * classes + class. */
  const crowded = new Set<number>();
  const isThere = (node: number, name: number): boolean => {
    if (count[node]! > FEW) return crowded.has(node * classes.length + name);
    for (let at = first[node]!; at !== NONE; at = following[at]!) if (standing[at] === name) return true;
    return false;
  };
  let used = 0;
  const stand = (node: number, name: number): void => {
    if (isThere(node, name)) {
      places[name]!--;
      return;
    }
    standing[used] = name;
    following[used] = first[node]!;
    first[node] = used++;
    if (++count[node]! <= FEW) return;
    const isFirst = count[node] === FEW + 1;
    for (let at = first[node]!; at !== NONE; at = isFirst ? following[at]! : NONE)
      crowded.add(node * classes.length + standing[at]!);
  };
  for (let i = 0; i < classes.length; i++) {
    if (classes[i] === NONE) continue;
    places[classes[i]!]!++;
    stand(i, classes[i]!);
  }
  for (let i = order.length - 1; i >= 0; i--) {
    const node = order[i]!;
    for (let at = first[node]!; at !== NONE; at = following[at]!) {
      const name = standing[at]!;
      if (places[name] === 1) continue;
      if (label[node] !== NONE) return null;
      label[node] = name;
      stand(creator[node]!, name);
    }
  }
  for (let name = 0; name < classes.length; name++) if (places[name]! > 1) return null;
  return label;
}
