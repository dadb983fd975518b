/** Tree rows: the tree a line a process, to walk with the keyboard and to be read by screen readers (an ARIA tree). */

import { type ProcessForest, type ShownProcess, visibleRows } from './model/process-forest.ts';
import type { SessionColours } from './model/session-colour.ts';
import { badge, darkNow } from './page-parts.ts';
import { VirtualList } from './virtual-list.ts';

const ROW_HEIGHT = 26;
const INDENT = 14;
/** Deeper rows are not indented further: their depth is written. On a narrow list that is sooner. */
const DEEPEST_INDENT = 16;
const SHARE_OF_LIST = 0.35;

export class TreeRows {
  /** Somebody chose a process. */
  onSelect: (pid: number) => void = () => {};
  /** Rows were folded or unfolded. */
  onFold: () => void = () => {};
  private readonly container: HTMLElement;
  private readonly colours: SessionColours;
  private readonly list: VirtualList;
  private forest: ProcessForest | null = null;
  /** Pids, so that folds outlive a step. */
  private readonly folded = new Set<number>();
  private visible: Int32Array = new Int32Array(0);
  private marked: ReadonlySet<number> = new Set();
  private selected = 0;

  constructor(container: HTMLElement, colours: SessionColours) {
    this.container = container;
    this.colours = colours;
    this.list = new VirtualList({
      container,
      rowHeight: ROW_HEIGHT,
      render: (index, element) => this.render(index, element),
      onActive: (index) => {
        this.selected = this.forest!.pid[this.visible[index]!]!;
        this.onSelect(this.selected);
      },
      onKey: (event, index) => this.key(event, index),
    });
    container.addEventListener('click', (event) => {
      const fold = (event.target as Element).closest<HTMLElement>('[data-fold]');
      if (fold) this.fold(Number(fold.dataset.fold));
    });
  }

  show(forest: ProcessForest): void {
    this.forest = forest;
    const collapsed = new Set([...this.folded].map((pid) => forest.rowOf(pid)).filter((row) => row >= 0));
    this.visible = visibleRows(forest, collapsed);
    this.list.reset(this.visible.length, this.indexOf(this.selected));
  }

  get seen(): Int32Array {
    return this.visible;
  }

  mark(pids: ReadonlySet<number>): void {
    this.marked = pids;
    this.list.refresh();
  }

  /** The same rows in other colours. */
  redraw(): void {
    this.list.refresh();
  }

  select(pid: number): void {
    const { forest } = this;
    if (!forest || forest.rowOf(pid) < 0) return;
    let unfolded = false;
    for (let row = forest.parent[forest.rowOf(pid)]!; row >= 0; row = forest.parent[row]!) {
      unfolded = this.folded.delete(forest.pid[row]!) || unfolded;
    }
    this.selected = pid;
    if (unfolded) {
      this.show(forest);
      this.onFold();
    }
    this.list.show(this.indexOf(pid));
  }

  private indexOf(pid: number): number {
    const row = this.forest!.rowOf(pid);
    let [low, high] = [0, this.visible.length - 1];
    while (low <= high) {
      const middle = (low + high) >>> 1;
      if (this.visible[middle] === row) return middle;
      if (this.visible[middle]! < row) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }

  private fold(pid: number): void {
    if (!this.folded.delete(pid)) this.folded.add(pid);
    this.show(this.forest!);
    this.onFold();
  }

  private key(event: KeyboardEvent, index: number): boolean {
    const { forest, visible } = this;
    if (!forest || index < 0) return false;
    const row = visible[index]!;
    const pid = forest.pid[row]!;
    const hasChildren = forest.end[row]! > row + 1;
    const isFolded = this.folded.has(pid);
    const parent = forest.parent[row]!;
    if (event.key === 'ArrowRight' && hasChildren && isFolded) this.fold(pid);
    else if (event.key === 'ArrowRight' && hasChildren) this.choose(forest.pid[row + 1]!);
    else if (event.key === 'ArrowLeft' && hasChildren && !isFolded) this.fold(pid);
    else if (event.key === 'ArrowLeft' && parent >= 0) this.choose(forest.pid[parent]!);
    else return event.key === 'ArrowRight' || event.key === 'ArrowLeft';
    return true;
  }

  private choose(pid: number): void {
    this.select(pid);
    this.onSelect(pid);
  }

  private render(index: number, element: HTMLElement): void {
    const forest = this.forest!;
    const row = this.visible[index]!;
    const process = forest.process(row);
    const depth = forest.depth[row]!;
    const hasChildren = forest.end[row]! > row + 1;
    const folded = this.folded.has(process.pid);

    element.setAttribute('role', 'treeitem');
    element.setAttribute('aria-level', String(depth + 1));
    element.setAttribute('aria-selected', String(process.pid === this.selected));
    if (hasChildren) element.setAttribute('aria-expanded', String(!folded));
    element.classList.toggle('marked', this.marked.has(process.pid));
    element.classList.toggle('helper', process.helper === true);
    element.classList.toggle('zombie', process.state !== 'alive');
    const deepest = Math.min(
      DEEPEST_INDENT,
      Math.floor((this.container.clientWidth * SHARE_OF_LIST) / INDENT),
    );
    element.style.paddingLeft = `${Math.min(depth, deepest) * INDENT + 4}px`;

    const toggle = document.createElement('span');
    toggle.className = 'fold';
    toggle.setAttribute('aria-hidden', 'true');
    toggle.textContent = hasChildren ? (folded ? '▸' : '▾') : '';
    if (hasChildren) toggle.dataset.fold = String(process.pid);
    const dot = document.createElement('span');
    dot.className = 'dot';
    dot.style.background = this.colours.line(process.sid, darkNow());
    const pid = document.createElement('strong');
    pid.textContent = String(process.pid);
    element.replaceChildren(toggle, dot, pid);
    if (process.comm) element.append(badge(process.comm, 'comm'));
    const badges = badgesOf(process, depth > deepest ? depth : null);
    for (const parts of badges) element.append(badge(...parts));
    // What the width cuts off.
    element.title = [process.pid, process.comm, ...badges.map(([text, , spoken]) => spoken ?? text)]
      .filter(Boolean)
      .join(' · ');
  }
}

/** What is seen, its kind, and how it is said. */
type Badge = readonly [text: string, kind: string, spoken?: string];

/** `depth`: null where it is seen. */
function badgesOf(process: ShownProcess, depth: number | null): Badge[] {
  const { sid, pgid, pid, pidns, childSubreaper, state, helper, threads, bornOf, shares } = process;
  const badges: Badge[] = [
    sid === pid
      ? [`leads ${sid}`, 'session', `leads session ${sid}`]
      : [`s${sid}`, 'session', sid === 0 ? 'session from outside' : `session ${sid}`],
  ];
  if (pgid !== sid) badges.push([`g${pgid}`, 'group', `group ${pgid}`]);
  if (pidns !== undefined && pidns !== '0')
    badges.push([`ns ${pidns}`, 'namespace', `pid namespace ${pidns}`]);
  if (childSubreaper) badges.push(['subreaper', 'reaper']);
  if (state !== 'alive') badges.push([state, 'state']);
  if (helper) badges.push(['helper', 'helper']);
  if (threads !== undefined && threads > 1) badges.push([`${threads} threads`, 'threads']);
  if (bornOf !== undefined && bornOf !== 0) badges.push([`born of ${bornOf}`, 'orphan']);
  if (shares) badges.push([shares, 'shares']);
  if (depth !== null) badges.push([`depth ${depth}`, 'depth']);
  return badges;
}
