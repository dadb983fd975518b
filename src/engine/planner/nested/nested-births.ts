/**
 * Births over nested pid namespaces (namespaces.md, section 8, births).
 *
 * In: the nested origin, boundary births, classes, a stage. Out: everybody born, in the session that it keeps, with
 * the carriers that must die later.
 * Inits come first, the outermost first, and bring whoever they need; everything else follows its creator. A process
 * from before its creator's setsid whose namespace or group does not exist yet gets a carrier from before that setsid,
 * which makes it later (namespaces.md, lemma F).
 * Invariant: a process is made by its creator, or by a carrier of it from the right phase; so it has the right session.
 * Cost: O(elements); recursion only through inits and groups that are needed early. Kernel rules: A15–A17, C5, C7, D4, E7, F18, F19.
 */

import { NumberTable } from '../../tree/number-table.ts';
import { OUTSIDE } from '../../tree/process-tree.ts';
import { memberRows, type Rows } from '../adjacency.ts';
import { BEFORE } from '../origin.ts';
import type { OriginWalk } from '../schedule/origin-walk.ts';
import { birthGroups, childrenThatMustStay, needsKeeper } from './birth-constraints.ts';
import type { BoundaryBirths } from './boundary-births.ts';
import { FREE, type GroupClasses, mustInherit } from './group-classes.ts';
import type { NestedOrigin } from './nested-origin.ts';
import { leadsSession, type NestedTree } from './nested-tree.ts';
import { innerNumbersOf } from './owners.ts';
import type { Stage } from './stage.ts';

/** Nobody in particular: a tool, or a dead leader, has no wanted parent. */
const ANYBODY = -2;
const DEEPEST_NESTING = 2000;

/** Two births wait for each other. */
export class CreationCycle extends Error {}

export class NestedBirths {
  /** Wanted parent that the children of a dying element fall to: a process, OUTSIDE or ANYBODY. */
  readonly target: number[];
  /** Carriers of an element, with whom their children fall to. */
  readonly carriers: { readonly actor: number; readonly target: number }[][];
  /** Helpers of the groups, with whoever made them, in the order they were made. */
  readonly groupHelpers: { readonly actor: number; readonly parent: number }[] = [];
  private readonly nested: NestedTree;
  private readonly origin: NestedOrigin;
  private readonly births: BoundaryBirths;
  private readonly classes: GroupClasses;
  private readonly stage: Stage;
  private readonly leads: boolean[] = [];
  private readonly leading: boolean[] = [];
  private readonly underWay: boolean[] = [];
  private readonly mustBeCarried: boolean[] = [];
  private readonly children: number[][];
  private readonly carrierAt = new Map<string, number>();
  private readonly groupMade: boolean[];
  private readonly groupNumbered: NumberTable;
  private readonly membersOfGroup: Rows;
  private readonly membersOfSession: Rows;
  private readonly birthGroup: Int32Array;
  private readonly mustStay: Uint8Array;
  private readonly allowCloneParent: boolean;
  private depth = 0;

  constructor(
    nested: NestedTree,
    origin: NestedOrigin,
    births: BoundaryBirths,
    classes: GroupClasses,
    stage: Stage,
    walk: OriginWalk,
    allowCloneParent: boolean,
  ) {
    this.mustStay = childrenThatMustStay(nested, walk);
    this.allowCloneParent = allowCloneParent;
    this.nested = nested;
    this.origin = origin;
    this.births = births;
    this.classes = classes;
    this.stage = stage;
    this.target = new Array<number>(origin.elements).fill(ANYBODY);
    this.carriers = Array.from({ length: origin.elements }, () => []);
    this.children = Array.from({ length: origin.elements }, () => []);
    for (let e = 1; e < origin.elements; e++) {
      if (origin.creator[e]! >= 0) this.children[origin.creator[e]!]!.push(e);
    }
    const { size } = nested.tree;
    for (let e = 0; e < origin.elements; e++) {
      this.leads.push(e < origin.firstTool && (e >= size || leadsSession(nested, e)));
    }
    this.membersOfGroup = memberRows(nested.groups.count, nested.groups.of);
    this.membersOfSession = memberRows(nested.sessions.count, nested.sessions.of);
    this.groupNumbered = new NumberTable(nested.groups.count);
    for (let g = 1; g < nested.groups.count; g++) this.groupNumbered.set(nested.groups.number[g]!, g);
    this.groupMade = Array.from({ length: nested.groups.count }, (_, g) => g === 0);
    const { groupOf, carried } = birthGroups(nested, origin, births, classes);
    this.birthGroup = groupOf;
    for (const q of carried) this.mustBeCarried[q] = true;
  }

