/**
 * State search: the decision F (inherit-only resources, 6.1, 5.6), with the moves that it succeeds by.
 *
 * In: a sharing problem. Out: moves that place everybody; null, no history does; or that the budget ran out.
 * `held` is what a place of the state tree holds: the session, then a class a kind; NONE where nobody below needs one.
 * The owner is a process that has been born and has not finished, or a helper that is still to lead a session; Q are
 * the processes to be placed below. Parts of Q that have nothing in common but what is held are placed one by one.
 * Every move shrinks Q or fills a slot with a class that is not used above, so the search ends.
 * Cost: exponential at worst; what each call looks at is charged to the budget. Recursion: about two frames a process.
 */
import { spend, type WorkBudget } from '../plan/work-budget.ts';
import { DEAD } from '../planner/origin-problem.ts';
import { isPlain, PRIVATE, type SharingProblem } from './sharing-problem.ts';

export const NONE = -1;
const NOBODY = -1;

export type Move =
  | { readonly op: 'done' }
  /** q is born of whoever holds this place, with the classes in `held`. */
  | { readonly op: 'start'; readonly q: number; readonly held: Held; readonly next: Move }
  | { readonly op: 'setsid'; readonly session: number; readonly next: Move }
  /** A dead leader is born here and calls setsid. */
  | { readonly op: 'dead'; readonly session: number; readonly held: Held; readonly next: Move }
  /** A new object: the owner's, or, `owner` false, anybody's. */
  | {
      readonly op: 'open';
      readonly kind: number;
      readonly class: number;
      readonly owner: boolean;
      readonly held: Held;
      readonly next: Move;
    }
  | { readonly op: 'exec'; readonly next: Move }
  /** The owner's part comes last. */
  | { readonly op: 'split'; readonly parts: readonly Move[]; readonly held: Held };

/** Session, then by place in `kinds` a class. */
export type Held = readonly number[];

export interface SearchOptions {
  /** May processes execute themselves to leave an address space? */
  readonly exec: boolean;
  /** May a process have threads for a while? Then what is found is not planned, only known to be possible. */
  readonly threads: boolean;
}

export type Found = { readonly moves: Move | null } | 'work limit';

export function searchStates(problem: SharingProblem, options: SearchOptions, budget: WorkBudget): Found {
  const search = new StateSearch(problem, options, budget);
  const moves = search.run();
  return search.spent ? 'work limit' : { moves };
}

const DONE: Move = { op: 'done' };

class StateSearch {
  spent = false;
  private readonly problem: SharingProblem;
  private readonly options: SearchOptions;
  private readonly budget: WorkBudget;
  private readonly kindCount: number;
  /** Known results, by what is held, the owner, and Q. */
  private readonly known = new Map<string, Move | null>();
  /** By process: is it in the Q at hand (equal to `stamp`)? */
  private readonly inQ: Int32Array;
  private stamp = 0;
  /** Union-find over processes; and the first member seen of each session and class. */
  private readonly link: Int32Array;
  private readonly firstOf: Int32Array[];

  constructor(problem: SharingProblem, options: SearchOptions, budget: WorkBudget) {
    this.problem = problem;
    this.options = options;
    this.budget = budget;
    this.kindCount = problem.kinds.length;
    const { size, sessionCount } = problem.births;
    this.inQ = new Int32Array(size + sessionCount);
    this.link = new Int32Array(size + sessionCount);
    this.firstOf = [sessionCount, ...problem.classCount].map((count) => new Int32Array(count));
  }

  run(): Move | null {
    const { births, classes } = this.problem;
    const q = Array.from({ length: births.size - 1 }, (_, i) => i + 1);
    const held: number[] = [births.outside, ...classes.map(() => NONE)];
    for (let k = 0; k < this.kindCount; k++) if (this.isFixed(k, 0)) held[k + 1] = classes[k]![0]!;
    return this.place(held, 0, 0, q);
  }

  /** Of vm, handlers and io: can the process not leave an object of this kind? */
  private isFixed(k: number, p: number): boolean {
    const { kinds, space, handlers, free } = this.problem;
    if (isPlain(kinds[k]!) || free[p] === 1) return false;
    return !(this.options.exec && (k === space || k === handlers));
  }

  private leads(p: number): number {
    const { session, leader } = this.problem.births;
    return leader[session[p]!] === p ? session[p]! : NONE;
  }

