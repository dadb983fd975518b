/**
 * An oracle for nested pid namespaces that shares nothing with the planner: it does every call that the kernel allows
 * to small trees of processes, and so enumerates which trees there are.
 *
 * A state is a text with one character a process, equal for states that differ only in the order of processes.
 * With births, a state has who made whom as well: who is made by somebody that has died was made by that one's creator.
 * Calls: clone into the caller's namespace, into an existing one below (setns, clone, setns home) or with CLONE_NEWPID
 * into a new one; each with CLONE_PARENT, where that is allowed, unless the caller is an init; setsid; exit with the wait after it, where the
 * orphans fall to any ancestor reached through the namespace of the dead, or to its init. Inits never exit.
 */

import { mixed } from '../../canonical-orders.ts';
import type { NamespaceForest, NestedModelTree } from './enumeration.ts';

/** A tree in which some namespaces may not exist yet: their init is −1. */
type State = NestedModelTree & {
  /** Closest alive born ancestor of each process, −1 for the root; where births are told apart. */
  readonly creator?: readonly number[];
};

const UNMADE = -1;

/** Codes of all trees, of `sizes` processes, with every namespace made, that calls lead to; `most` live at a time. */
export function reachableCodes(
  forest: NamespaceForest,
  most: number,
  allowCloneParent = true,
  withBirths = false,
): Set<string> {
  const known = new Set<string>([startCode(forest, withBirths)]);
  // A set gives what is added while it is walked.
  for (const code of known) {
    const state = stateOf(code, forest.length, withBirths);
    for (const next of successors(forest, state, most, allowCloneParent)) known.add(codeOf(next));
  }
  return known;
}

/**
 * By code of a tree: the fewest births of any history that leads to it, for all trees that some history with `most`
 * births leads to. A helper is a birth that the tree does not show: births, but for the processes beside the root.
 */
export function fewestBirths(forest: NamespaceForest, most: number): Map<string, number> {
  const fewest = new Map<string, number>();
  let layer = new Set([startCode(forest, false)]);
  for (let births = 0; births <= most; births++) {
    const later = new Set<string>();
    for (const code of layer) {
      if (fewest.has(code)) continue;
      fewest.set(code, births);
      const state = stateOf(code, forest.length, false);
      for (const next of successors(forest, state, births < most ? most + 1 : 0, true)) {
        (next.parent.length > state.parent.length ? later : layer).add(codeOf(next));
      }
    }
    layer = later;
  }
  return fewest;
}

function startCode(forest: NamespaceForest, withBirths: boolean): string {
  return codeOf({
    parent: [-1],
    namespace: [0],
    init: forest.map((_, m) => (m === 0 ? 0 : UNMADE)),
    session: [0],
    deadHome: [],
    ...(withBirths && { creator: [-1] }),
  });
}

function* successors(
  forest: NamespaceForest,
  state: State,
  most: number,
  allowCloneParent: boolean,
): Generator<State> {
  const { parent, namespace, init, session } = state;
  for (const [c, home] of namespace.entries()) {
    const isInit = init.includes(c);
    if (parent.length < most) {
      for (let m = 0; m < forest.length; m++) {
        const makes = init[m] === UNMADE;
        if (makes ? forest[m] !== home : !isWithin(forest, m, home)) continue;
        yield withChild(state, c, c, m, makes);
        if (!isInit && allowCloneParent) yield withChild(state, c, parent[c]!, m, makes);
      }
    }
    if (session[c] !== c + 1) yield { ...state, session: session.with(c, c + 1) };
    if (isInit) continue;
    let adopter = parent[c]!;
    for (; namespace[adopter] === home && adopter !== init[home]; adopter = parent[adopter]!) {
      yield without(state, c, adopter);
    }
    yield without(state, c, init[home]!);
  }
}

function isWithin(forest: NamespaceForest, inner: number, outer: number): boolean {
  let m = inner;
  while (m > outer) m = forest[m]!;
  return m === outer;
}

function withChild(state: State, creator: number, father: number, home: number, makes: boolean): State {
  const { parent, namespace, init, session, deadHome, creator: creators } = state;
  const n = parent.length;
  // Dead sessions have numbers above n; make room for process n.
  const sessions = session.map((s) => (s > n ? s + 1 : s));
  return {
    parent: [...parent, father],
    namespace: [...namespace, home],
    init: makes ? init.with(home, n) : init,
    session: [...sessions, sessions[creator]!],
    deadHome,
    ...(creators && { creator: [...creators, creator] }),
  };
}