  run(order: Int32Array): void {
    const { relations } = this.nested;
    for (let n = 1; n < relations.count; n++) this.create(relations.init[n]!);
    for (const e of order) if (e !== 0) this.create(e);
    for (const e of order) if (this.leads[e]) this.ensureLeads(e);
  }

  /** Makes group g, if it is not there: its owner makes it, or a helper with the owner's number, where that one lived. */
  makeGroup(g: number): void {
    if (this.groupMade[g]) return;
    const { nested, stage } = this;
    const { groups, sessions, tree } = nested;
    const number = groups.number[g]!;
    const s = sessions.of[groups.witness[g]!]!;
    if (sessions.number[s] === number) {
      const leader = sessions.process[s]! >= 0 ? sessions.process[s]! : tree.size + s;
      this.create(leader);
      this.ensureLeads(leader);
      return;
    }
    const owner = groups.process[g]!;
    const home = groups.namespace[g]!;
    if (owner >= 0) this.create(owner);
    else if (home > 0) this.create(nested.relations.init[home]!);
    if (this.groupMade[g]) return;
    this.groupMade[g] = true;
    if (owner < 0) {
      this.playOwner(g, s);
      return;
    }
    for (const child of this.children[owner]!) {
      if (stage.exists[child]) continue;
      this.mustBeCarried[child] = true;
      this.carrierFor(child);
    }
    stage.setGroup(owner, owner, number);
    if (groups.of[owner] !== g) this.holdGroup(owner);
  }

  /** A placeholder stays in the group while its owner is away. */
  private holdGroup(owner: number): void {
    const { stage } = this;
    const placeholder = stage.addHelper(stage.namespace[owner]!);
    stage.serve(placeholder, 'placeholder', [stage.pid[owner]!]);
    stage.bear(owner, placeholder, false);
    this.groupHelpers.push({ actor: placeholder, parent: owner });
  }

  /** A helper takes the number of a dead group owner. Somebody of the session, at its level or above, makes it. */
  private playOwner(g: number, s: number): void {
    const { nested, stage } = this;
    const { groups, tree, relations } = nested;
    const home = groups.namespace[g]!;
    const helper = stage.addOwner(
      groups.number[g]!,
      home,
      innerNumbersOf(tree, relations, groups, g, tree.levels!.pgid),
    );
    stage.serve(helper, 'group-leader', this.pidsOf(this.membersOfGroup, g));
    const maker = this.makerIn(s, home, g);
    stage.bear(maker, helper, false);
    stage.setGroup(helper, helper, groups.number[g]!);
    this.groupHelpers.push({ actor: helper, parent: maker });
  }

  /** An existing actor of session s that can make somebody in namespace `home`. */
  private makerIn(s: number, home: number, g: number): number {
    const { nested, stage } = this;
    const { tree, sessions, relations } = nested;
    const fits = (i: number): boolean => {
      if (!stage.exists[i] || !relations.isWithin(home, stage.namespace[i]!)) return false;
      return sessions.of[i] === s && (!this.leads[i] || this.leading[i] === true);
    };
    const { offset, items } = this.membersOfGroup;
    for (let at = offset[g]!; at < offset[g + 1]!; at++) if (fits(items[at]!)) return items[at]!;
    if (s > 0) {
      const leader = sessions.process[s]! >= 0 ? sessions.process[s]! : tree.size + s;
      this.create(leader);
      this.ensureLeads(leader);
      return leader;
    }
    if (!this.leading[0]) return 0;
    for (let i = 1; i < tree.size; i++) if (fits(i)) return i;
    for (const { actor } of this.carriers[0]!) if (stage.group[actor] === 0) return actor;
    throw new CreationCycle();
  }

  private pidsOf({ offset, items }: Rows, owner: number): number[] {
    return Array.from(items.subarray(offset[owner]!, offset[owner + 1]!), (i) => this.stage.pid[i]!);
  }

  private create(element: number): void {
    const { stage, origin } = this;
    const chain: number[] = [];
    for (let e = element; !stage.exists[e]; e = origin.creator[e]!) {
      if (this.underWay[e] || origin.creator[e]! < 0) throw new CreationCycle();
      chain.push(e);
    }
    if (++this.depth > DEEPEST_NESTING) throw new CreationCycle();
    for (let e = chain.pop(); e !== undefined; e = chain.pop()) if (!stage.exists[e]) this.createOne(e);
    this.depth--;
  }