  /** Session that an owner has still to make; NONE. */
  private pending(held: Held, owner: number): number {
    const { size } = this.problem.births;
    if (owner === NOBODY) return NONE;
    const t = owner < size ? this.leads(owner) : owner - size;
    return t === NONE || held[0] === t ? NONE : t;
  }

  /** @param used kinds, a bit a place, in which the owner holds, or has passed on, what it cannot keep */
  private place(given: Held, ownerGiven: number, used: number, q: readonly number[]): Move | null {
    if (this.spent) return null;
    if (!spend(this.budget, (q.length + 4) * (this.kindCount + 2))) {
      this.spent = true;
      return null;
    }
    let owner = ownerGiven;
    let held = this.normalised(given, owner, q);
    if (owner !== NOBODY && this.hasFinished(held, owner, used, q)) {
      owner = NOBODY;
      held = this.normalised(held, owner, q);
    }
    if (q.length === 0 && owner === NOBODY) return DONE;
    if (this.isHopeless(held, q)) return null;

    const key = `${held.join(',')};${owner};${owner === NOBODY ? 0 : used};${q.join(',')}`;
    const before = this.known.get(key);
    if (before !== undefined) return before;
    const found = this.placed(held, owner, used, q);
    if (!this.spent) this.known.set(key, found);
    return found;
  }

  private placed(held: Held, owner: number, used: number, q: readonly number[]): Move | null {
    const parts = this.parts(held, owner, q);
    if (parts.length > 1) return this.split(held, owner, used, parts);
    return owner === NOBODY ? this.placeFreely(held, q) : this.placeUnder(held, owner, used, q);
  }

  private split(held: Held, owner: number, used: number, parts: Part[]): Move | null {
    const { size } = this.problem.births;
    const t = this.pending(held, owner);
    const moves: Move[] = [];
    let last: Move | null = null;
    for (const { q, withOwner } of parts) {
      let result: Move | null;
      if (withOwner) result = this.place(held, owner, used, q);
      else {
        // With threads a part that needs the owner's session hangs from a thread of the owner.
        const threaded = t !== NONE && q.some((p) => this.problem.births.session[p] === t);
        result = this.place(held, threaded ? size + t : NOBODY, 0, q);
      }
      if (result === null) return null;
      if (withOwner) last = result;
      else moves.push(result);
    }
    if (last !== null && last.op !== 'done') moves.push(last);
    return moves.length === 1 ? moves[0]! : { op: 'split', parts: moves, held };
  }

  private placeFreely(held: Held, q: readonly number[]): Move | null {
    // Asked before anything is tried: Q is marked now.
    const startable = q.filter((p) => this.mayStart(held, p));
    const first = startable.find((p) => this.needsNothingNew(held, p, q));
    if (first !== undefined) return this.start(held, first, q);
    const { births, classes } = this.problem;
    for (const p of startable) {
      const found = this.start(held, p, q);
      if (found) return found;
    }
    for (let k = 0; k < this.kindCount; k++) {
      if (held[k + 1] !== NONE) continue;
      for (const c of classesIn(classes[k]!, q)) {
        if (!this.handlersFit(held, k, c, q)) continue;
        const next = this.place(withSlot(held, k + 1, c), NOBODY, 0, q);
        if (next) return { op: 'open', kind: k, class: c, owner: false, held, next };
      }
    }
    if (held[0] !== NONE && !this.options.threads) return null;
    for (const t of classesIn(births.session, q)) {
      if (births.leader[t] !== DEAD || held[0] === t) continue;
      const next = this.options.threads
        ? this.place(held, births.size + t, 0, q)
        : this.place(withSlot(held, 0, t), NOBODY, 0, q);
      if (next) return { op: 'dead', session: t, held, next };
    }
    return null;
  }

