/**
 * Rules about shared kernel objects (inherit-only resources, 5 and 6; docs/sharing.md has why they are sound).
 *
 * An object comes to a process from its creator only, so whoever ends with it, and everybody between them by birth at
 * that time, is a connected part of one tree of births. `circle of objects` needs nothing more. `shared objects` tries
 * every way in which a few processes could be born, leave what they hold, call setsid and execute themselves, with any
 * helpers and threads between them, and finds none.
 * This is the second decision of the kind: it follows the theorem, not the planner's search, and leaves nothing out.
 */

import type { Image } from './image.ts';
import type { SharedImage } from './needs-of-sharers.ts';
import { type Claim, CONTRADICTION, isSameClaim } from './proof.ts';
import { as, type Rule } from './rule.ts';
import { noWayToShare } from './ways-to-share.ts';

/** A parent that is not spoken of. */
const SOMEBODY_ELSE = -1;

/** Processes of which every way is tried. */
const MOST_TRIED = 10;

type Objects = Extract<Claim, { readonly says: 'objects' }>;

function objectsIn(premises: readonly Claim[]): Objects[] {
  return premises.flatMap((premise) => as(premise, 'objects') ?? []);
}

/** Two kinds, the same processes: the classes that several have, an edge for each process, close a circle. */
const circle: Rule = {
  kernel: ['I1', 'I2', 'I3', 'I20', 'I30', 'I40'],
  holds(_image, premises, claim) {
    const [a, b, ...more] = objectsIn(premises);
    if (!a || !b || more.length > 0 || premises.length !== 2 || a.kind === b.kind) return false;
    if (!isSameClaim(claim, CONTRADICTION) || a.processes.join() !== b.processes.join()) return false;
    const above = new Map<string, string>();
    const top = (node: string): string => {
      let at = node;
      while (above.has(at)) at = above.get(at)!;
      return at;
    };
    const edges = new Set<string>();
    for (let i = 0; i < a.processes.length; i++) {
      const [x, y] = [`a${a.classes[i]}`, `b${b.classes[i]}`];
      if (edges.has(x + y)) continue;
      edges.add(x + y);
      if (top(x) === top(y)) return true;
      above.set(top(x), top(y));
    }
    return false;
  },
};

/** Some kinds over the same processes, the root among them; of each who is above it, of all of them the session or of none. */
const sharedObjects: Rule = {
  kernel: ['A1', 'E5', 'I1', 'I2', 'I3', 'I4', 'I5', 'I20', 'I30', 'I35', 'I40', 'I41', 'I42', 'I56'],
  holds(image, premises, claim) {
    // A parent that is an init may have adopted, so it is not said here who is whose.
    if (!isSameClaim(claim, CONTRADICTION) || hasSignals(premises)) return false;
    if (premises.some(({ says }) => says === 'parent')) return false;
    const small = smallImage(image, premises);
    return small !== null && noWayToShare(small);
  },
};

/** The same with signals of processes, of whom the parent is told; in one pid namespace, whose init bears all. */
const exitSignals: Rule = {
  kernel: [
    'A1',
    'C3',
    'C8',
    'E5',
    'I1',
    'I2',
    'I3',
    'I4',
    'I5',
    'I20',
    'I30',
    'I35',
    'I40',
    'I41',
    'I42',
    'I56',
    'I81',
    'I82',
  ],
  holds(image, premises, claim) {
    if (!isSameClaim(claim, CONTRADICTION) || !hasSignals(premises)) return false;
    if (image.tree.namespaces.length > 1) return false;
    const small = smallImage(image, premises);
    return small !== null && noWayToShare(small);
  },
};

function hasSignals(premises: readonly Claim[]): boolean {
  return premises.some(({ says }) => says === 'exit signal');
}

/** Is the same thing of the same process there twice? */
function isSaidTwice(premises: readonly Claim[]): boolean {
  const said = premises.map((premise) =>
    'process' in premise ? `${premise.says} ${premise.process}` : JSON.stringify(premise),
  );
  return new Set(said).size < said.length;
}

/** The root, and whoever's place in the tree or session is told. */
function placed(image: Image, premises: readonly Claim[]): number[] {
  const told = premises.flatMap(
    (premise) => as(premise, 'parent') ?? as(premise, 'ancestor') ?? as(premise, 'session') ?? [],
  );
  return [...new Set([image.root, ...told.map(({ process }) => process)])];
}

function smallImage(image: Image, premises: readonly Claim[]): SharedImage | null {
  const objects = objectsIn(premises);
  const processes = objects[0]?.processes ?? placed(image, premises);
  if (processes.length > MOST_TRIED || processes[0] !== image.root) return null;
  if (objects.some((other) => other.processes.join() !== processes.join())) return null;
  const place = new Map(processes.map((pid, at) => [pid, at]));
  const parent: number[] = processes.map((_, at) => (at === 0 ? -1 : 0));
  const session: (number | null)[] = processes.map(() => null);
  const exitSignal: (number | null)[] = processes.map(() => null);
  const childOf: (number | null)[] = processes.map(() => null);
  const hasPlace = new Set<number>();
  if (hasSignals(premises) && isSaidTwice(premises)) return null;
  for (const premise of premises) {
    const above = as(premise, 'ancestor');
    const member = as(premise, 'session');
    const child = as(premise, 'parent');
    const signal = as(premise, 'exit signal');
    if (above || child) {
      const [p, q] = [place.get(above?.ancestor ?? child!.parent), place.get((above ?? child)!.process)];
      if (q === undefined || (p === undefined && !child)) return null;
      if (child) childOf[q] = p ?? SOMEBODY_ELSE;
      if (p === undefined) continue;
      if (hasPlace.has(q)) return null;
      hasPlace.add(q);
      parent[q] = p;
    } else if (signal) {
      const p = place.get(signal.process);
      if (p === undefined) return null;
      exitSignal[p] = signal.signal;
    } else if (member) {
      const p = place.get(member.process);
      if (p === undefined) return null;
      session[p] = member.session;
    } else if (!as(premise, 'objects')) return null;
  }
  const told = session.filter((s) => s !== null).length;
  if (told !== 0 && told !== processes.length) return null;
  if (exitSignal.some((signal, p) => signal !== null && (childOf[p] ?? SOMEBODY_ELSE) === SOMEBODY_ELSE))
    return null;
  return {
    pid: processes,
    parent,
    sessions: told === 0 ? null : session.map((s) => s!),
    outside: processes.map((_, at) => session[at] !== null && image.isFromOutside(session[at]!)),
    kinds: objects.map(({ kind }) => kind),
    classes: withSpacesOfHandlers(objects),
    zombie: processes.map((pid) => image.isZombie(pid)),
    childOf,
    exitSignal,
  };
}

/** Handlers are in one address space: where it is told of one who has them, it is that of all of them (K1). */
function withSpacesOfHandlers(objects: readonly Objects[]): (readonly number[])[] {
  const handlers = objects.find(({ kind }) => kind === 'sighand')?.classes;
  return objects.map(({ kind, classes }) => {
    if (kind !== 'vm' || !handlers) return classes;
    return classes.map((own, p) => {
      if (own !== -1 || handlers[p] === -1) return own;
      return classes.find((space, q) => space !== -1 && handlers[q] === handlers[p]) ?? -1;
    });
  });
}

export const SHARING_RULES = {
  'circle of objects': circle,
  'shared objects': sharedObjects,
  'exit signals': exitSignals,
} satisfies Record<string, Rule>;
