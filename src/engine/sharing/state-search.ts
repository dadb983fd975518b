/**
 * State search: the decision F (inherit-only resources, 6.1, 5.6), with the moves that it succeeds by.
 *
 * In: a sharing problem. Out: moves that place everybody; null, no history does; or that the budget ran out.
 * `held` is what a place of the state tree holds: the session, then a class a kind; NONE where nobody below needs one.
 * The owner is a process that has been born and has not finished, or a helper that is still to lead a session; Q are
 * the processes to be placed below. Parts of Q that have nothing in common but what is held are placed one by one.
 * Given creators outside of Q are all one: the closest process of the image at or above the place. Whoever has another is
 * placed beside the next process, before it.
 * Every move shrinks Q or fills a slot with a class that is not used above, so the search ends.
 * Cost: exponential at worst; what each call looks at is charged to the budget. Recursion: about two frames a process.
 */
import { spend, type WorkBudget } from '../plan/work-budget.ts';
import { DEAD } from '../planner/origin-problem.ts';
import { IndependentParts, type Part } from './independent-parts.ts';
import { DONE, type Held, type Move, NONE, withSlot } from './moves.ts';
import { isPerThread, isPlain, PRIVATE, placed, type SharingProblem } from './sharing-problem.ts';
import { classesIn, NOBODY, type SearchOptions, StateQuestions } from './state-questions.ts';

/** Classes looked at in the time of one unit of work elsewhere (0.2 µs). */
const CELLS_A_UNIT = 4;
/** Calls of `place` within each other, of some 1.2 KiB until they are compiled, that the stack of a main thread has room for. */
const DEEPEST = 600;

/** So few processes are placed again sooner than they are found among what is known. */
const FEW = 2;

/** So many parts of threads are told apart where it is tried which of them the owner places itself. */
const MOST_BESIDE = 3;

export type Found = { readonly moves: Move | null } | 'work limit';

export function searchStates(problem: SharingProblem, options: SearchOptions, budget: WorkBudget): Found {
  const search = new StateSearch(problem, options, budget);
  const moves = search.run();
  return search.spent ? 'work limit' : { moves };
}

/** A part that somebody else has placed, a thread of the owner; null: nobody else can. */
interface Beside {
  readonly q: readonly number[];
  readonly move: Move | null;
}

class StateSearch {
  spent = false;
  private depth = 0;
  private readonly problem: SharingProblem;
  private readonly options: SearchOptions;
  private readonly budget: WorkBudget;
  private readonly kindCount: number;
  /** Known results, by what is held, the owner, and Q. */
  private readonly known = new Map<string, Move | null>();
  private readonly ask: StateQuestions;
  private readonly parts: IndependentParts;

  constructor(problem: SharingProblem, options: SearchOptions, budget: WorkBudget) {
    this.problem = problem;
    this.options = options;
    this.budget = budget;
    this.kindCount = problem.kinds.length;
    this.ask = new StateQuestions(problem, options);
    this.parts = new IndependentParts(problem, this.ask);
  }

  run(): Move | null {
    const { births, classes } = this.problem;
    // A root that leads, with nobody in the session outside, leads from the beginning.
    const held: number[] = [Math.max(births.outside, 0), ...classes.map(() => NONE)];
    for (let k = 0; k < this.kindCount; k++) if (this.ask.isFixed(k, 0)) held[k + 1] = classes[k]![0]!;
    return this.place(held, 0, 0, placed(this.problem));
  }

  /** @param used kinds, a bit a place, in which the owner holds, or has passed on, what it cannot keep */
  private place(given: Held, ownerGiven: number, used: number, q: readonly number[]): Move | null {
    if (this.spent) return null;
    const isEnd =
      q.length === 0 && (ownerGiven === NOBODY || this.ask.hasFinished(given, ownerGiven, used, q));
    if (isEnd) return DONE;
    const cost = ((q.length + 4) * (this.kindCount + 2)) / CELLS_A_UNIT;
    if (this.depth >= DEEPEST || !spend(this.budget, cost)) {
      this.spent = true;
      return null;
    }
    this.depth++;
    const found = this.placedWithin(given, ownerGiven, used, q);
    this.depth--;
    return found;
  }