  private placeUnder(held: Held, owner: number, used: number, q: readonly number[]): Move | null {
    const { births, classes, space, handlers, files } = this.problem;
    const t = this.pending(held, owner);
    if (t !== NONE && held[0] === NONE) {
      const next = this.place(withSlot(held, 0, t), owner, used, q);
      if (next) return { op: 'setsid', session: t, next };
    }
    const image = owner < births.size;
    for (let k = 0; k < this.kindCount; k++) {
      if (held[k + 1] !== NONE || (image && this.isFixed(k, owner))) continue;
      const rigid = !isPlain(this.problem.kinds[k]!);
      // A thread has what its process has of these; only a dead leader can be born with one of its own.
      if (rigid && !image && births.leader[owner - births.size] !== DEAD) continue;
      if (rigid && (used & (1 << k)) !== 0) continue;
      const own = image ? classes[k]![owner]! : PRIVATE;
      // A class that nobody in Q ends with is lost here: its other members have been placed elsewhere.
      for (const c of classesIn(classes[k]!, q)) {
        if (!this.handlersFit(held, k, c, image ? [...q, owner] : q)) continue;
        const marked = rigid && c !== own ? used | (1 << k) : used;
        const next = this.place(withSlot(held, k + 1, c), owner, marked, q);
        if (next) return { op: 'open', kind: k, class: c, owner: true, held, next };
      }
    }
    const leaves = [space, handlers, files];
    const empty = leaves.every((k) => k < 0 || held[k + 1] === NONE);
    if (this.options.exec && image && used !== 0 && empty) {
      const next = this.place(held, owner, 0, q);
      if (next) return { op: 'exec', next };
    }
    return null;
  }

  private start(held: Held, p: number, q: readonly number[]): Move | null {
    const rest = q.filter((other) => other !== p);
    const born = [...held];
    let used = 0;
    const { classes, free } = this.problem;
    for (let k = 0; k < this.kindCount; k++) {
      if (isPlain(this.problem.kinds[k]!)) continue;
      const own = classes[k]![p]!;
      if (held[k + 1] !== NONE && held[k + 1] !== own) {
        const needed = rest.some((other) => classes[k]![other] === held[k + 1]);
        if (!needed) born[k + 1] = NONE;
        else if (this.isFixed(k, p)) return null;
        else used |= 1 << k;
      }
      // An object that cannot be left is had from birth.
      if (born[k + 1] === NONE && this.isFixed(k, p)) born[k + 1] = own;
      if (free[p] === 1 && born[k + 1] === NONE && own !== PRIVATE) born[k + 1] = own;
    }
    if (this.problem.handlers >= 0) {
      const h = born[this.problem.handlers + 1]!;
      if (h !== NONE && born[this.problem.space + 1] !== this.spaceOf(h, q)) return null;
    }
    const next = this.place(born, p, used, rest);
    return next && { op: 'start', q: p, held: born, next };
  }

  /** Can p be born here: its parent is above, and it leads a session or stays in this one? */
  private mayStart(held: Held, p: number): boolean {
    const { parent, session } = this.problem.births;
    if (this.inQ[parent[p]!] === this.stamp) return false;
    return this.leads(p) !== NONE || session[p] === held[0];
  }

  /** What p ends with is private or held, and its session is this one or nobody else's: then it can be born at once (M1). */
  private needsNothingNew(held: Held, p: number, q: readonly number[]): boolean {
    const { births, classes, kinds, free } = this.problem;
    const t = births.session[p]!;
    if (t !== held[0]) {
      if (q.some((other) => other !== p && births.session[other] === t)) return false;
    }
    for (let k = 0; k < this.kindCount; k++) {
      const own = classes[k]![p]!;
      if (own !== PRIVATE && own !== held[k + 1]) return false;
      if (!isPlain(kinds[k]!) && free[p] === 0 && held[k + 1] !== NONE && held[k + 1] !== own) return false;
    }
    return true;
  }

  /** Handlers are shared in their address space only (K1). */
  private handlersFit(held: Held, k: number, c: number, members: readonly number[]): boolean {
    const { handlers, space } = this.problem;
    return k !== handlers || held[space + 1] === this.spaceOf(c, members);
  }

  private spaceOf(handlerClass: number, members: readonly number[]): number {
    const { classes, handlers, space } = this.problem;
    const member = members.find((p) => classes[handlers]![p] === handlerClass);
    return member === undefined ? NONE : classes[space]![member]!;
  }

  /** Slots that nobody below ends with are free. */
  private normalised(held: Held, owner: number, q: readonly number[]): Held {
    const { births, classes } = this.problem;
    const image = owner !== NOBODY && owner < births.size;
    let result: number[] | null = null;
    for (let slot = 0; slot < held.length; slot++) {
      const value = held[slot]!;
      if (value === NONE) continue;
      const column = slot === 0 ? births.session : classes[slot - 1]!;
      if ((image && column[owner] === value) || q.some((p) => column[p] === value)) continue;
      result ??= [...held];
      result[slot] = NONE;
    }
    return result ?? held;
  }

