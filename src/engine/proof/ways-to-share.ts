/**
 * Every way in which a few processes could come to share what they share.
 *
 * In: processes with their parents, sessions, and a class a kind. Out: true where no tree of states has them (inherit-
 * only resources, theorem A, 5.5, 5.6). A state is what somebody holds for a while: its session and an object a kind.
 * Going down from the root, at each state either the processes that are still to be born are parted in two that go
 * different ways and have nothing in common but what is held, or the one way that is left goes on by a birth, or by
 * whoever is there taking a new object, leading its session, or executing itself.
 * Whoever is there is a process, a helper, or a thread: helpers may hold anything; threads change their session with
 * their process, and have its address space and handlers, in which they open nothing that it could not open first. All parts, all births and all changes are tried; nothing is preferred or left out.
 * Cost: exponential in the processes, of which a proof may name ten.
 */

import {
  type Holder,
  LEFT_BY_EXEC,
  NEVER_LEFT,
  Needs,
  NOBODY,
  NONE,
  type SharedImage,
  type State,
} from './needs-of-sharers.ts';
import { SignalsOfSharers } from './signals-of-sharers.ts';

/** Above any work that eight processes were seen to need; each further one makes twice as many parts of a state. */
const MOST_STATES = 400_000;
const FEW = 8;

export function noWayToShare(image: SharedImage): boolean {
  const ways = new Ways(image);
  return !ways.exists() && !ways.gaveUp;
}

class Ways extends Needs {
  gaveUp = false;
  private readonly known = new Map<string, boolean>();
  private readonly threadsWait = 1 << this.image.kinds.length;
  private readonly signals = new SignalsOfSharers(this.image);
  private readonly most = MOST_STATES >> Math.max(0, 2 * (this.size - FEW));

  exists(): boolean {
    const { kinds } = this.image;
    const rest = this.image.pid.map((_, p) => p).slice(1);
    const outside = this.isOutside.indexOf(true);
    const held = [outside, ...kinds.map((kind, k) => (NEVER_LEFT.includes(kind) ? this.own(k, 0) : NONE))];
    return this.canGoOn(held, 0, 0, rest);
  }

  private canGoOn(
    held: readonly number[],
    holder: Holder,
    foreign: number,
    rest: readonly number[],
  ): boolean {
    if (this.gaveUp) return false;
    const key = `${held};${holder};${foreign};${rest}`;
    const before = this.known.get(key);
    if (before !== undefined) return before;
    if (this.known.size > this.most) {
      this.gaveUp = true;
      return false;
    }
    const state = { held, holder, foreign, rest };
    const result =
      (rest.length === 0 && this.mayEnd(state)) ||
      this.canPart(state) ||
      this.canBear(state) ||
      this.canChange(state);
    this.known.set(key, result);
    return result;
  }

  private canPart({ held, holder, foreign, rest }: State): boolean {
    for (let chosen = 1; chosen < 1 << rest.length; chosen++) {
      const away = rest.filter((_, i) => (chosen & (1 << i)) !== 0);
      const here = rest.filter((_, i) => (chosen & (1 << i)) === 0);
      if (here.length === 0 && holder === NOBODY) continue;
      const t = this.pending(held, holder);
      const threaded = t !== NONE && away.some((p) => this.session[p] === t);
      if (!this.areStrangers(held, threaded ? t : NONE, away, here, holder)) continue;
      // A part that goes away is with a helper, or with a thread of who is here if it needs the session that is to come.
      const other = threaded ? this.size + t : NOBODY;
      if (here.length === 0 && other === holder) continue;
      const waiting = threaded && holder < this.size ? this.threadsWait : 0;
      if (this.canGoOn(held, other, 0, away) && this.canGoOn(held, holder, foreign | waiting, here))
        return true;
    }
    return false;
  }

  /** The next on the way is a process that is born here. Whoever was here needs nothing more. */
  private canBear(state: State): boolean {
    const { held, rest } = state;
    if (!this.mayEnd(state)) return false;
    return rest.some((p) => {
      if (rest.includes(this.image.parent[p]!)) return false;
      if (this.session[p]! >= 0 && this.leads(p) === NONE && this.session[p] !== held[0]) return false;
      const left = rest.filter((other) => other !== p);
      const birth = this.signals.birthAbove(p, left);
      if (!birth) return false;
      const executes = birth.executes ? this.mustExecute : 0;
      return this.waysToBeBorn(held, p, left).some((born) =>
        this.canGoOn(born.held, p, born.foreign | executes, left),
      );
    });
  }