  private placedWithin(given: Held, ownerGiven: number, used: number, q: readonly number[]): Move | null {
    let owner = ownerGiven;
    let held = this.ask.normalised(given, owner, q);
    const hasFinished = owner !== NOBODY && this.ask.hasFinished(held, owner, used, q);
    if (this.ask.isHopeless(held, owner, q)) return null;
    // Who has finished stays where it may have to hold something for children that no helper can bear together.
    const stays = hasFinished && this.ask.needHolder(q);
    if (hasFinished && !stays) {
      owner = NOBODY;
      held = this.ask.normalised(held, owner, q);
    }

    const key =
      q.length > FEW ? `${held.join(',')};${owner};${owner === NOBODY ? 0 : used};${q.join(',')}` : null;
    const before = key === null ? undefined : this.known.get(key);
    if (before !== undefined) return before;
    const found = stays ? this.placedByParent(held, owner, used, q) : this.placed(held, owner, used, q);
    if (key !== null && !this.spent) this.known.set(key, found);
    return found;
  }

  private placed(held: Held, owner: number, used: number, q: readonly number[]): Move | null {
    const parts = this.parts.of(held, owner, q);
    if (parts.length > 1) return this.split(held, owner, used, parts);
    return owner === NOBODY ? this.placeFreely(held, q) : this.placeUnder(held, owner, used, q);
  }

  /** The owner has finished, and can still hold something for its children. */
  private placedByParent(held: Held, owner: number, used: number, q: readonly number[]): Move | null {
    const parts = this.parts.of(held, NOBODY, q);
    if (parts.length === 1) {
      const freely = this.placeFreely(this.ask.normalised(held, NOBODY, q), q);
      return freely ?? this.opened(held, owner, used, q);
    }
    const first = parts.findIndex((part) => this.ask.needHolder(part.q));
    if (first >= 0) {
      parts[first]!.withOwner = true;
      parts.push(...parts.splice(first, 1));
    }
    return this.split(held, owner, used, parts);
  }

  private split(held: Held, owner: number, used: number, parts: readonly Part[]): Move | null {
    const { size, session } = this.problem.births;
    const t = this.ask.pending(held, owner);
    const moves: Move[] = [];
    const beside: Beside[] = [];
    // Asked before anything is tried: Q is marked now.
    const needHolder = parts.map(({ q }) => this.ask.needHolder(q));
    for (const [at, { q, withOwner }] of parts.entries()) {
      if (withOwner) {
        // The last one.
        const move = this.placeOwn(held, owner, used, q, beside);
        if (move === null) return null;
        if (move.op !== 'done') moves.push(move);
        continue;
      }
      const born = this.ask.bornAlone(held, q);
      if (born && spend(this.budget, (this.kindCount + 2) / CELLS_A_UNIT)) {
        moves.push({ op: 'start', q: q[0]!, held: born, next: DONE });
        continue;
      }
      // With threads a part that needs the owner's session hangs from a thread of the owner.
      const threaded = t !== NONE && q.some((p) => session[p] === t);
      const move = this.place(held, threaded ? size + t : NOBODY, 0, q);
      const ofThread = threaded && owner < size;
      // Exit signals that no helper can give: the owner may hold something for their children.
      if (ofThread || (move === null && needHolder[at] && owner !== NOBODY)) beside.push({ q, move });
      else if (move !== null) moves.push(move);
      else return null;
    }
    return moves.length === 1 ? moves[0]! : { op: 'split', parts: moves, held };
  }

  /**
   * The owner's part, with those of the others that it places itself: which nobody else can place, or threads only for want
   * of an address space or handlers of their own. execve ends the threads, so it is tried which of theirs the owner takes.
   * What threads place is not planned: one move stands for all.
   */
  private placeOwn(
    held: Held,
    owner: number,
    used: number,
    own: readonly number[],
    beside: readonly Beside[],
  ): Move | null {
    const isOpen = this.options.exec && beside.some(({ move }) => move !== null);
    const most = isOpen ? 1 << Math.min(beside.length, MOST_BESIDE) : 1;
    for (let chosen = 0; chosen < most; chosen++) {
      const joined = beside.filter(
        ({ move }, i) => move === null || (chosen & (1 << Math.min(i, MOST_BESIDE - 1))) !== 0,
      );
      const waiting = joined.length < beside.length ? used | this.ask.threadsWait : used;
      const q = [...own, ...joined.flatMap((part) => part.q)].sort((a, b) => a - b);
      const move =
        joined.length === 0
          ? this.place(held, owner, waiting, q)
          : this.placeUnder(this.ask.normalised(held, owner, q), owner, waiting, q);
      if (move !== null) return move;
    }
    return null;
  }