  /** Makes an element whose creator exists. */
  private createOne(e: number): void {
    const { stage, origin, nested } = this;
    const o = origin.creator[e]!;
    this.underWay[e] = true;
    const early = origin.phase[e] === BEFORE && this.leads[o]! && !this.leading[o];
    if (this.leads[o] && origin.phase[e] !== BEFORE) this.ensureLeads(o);
    const g = this.birthGroup[e]!;
    if (g !== FREE && !this.groupMade[g]) {
      if (early) this.carrierFor(e);
      this.makeGroup(g);
    }
    const init = this.initNeeded(e);
    if (init >= 0 && !stage.exists[init]) {
      if (early) this.carrierFor(e);
      this.create(init);
    }
    this.underWay[e] = false;
    if (stage.exists[e]) return;
    stage.number(e);
    if (origin.sibling[e]) this.bearSibling(e, this.siblingMaker(e, o), g);
    else if (this.canBeSibling(e, o, g)) stage.bear(o, e, true);
    else {
      const carried = this.isCarried(e);
      if (!carried) this.enterClass(o, e);
      const caller = carried ? this.carrierFor(e) : o;
      stage.bear(caller, e, false);
      if (g !== FREE) stage.setGroup(caller, e, nested.groups.number[g]!);
    }
    if (e >= nested.tree.size) this.introduce(e);
  }

  /** Does CLONE_PARENT give e its wanted parent at once, and save a carrier? */
  private canBeSibling(e: number, o: number, g: number): boolean {
    const { stage, origin, nested } = this;
    const { relations, tree } = nested;
    if (!this.allowCloneParent || e >= tree.size || stage.parent[o] !== tree.parent[e]) return false;
    if (this.mustStay[e] || this.mustBeCarried[e] || (origin.phase[e] === BEFORE && this.leading[o]))
      return false;
    const home = stage.namespace[o]!;
    if (home !== stage.namespace[e] || o === 0 || relations.init[home] === o) return false;
    return g === FREE || stage.group[o] === nested.groups.number[g];
  }

  /** The creator, or the carrier that it left behind when it went into another session or group. */
  private siblingMaker(e: number, o: number): number {
    const isLate = this.origin.phase[e] === BEFORE && this.leading[o];
    return isLate ? this.carrierFor(e) : (this.carrierAt.get(this.carrierKey(e)) ?? o);
  }

  /**
   * CLONE_PARENT by the session's leader; through a carrier of its own where another group must be inherited, which
   * sets itself into it, or is set by their parent where the group has no number inside.
   */
  private bearSibling(e: number, leader: number, g: number): void {
    const { stage, nested } = this;
    this.enterClass(leader, e);
    const number = g === FREE ? stage.group[leader]! : nested.groups.number[g]!;
    if (stage.group[leader] === number) {
      stage.bear(leader, e, true);
      return;
    }
    const carrier = stage.addHelper(stage.namespace[leader]!);
    stage.serve(carrier, 'carrier', [stage.pid[e]!]);
    stage.bear(leader, carrier, true);
    const sees = nested.relations.isWithin(nested.groups.namespace[g]!, stage.namespace[carrier]!);
    stage.setGroup(sees ? carrier : stage.parent[carrier]!, carrier, number);
    stage.bear(carrier, e, true);
    stage.steps.exit(stage.pid[carrier]!, 0);
    stage.steps.wait4(stage.pid[stage.parent[carrier]!]!, stage.pid[carrier]!);
  }

  /** Lists a dead leader or a tool as the helper that it is. */
  private introduce(e: number): void {
    const { stage, nested, origin } = this;
    const { tree } = nested;
    const served: number[] = [];
    if (e < origin.firstTool) {
      stage.serve(e, 'session-leader', this.pidsOf(this.membersOfSession, e - tree.size));
      return;
    }
    for (const child of this.children[e]!) if (child < tree.size) served.push(tree.pid[child]!);
    stage.serve(e, 'tool', served);
  }

  /** The namespace init that must exist before e can be made, −1 if none. */
  private initNeeded(e: number): number {
    const { relations, tree } = this.nested;
    const n = this.stage.namespace[e]!;
    const isInit = e < tree.size && e > 0 && relations.init[n] === e && n > 0;
    const needed = isInit ? relations.parent[n]! : n;
    return needed > 0 ? relations.init[needed]! : -1;
  }

