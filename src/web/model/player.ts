/**
 * Player: the processes as they are after any number of a plan's steps. Everything it knows comes from the timeline of
 * the API: the root, and what each step changes.
 *
 * Cost: going forward costs the steps in between, going back starts at the root again.
 */

import type { Effect, Timeline, TimelineEvent } from './answers.ts';
import type { ShownProcess } from './process-forest.ts';

interface Played {
  pid: number;
  parent: number;
  creator: number;
  pgid: number;
  sid: number;
  childSubreaper: boolean;
  state: 'alive' | 'zombie' | 'gone';
}

export class Player {
  readonly events: readonly TimelineEvent[];
  /** Steps that have been executed. */
  position = 0;
  private readonly root: Timeline['root'];
  private readonly isHelper: (pid: number) => boolean;
  private processes = new Map<number, Played>();

  constructor(root: Timeline['root'], events: readonly TimelineEvent[], isHelper: (pid: number) => boolean) {
    this.root = root;
    this.events = events;
    this.isHelper = isHelper;
    this.begin();
  }

  seek(position: number): void {
    const wanted = Math.max(0, Math.min(position, this.events.length));
    if (wanted < this.position) this.begin();
    while (this.position < wanted) {
      for (const effect of this.events[this.position]!.effects) this.apply(effect);
      this.position++;
    }
  }

  /** Who is there now, by parents. */
  present(): ShownProcess[] {
    const shown: ShownProcess[] = [];
    for (const process of this.processes.values()) {
      if (process.state !== 'gone') shown.push(this.shown(process, process.parent));
    }
    return shown;
  }

  /** Who was ever born until now, by creators. */
  born(): ShownProcess[] {
    return Array.from(this.processes.values(), (process) => this.shown(process, process.creator));
  }

  private shown(process: Played, parent: number): ShownProcess {
    const { pid, pgid, sid, childSubreaper, state, creator } = process;
    const helper = this.isHelper(pid);
    return {
      pid,
      parent,
      pgid,
      sid,
      state,
      childSubreaper,
      helper,
      ...(creator === process.parent ? {} : { bornOf: creator }),
    };
  }

  private begin(): void {
    const { pid, pgid, sid } = this.root;
    this.processes = new Map([
      [pid, { pid, parent: 0, creator: 0, pgid, sid, childSubreaper: false, state: 'alive' }],
    ]);
    this.position = 0;
  }

  private apply(effect: Effect): void {
    if (effect.kind === 'born') {
      const { pid, parent, creator, pgid, sid } = effect;
      this.processes.set(pid, { pid, parent, creator, pgid, sid, childSubreaper: false, state: 'alive' });
      return;
    }
    const process = this.processes.get(effect.pid);
    if (!process) return;
    switch (effect.kind) {
      case 'session':
        process.sid = effect.sid;
        process.pgid = effect.pgid;
        break;
      case 'group':
        process.pgid = effect.pgid;
        break;
      case 'flag':
        process.childSubreaper = effect.childSubreaper;
        break;
      case 'adopted':
        process.parent = effect.parent;
        break;
      case 'zombie':
      case 'gone':
        process.state = effect.kind;
    }
  }
}