  private hasFinished(held: Held, owner: number, used: number, q: readonly number[]): boolean {
    const { births, classes, free } = this.problem;
    const t = this.pending(held, owner);
    if (t !== NONE && q.some((p) => births.session[p] === t)) return false;
    if (owner >= births.size) return true;
    // A non-leader has been in its session from birth.
    if (used !== 0 && free[owner] === 0) return false;
    for (let k = 0; k < this.kindCount; k++) {
      const own = classes[k]![owner]!;
      if (own !== PRIVATE && held[k + 1] !== own) return false;
    }
    return true;
  }

  /**
   * Forced births: the pending ancestors of whoever needs what is held are born with it. Two of them in one other class
   * (one of them could be its top), or one that can never leave, or a member of another session: no.
   */
  private isHopeless(held: Held, q: readonly number[]): boolean {
    const { births, classes } = this.problem;
    const { parent, session, leader } = births;
    this.mark(q);
    for (let slot = 0; slot < held.length; slot++) {
      const value = held[slot]!;
      if (value === NONE) continue;
      const column = slot === 0 ? session : classes[slot - 1]!;
      const seen = new Set<number>();
      const others = new Set<number>();
      for (const member of q) {
        if (column[member] !== value) continue;
        for (let p = member; this.inQ[p] === this.stamp && !seen.has(p); p = parent[p]!) {
          seen.add(p);
          const own = column[p]!;
          if (own === value) continue;
          if (slot === 0) {
            if (leader[own] !== p) return true;
          } else {
            if (this.isFixed(slot - 1, p)) return true;
            if (own !== PRIVATE && others.has(own)) return true;
            others.add(own);
          }
        }
      }
    }
    return false;
  }

  private mark(q: readonly number[]): void {
    this.stamp++;
    for (const p of q) this.inQ[p] = this.stamp;
  }

  /** Q and the owner in parts that have nothing in common but what is held. Leaves Q marked. */
  private parts(held: Held, owner: number, q: readonly number[]): Part[] {
    const { births, classes } = this.problem;
    const { parent, session, size } = births;
    const { link } = this;
    this.mark(q);
    const unpaired = this.options.threads ? this.pending(held, owner) : NONE;
    // A helper or a thread that is still to lead a session asks nothing for itself.
    const all = owner === NOBODY || owner >= size ? q : [...q, owner];
    for (const p of all) link[p] = p;
    const find = (p: number): number => {
      let root = p;
      while (link[root] !== root) {
        link[root] = link[link[root]!]!;
        root = link[root]!;
      }
      return root;
    };
    const join = (a: number, b: number): void => {
      link[find(a)] = find(b);
    };
    for (let slot = 0; slot < held.length; slot++) {
      const column = slot === 0 ? session : classes[slot - 1]!;
      const first = this.firstOf[slot]!;
      for (const p of all) if (column[p]! >= 0) first[column[p]!] = NOBODY;
      for (const p of all) {
        const value = column[p]!;
        if (value < 0 || value === held[slot] || (slot === 0 && value === unpaired)) continue;
        if (first[value] === NOBODY) first[value] = p;
        else join(p, first[value]!);
      }
    }
    for (const p of q) if (this.inQ[parent[p]!] === this.stamp) join(p, parent[p]!);
    const partOf = new Map<number, Part>();
    for (const p of q) {
      const root = find(p);
      let part = partOf.get(root);
      if (!part) partOf.set(root, (part = { q: [], withOwner: false }));
      part.q.push(p);
    }
    if (owner >= size && partOf.size === 1) for (const part of partOf.values()) part.withOwner = true;
    if (owner !== NOBODY && owner < size) {
      const root = find(owner);
      const part = partOf.get(root);
      if (part) part.withOwner = true;
      else partOf.set(root, { q: [], withOwner: true });
    }
    // Parts without the owner first: it changes only when nobody else needs what it holds.
    return [...partOf.values()].sort(
      (a, b) => Number(a.withOwner) - Number(b.withOwner) || a.q.length - b.q.length,
    );
  }
}

interface Part {
  readonly q: number[];
  withOwner: boolean;
}

function withSlot(held: Held, slot: number, value: number): Held {
  const result = [...held];
  result[slot] = value;
  return result;
}

/** Values of the column in Q, each once, most members first: what many need is opened first. */
function classesIn(column: Int32Array, q: readonly number[]): number[] {
  const members = new Map<number, number>();
  for (const p of q) if (column[p]! >= 0) members.set(column[p]!, (members.get(column[p]!) ?? 0) + 1);
  return [...members.keys()].sort((a, b) => members.get(b)! - members.get(a)! || a - b);
}