  /** Leader o calls setsid, after everybody from before it is born, or has a carrier from before it. */
  private ensureLeads(o: number): void {
    if (this.leading[o] || !this.leads[o]) return;
    const { stage, origin, nested } = this;
    for (const child of this.children[o]!) {
      if (origin.phase[child] !== BEFORE || stage.exists[child]) continue;
      const init = this.initNeeded(child);
      const g = this.birthGroup[child]!;
      const possible =
        (init < 0 || stage.exists[init]) && (g === FREE || this.groupMade[g]) && !this.underWay[child];
      if (possible) this.createOne(child);
      else this.carrierFor(child);
    }
    if (this.leading[o]) return;
    if (o === 0 && needsKeeper(nested, this.birthGroup, this.groupMade)) this.keepSomebodyOutside();
    this.leading[o] = true;
    stage.steps.setsid(stage.pid[o]!);
    stage.group[o] = stage.pid[o]!;
    const s = o < nested.tree.size ? nested.sessions.of[o]! : o - nested.tree.size;
    const g = this.groupNumbered.get(nested.sessions.number[s]!);
    if (g > 0) this.groupMade[g] = true;
  }

  /** A helper that stays in the outside session when the root leaves it. */
  private keepSomebodyOutside(): void {
    const { stage } = this;
    const keeper = stage.addHelper(0);
    stage.serve(keeper, 'carrier', []);
    stage.bear(0, keeper, false);
    this.carriers[0]!.push({ actor: keeper, target: ANYBODY });
  }

  /** Must e be made by a carrier? If not, its creator's death, or life, gives it the wanted parent. */
  private isCarried(e: number): boolean {
    const { origin, nested } = this;
    const o = origin.creator[e]!;
    if (this.stage.isRestorer(o)) return false;
    if (this.mustBeCarried[e]) return true;
    if (origin.phase[e] === BEFORE && this.leading[o]) return true;
    const wanted = this.wantedParent(e);
    if (wanted === ANYBODY) return false;
    if (o < nested.tree.size) return o !== wanted;
    const init = nested.relations.init[this.stage.namespace[o]!]!;
    const isTool = o >= origin.firstTool;
    if (isTool || this.births.deadLeaderParent[o - nested.tree.size]! >= 0) return wanted !== init;
    if (this.target[o] === ANYBODY) this.target[o] = wanted;
    return this.target[o] !== wanted;
  }

  private wantedParent(e: number): number {
    const { tree } = this.nested;
    if (e < tree.size) return tree.parent[e]!;
    if (e >= this.origin.firstTool) return ANYBODY;
    const p = this.births.deadLeaderParent[e - tree.size]!;
    return p === OUTSIDE ? ANYBODY : p;
  }

  /** The group that an element must be born into: a tool for the sake of what it bears. */
  private classNeeded(e: number): number {
    if (e < this.nested.tree.size) return this.classes.of[e]!;
    return this.origin.tools[e - this.origin.firstTool]?.cls ?? FREE;
  }

  /**
   * An injected process that brings in several groups goes into the one that e must be born into. Its parent outside
   * moves it; whoever must be born into the group that it cannot come back to has a carrier from there first.
   */
  private enterClass(x: number, e: number): void {
    const { classes, stage, nested } = this;
    const g = this.classNeeded(e);
    if (g === FREE || !classes.alsoBroughtIn.has(x)) return;
    const number = nested.groups.number[g]!;
    if (stage.group[x] === number) return;
    const first = classes.broughtIn[x]!;
    if (stage.group[x] === nested.groups.number[first] && mustInherit(nested, this.births, x, first)) {
      for (const child of this.children[x]!) {
        if (stage.exists[child] || this.classNeeded(child) !== first) continue;
        this.mustBeCarried[child] = true;
        this.carrierFor(child);
      }
    }
    this.makeGroup(g);
    stage.setGroup(stage.parent[x]!, x, number);
  }

  /** The carrier of e's creator, phase and wanted parent; of a sibling it is one too. */
  private carrierFor(e: number): number {
    const { stage, origin } = this;
    const key = this.carrierKey(e);
    const known = this.carrierAt.get(key);
    if (known !== undefined) return known;
    const o = origin.creator[e]!;
    this.enterClass(o, e);
    const carrier = stage.addHelper(stage.namespace[o]!);
    stage.serve(carrier, 'carrier', e < this.nested.tree.size ? [stage.pid[e]!] : []);
    stage.bear(o, carrier, origin.sibling[e] === 1);
    this.carrierAt.set(key, carrier);
    this.carriers[o]!.push({ actor: carrier, target: this.wantedParent(e) });
    return carrier;
  }

  private carrierKey(e: number): string {
    const { creator, phase, sibling } = this.origin;
    const o = creator[e]!;
    const cls = this.classes.alsoBroughtIn.has(o) ? this.classNeeded(e) : FREE;
    return `${o} ${phase[e]} ${this.wantedParent(e)} ${cls} ${sibling[e]}`;
  }
}
