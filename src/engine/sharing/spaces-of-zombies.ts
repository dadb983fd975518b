/**
 * Address spaces of zombies that share their signal handlers with zombies only: nobody knows any more which they were.
 *
 * In: a tree. Out: guesses, each a space for some of these classes of handlers, the likeliest first: that of the members
 * of a session which a zombie of the class has led, that of its parents, then every space that several are in. A class
 * that a guess says nothing of has a space of its own, which is what the first guess is for all.
 * Every guess is a history of its own; none of them shows in the image. Cost: O(processes), and MOST guesses.
 */
import { ZOMBIE } from '../tree/process-columns.ts';
import { OUTSIDE, type ProcessTree } from '../tree/process-tree.ts';
import { classSizes } from '../tree/sharing.ts';
import { NOT_TOLD, SIGHAND, VM } from '../tree/sharing-columns.ts';

/** Handlers, by the name of their class → an address space, by the name of its class. */
export type SpacesOfZombies = ReadonlyMap<number, number>;

const MOST = 48;

export function* spacesOfZombies(tree: ProcessTree): Generator<SpacesOfZombies> {
  yield new Map();
  const classes = deadClasses(tree);
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

/** Members of the classes of handlers that at least two zombies have, and nobody who lives. */
export function deadClasses({ state, sharing }: ProcessTree): Map<number, number[]> {
  const handlers = sharing?.classes[SIGHAND] ?? new Int32Array(0);
  const told = [...handlers.keys()].filter((i) => handlers[i] !== NOT_TOLD);
  const members = Map.groupBy(told, (i) => handlers[i]!);
  for (const [name, all] of members)
    if (all.length < 2 || all.some((i) => state[i] !== ZOMBIE)) members.delete(name);
  return members;
}

function nearSpaces(tree: ProcessTree, spaces: Int32Array, zombies: readonly number[]): number[] {
  const { size, pid, sid, parent, state } = tree;
  const led = new Set(zombies.filter((z) => sid[z] === pid[z]).map((z) => sid[z]!));
  const near: number[] = [];
  for (let i = 0; i < size && led.size > 0; i++)
    if (state[i] !== ZOMBIE && led.has(sid[i]!) && spaces[i] !== NOT_TOLD) near.push(spaces[i]!);
  for (const zombie of zombies) {
    const above = parent[zombie]!;
    if (above !== OUTSIDE && spaces[above] !== NOT_TOLD) near.push(spaces[above]!);
  }
  return near;
}

function sharedSpaces(spaces: Int32Array): number[] {
  const members = classSizes(spaces);
  return Array.from(members.keys()).filter((name) => members[name]! > 1);
}
