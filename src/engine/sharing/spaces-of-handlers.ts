/**
 * Address spaces of handlers of which nobody tells the space: of zombies, which nobody knows any more, and of the living where
 * the image leaves it out.
 *
 * In: a tree. Out: guesses, each a space for some of these classes of handlers, the likeliest first: that of the members
 * of a session which somebody of the class has led, that of its parents, then every space that several are in. A class
 * that a guess says nothing of has a space of its own, which is what the first guess is for all.
 * Every guess is a history of its own; none of them shows in the image. Cost: O(processes), and MOST guesses.
 */
import { ZOMBIE } from '../tree/process-columns.ts';
import { OUTSIDE, type ProcessTree } from '../tree/process-tree.ts';
import { classSizes } from '../tree/sharing.ts';
import { NOT_TOLD, SIGHAND, VM } from '../tree/sharing-columns.ts';

/** Handlers, by the name of their class → an address space, by the name of its class. */
export type SpacesOfHandlers = ReadonlyMap<number, number>;

/** Handlers, by the name of their class → who has them. */
export type ClassesOfHandlers = ReadonlyMap<number, readonly number[]>;

const MOST = 48;

export function* guessedSpaces(tree: ProcessTree, classes: ClassesOfHandlers): Generator<SpacesOfHandlers> {
  yield new Map();
  const spaces = tree.sharing?.classes[VM];
  if (classes.size === 0 || !spaces) return;
  const shared = sharedSpaces(spaces);
  const choices = [...classes].map(([handlers, members]) => ({
    handlers,
    spaces: [...new Set([...nearSpaces(tree, spaces, members), ...shared])],
  }));
  let count = 0;
  const likely = new Map(
    choices.flatMap(({ handlers, spaces: [first] }) => (first === undefined ? [] : [[handlers, first]])),
  );
  if (likely.size > 1) yield likely;
  // One class at a time, then each with the likeliest of all others.
  for (const others of [new Map<number, number>(), likely]) {
    for (const { handlers, spaces: candidates } of choices) {
      for (const space of candidates) {
        if (others === likely && likely.size < 2) return;
        if (count++ >= MOST) return;
        yield new Map([...others, [handlers, space]]);
      }
    }
  }
}

/** Those that at least two processes have, of whom nobody tells an address space. */
export function withoutSpace({ state, sharing }: ProcessTree): ClassesOfHandlers {
  const handlers = sharing?.classes[SIGHAND] ?? new Int32Array(0);
  const spaces = sharing?.classes[VM];
  const told = [...handlers.keys()].filter((i) => handlers[i] !== NOT_TOLD);
  const members = Map.groupBy(told, (i) => handlers[i]!);
  const tellsSpace = (i: number): boolean => state[i] !== ZOMBIE && (spaces?.[i] ?? NOT_TOLD) !== NOT_TOLD;
  for (const [name, all] of members) if (all.length < 2 || all.some(tellsSpace)) members.delete(name);
  return members;
}

/** Those of them that only zombies have. */
export function ofZombies({ state }: ProcessTree, classes: ClassesOfHandlers): ClassesOfHandlers {
  return new Map([...classes].filter(([, all]) => all.every((i) => state[i] === ZOMBIE)));
}

function nearSpaces(tree: ProcessTree, spaces: Int32Array, members: readonly number[]): number[] {
  const { size, pid, sid, parent, state } = tree;
  const led = new Set(members.filter((m) => sid[m] === pid[m]).map((m) => sid[m]!));
  const near: number[] = [];
  for (let i = 0; i < size && led.size > 0; i++)
    if (state[i] !== ZOMBIE && led.has(sid[i]!) && spaces[i] !== NOT_TOLD) near.push(spaces[i]!);
  for (const member of members) {
    const above = parent[member]!;
    if (above !== OUTSIDE && spaces[above] !== NOT_TOLD) near.push(spaces[above]!);
  }
  return near;
}

function sharedSpaces(spaces: Int32Array): number[] {
  const members = classSizes(spaces);
  return Array.from(members.keys()).filter((name) => members[name]! > 1);
}