/** The state after process f has died and been reaped, its children being adopted. A session that it led goes on. */
function without(
  { parent, namespace, init, session, deadHome, creator }: State,
  f: number,
  adopter: number,
): State {
  const n = parent.length;
  const moved = (i: number): number => (i > f ? i - 1 : i);
  const fathers = parent.map((p) => (p < 0 ? p : moved(p === f ? adopter : p)));
  const orphaned = n + deadHome.length;
  const sessions = session.map((s) => {
    if (s === f + 1) return orphaned;
    return s > f + 1 ? s - 1 : s;
  });
  return {
    parent: fathers.toSpliced(f, 1),
    namespace: namespace.toSpliced(f, 1),
    init: init.map(moved),
    session: sessions.toSpliced(f, 1),
    deadHome: [...deadHome, namespace[f]!],
    ...(creator && {
      creator: creator.map((c) => (c < 0 ? c : moved(c === f ? creator[f]! : c))).toSpliced(f, 1),
    }),
  };
}

/** Equal for states that differ only in the order of processes: the least text of all orders worth trying. */
export function codeOf(state: State): string {
  const colour = coloursOf(state);
  const order = [...colour.keys()].sort((a, b) => colour[a]! - colour[b]!);
  let least = textOf(state, order);
  if (order.every((v, at) => at === 0 || colour[v] !== colour[order[at - 1]!])) return least;
  for (const other of ordersWithin(order, colour)) {
    const text = textOf(state, other);
    if (text < least) least = text;
  }
  return least;
}

/** Colours that tell processes apart as far as their neighbours and the members of their sessions do. */
function coloursOf({ parent, namespace, init, session, deadHome }: State): number[] {
  const n = parent.length;
  let colour = parent.map((p, i) => {
    const s = session[i]!;
    const kind = s === 0 ? 0 : s === i + 1 ? 1 : s <= n ? 2 : 3 + deadHome[s - n - 1]!;
    return ((kind * 8 + namespace[i]!) * 2 + (init[namespace[i]!] === i ? 1 : 0)) * 2 + (p < 0 ? 1 : 0);
  });
  for (let round = 0; round < 3; round++) {
    const below = new Array<number>(n).fill(0);
    const members = new Array<number>(n + 1 + deadHome.length).fill(0);
    for (let i = 0; i < n; i++) {
      const shade = mixed(colour[i]!, 17);
      if (parent[i]! >= 0) below[parent[i]!] = (below[parent[i]!]! + shade) | 0;
      members[session[i]!] = (members[session[i]!]! + shade) | 0;
    }
    colour = colour.map((c, i) => {
      const above = parent[i]! >= 0 ? colour[parent[i]!]! : 5;
      const leader = session[i]! > 0 && session[i]! <= n ? colour[session[i]! - 1]! : 3;
      return mixed(mixed(mixed(mixed(c, above), below[i]!), members[session[i]!]!), leader);
    });
  }
  return colour;
}

/** All orders by colour: those of one colour in every order. */
function* ordersWithin(sorted: readonly number[], colour: readonly number[]): Generator<number[]> {
  if (sorted.length === 0) {
    yield [];
    return;
  }
  for (let at = 0; at < sorted.length && colour[sorted[at]!] === colour[sorted[0]!]; at++) {
    for (const rest of ordersWithin(sorted.toSpliced(at, 1), colour)) yield [sorted[at]!, ...rest];
  }
}

/** A character a process: parent, namespace, whether it is the init, session, and where a dead leader lived. */
function textOf(
  { parent, namespace, init, session, deadHome, creator }: State,
  order: readonly number[],
): string {
  const n = parent.length;
  const position = new Array<number>(n);
  for (let at = 0; at < n; at++) position[order[at]!] = at;
  const dead: number[] = [];
  let text = '';
  for (const v of order) {
    const s = session[v]!;
    let name = 0;
    let lived = 0;
    if (s > n) {
      if (!dead.includes(s)) dead.push(s);
      name = n + 1 + dead.indexOf(s);
      lived = deadHome[s - n - 1]!;
    } else if (s > 0) name = position[s - 1]! + 1;
    const above = parent[v]! < 0 ? 0 : position[parent[v]!]! + 1;
    const isInit = init[namespace[v]!] === v ? 1 : 0;
    text += String.fromCharCode((((above * 4 + namespace[v]!) * 2 + isInit) * 16 + name) * 4 + lived);
    if (creator) text += String.fromCharCode(creator[v]! < 0 ? 0 : position[creator[v]!]! + 1);
  }
  return text;
}

function stateOf(code: string, namespaces: number, withBirths: boolean): State {
  const width = withBirths ? 2 : 1;
  const n = code.length / width;
  const creator: number[] = [];
  const init = new Array<number>(namespaces).fill(UNMADE);
  const parent: number[] = [];
  const namespace: number[] = [];
  const session: number[] = [];
  const deadHome: number[] = [];
  for (let i = 0; i < n; i++) {
    const character = code.charCodeAt(i * width);
    if (withBirths) creator.push(code.charCodeAt(i * width + 1) - 1);
    const home = (character >> 7) & 3;
    const s = (character >> 2) & 15;
    parent.push((character >> 9) - 1);
    namespace.push(home);
    session.push(s);
    if ((character >> 6) & 1) init[home] = i;
    if (s > n) deadHome[s - n - 1] = character & 3;
  }
  return { parent, namespace, init, session, deadHome, ...(withBirths && { creator }) };
}