  private placeFreely(held: Held, q: readonly number[]): Move | null {
    // Asked before anything is tried: Q is marked now.
    const due = this.ask.signals.due(q);
    const startable = this.ask.startable(held, q, due);
    const mayHelp = this.ask.mayHelp(due, q);
    const first = startable.find(
      (p) => this.ask.isNeverInTheWay(p, due, q) && this.ask.needsNothingNew(held, p, q),
    );
    const { births, classes, hints } = this.problem;
    if (first !== undefined) {
      const found = this.start(held, first, q, 0);
      // Where creators are given, who is born at once can be in the way of those who are born of another.
      if (found || hints === null) return found;
    }
    for (const p of startable) {
      if (p === first) continue;
      const found = this.start(held, p, q, this.ask.signals.losesSignal(p, due) ? this.ask.mustExec : 0);
      if (found || this.spent) return found;
    }
    if (!mayHelp) return null;
    for (let k = 0; k < this.kindCount; k++) {
      if (held[k + 1] !== NONE) continue;
      for (const c of classesIn(classes[k]!, q)) {
        if (!this.ask.handlersFit(held, k, c, q)) continue;
        const next = this.place(withSlot(held, k + 1, c), NOBODY, 0, q);
        if (next) return { op: 'open', kind: k, class: c, owner: false, held, next };
        if (this.spent) return null;
      }
    }
    if (held[0] !== NONE && !this.options.threads) return null;
    for (const t of classesIn(births.session, q)) {
      if (births.leader[t] !== DEAD || held[0] === t || !this.ask.mayLead(t, q)) continue;
      const next = this.options.threads
        ? this.place(held, births.size + t, 0, q)
        : this.place(withSlot(held, 0, t), NOBODY, 0, q);
      if (next) return { op: 'dead', session: t, held, next };
    }
    return null;
  }

  private placeUnder(held: Held, owner: number, used: number, q: readonly number[]): Move | null {
    const { space, handlers, files } = this.problem;
    const t = this.ask.pending(held, owner);
    if (t !== NONE && held[0] === NONE) {
      const next = this.place(withSlot(held, 0, t), owner, used & ~this.ask.threadsWait, q);
      if (next) return { op: 'setsid', next };
    }
    const found = this.opened(held, owner, used, q);
    if (found) return found;
    const leaves = [space, handlers, files];
    const empty = leaves.every((k) => k < 0 || held[k + 1] === NONE);
    // execve ends the threads that wait for the owner's setsid.
    const isBound = used !== 0 && (used & this.ask.threadsWait) === 0;
    if (isBound && empty && owner < this.problem.births.size && this.ask.mayExecAbove(owner, q)) {
      const next = this.place(held, owner, 0, q);
      if (next) return { op: 'exec', next };
    }
    return null;
  }

  /** With a new object of the owner's. */
  private opened(held: Held, owner: number, used: number, q: readonly number[]): Move | null {
    const { births, classes } = this.problem;
    const image = owner < births.size;
    for (let k = 0; k < this.kindCount; k++) {
      if (held[k + 1] !== NONE || (image && this.ask.isFixed(k, owner))) continue;
      const rigid = !isPlain(this.problem.kinds[k]!);
      // A thread has the address space and handlers of its process; only a dead leader can be born with its own.
      if (
        rigid &&
        !isPerThread(this.problem.kinds[k]!) &&
        !image &&
        births.leader[owner - births.size] !== DEAD
      )
        continue;
      if (rigid && (used & (1 << k)) !== 0) continue;
      const own = image ? classes[k]![owner]! : PRIVATE;
      // A class that nobody in Q ends with is lost here: its other members have been placed elsewhere.
      for (const c of classesIn(classes[k]!, q)) {
        if (!this.ask.handlersFit(held, k, c, image ? [...q, owner] : q)) continue;
        const marked = rigid && c !== own ? used | (1 << k) : used;
        const next = this.place(withSlot(held, k + 1, c), owner, marked, q);
        if (next) return { op: 'open', kind: k, class: c, owner: true, held, next };
        if (this.spent) return null;
      }
    }
    return null;
  }

  /** p is born here, and beside it, before it, whoever is not born of it and does not need it. */
  private start(held: Held, p: number, q: readonly number[], used: number): Move | null {
    const rest = q.filter((other) => other !== p);
    const sides = this.parts.besideNext(held, p, rest);
    if (sides === null) return null;
    const moves: Move[] = [];
    for (const part of sides.beside) {
      const move = this.place(held, NOBODY, 0, part);
      if (move === null) return null;
      moves.push(move);
    }
    const born = this.ask.atBirth(held, p, q, sides.below);
    const next = born && this.place(born.held, p, born.used | used, sides.below);
    if (!next) return null;
    const own: Move = { op: 'start', q: p, held: born.held, next };
    return moves.length > 0 ? { op: 'split', parts: [...moves, own], held } : own;
  }
}