  /** Of what only execve leaves, or nothing, each object is had from birth or not; the one that it can never leave is its own. */
  private waysToBeBorn(
    held: readonly number[],
    p: number,
    left: readonly number[],
  ): { held: readonly number[]; foreign: number }[] {
    let ways: { held: readonly number[]; foreign: number }[] = [{ held, foreign: 0 }];
    this.image.kinds.forEach((kind, k) => {
      const bound = NEVER_LEFT.includes(kind);
      if (!bound && !LEFT_BY_EXEC.includes(kind)) return;
      const own = this.own(k, p);
      const value = held[k + 1]!;
      ways = ways.flatMap((way) => {
        const next: { held: readonly number[]; foreign: number }[] = [];
        const withValue = (to: number): readonly number[] =>
          way.held.map((v, slot) => (slot === k + 1 ? to : v));
        // Without what is held here: nobody below has it any more.
        if (value === NONE || !this.isNeeded(k + 1, value, p, left))
          next.push({ ...way, held: withValue(bound ? own : NONE) });
        if (value === NONE && this.isCareless(k, p) && own !== NONE)
          next.push({ ...way, held: withValue(own) });
        if (value !== NONE && value === own) next.push(way);
        else if (value !== NONE && bound && this.isCareless(k, p)) next.push(way);
        else if (value !== NONE && !bound) next.push({ ...way, foreign: way.foreign | (1 << k) });
        return next;
      });
    });
    return ways.filter((way) => this.handlersFit(way.held));
  }

  private canChange(state: State): boolean {
    return this.canLead(state) || this.canOpen(state) || this.canExecute(state);
  }

  private canLead(state: State): boolean {
    const { held, holder, foreign, rest } = state;
    const t = this.pending(held, holder);
    const free = held[0] === NONE || !this.isNeeded(0, held[0]!, holder, rest);
    const led = foreign & ~this.threadsWait;
    if (t !== NONE && free && this.canGoOn([t, ...held.slice(1)], holder, led, rest)) return true;
    if (!this.mayEnd(state)) return false;
    // A leader that is gone is born here; it, or a thread of it, leads the session some time later.
    return this.numbers.some(
      (_, s) =>
        this.leader[s] === NOBODY &&
        !this.isOutside[s] &&
        s !== held[0] &&
        rest.some((p) => this.session[p] === s) &&
        this.signals.mayHelp(rest) &&
        this.canGoOn(held, this.size + s, 0, rest),
    );
  }

  /** A new object in the place of one that nobody needs any more. */
  private canOpen(state: State): boolean {
    const { held, holder, foreign, rest } = state;
    const isProcess = holder >= 0 && holder < this.size;
    return this.image.kinds.some((kind, k) => {
      const value = held[k + 1]!;
      if (value !== NONE && this.isNeeded(k + 1, value, holder, rest)) return false;
      const byExec = LEFT_BY_EXEC.includes(kind);
      const open = (c: number, who: Holder, marks: number): boolean => {
        const next = held.map((v, slot) => (slot === k + 1 ? c : v));
        return this.handlersFit(next) && this.canGoOn(next, who, marks, rest);
      };
      const wanted = new Set(rest.map((p) => this.own(k, p)).filter((c) => c !== NONE && c !== value));
      return [...wanted].some((c) => {
        // By a helper, where whoever is here needs nothing more; what it is born with is all its own.
        if (this.mayEnd(state) && this.signals.mayHelp(rest) && open(c, NOBODY, 0)) return true;
        if (!isProcess) return holder !== NOBODY && !(byExec && this.isThread(holder)) && open(c, holder, 0);
        if (NEVER_LEFT.includes(kind))
          return this.isCareless(k, holder) && value === NONE && open(c, holder, foreign);
        if (!byExec) return open(c, holder, foreign);
        if (value !== NONE || (foreign & (1 << k)) !== 0) return false;
        return open(c, holder, c === this.own(k, holder) ? foreign : foreign | (1 << k));
      });
    });
  }

  /** execve leaves address space, handlers and files at once. */
  private canExecute({ held, holder, foreign, rest }: State): boolean {
    if (holder === NOBODY || holder >= this.size || foreign === 0) return false;
    if (!this.signals.mayExecute(holder, rest)) return false;
    if ((foreign & this.threadsWait) !== 0) return false;
    const left = ['vm', 'sighand', 'files'];
    const next = held.map((value, slot) =>
      slot > 0 && left.includes(this.image.kinds[slot - 1]!) ? NONE : value,
    );
    const lost = held.some((value, slot) => value !== next[slot] && this.isNeeded(slot, value, holder, rest));
    return !lost && this.canGoOn(next, holder, 0, rest);
  }
}
