/**
 * Play: the plan over time. Buttons, slider, list and time axis move one position; everybody who shows the tree is told
 * the processes at that position, the step that led there, and its reasons.
 */

import type { TimelineOfPage } from './api.ts';
import type { ReadyPlan, TimelineEvent } from './model/answers.ts';
import { differenceOf } from './model/difference.ts';
import { Player } from './model/player.ts';
import type { ShownProcess } from './model/process-forest.ts';
import type { SessionColours } from './model/session-colour.ts';
import { type Tracks, tracksOf } from './model/tracks.ts';
import { element, part } from './page-parts.ts';
import { TimeAxis } from './time-axis.ts';
import { VirtualList } from './virtual-list.ts';

/** Time to read a step's reason; plans of many steps go faster. */
const STEP_MS = 2200;
const WHOLE_MS = 90_000;
const LEAST_MS = 30;
const NAMED = 8;

export class Play {
  /** The position is another one: show the player's processes, and mark these. */
  onMove: (player: Player, marked: ReadonlySet<number>) => void = () => {};
  tracks: Tracks | null = null;
  calls: readonly string[] = [];
  private player: Player | null = null;
  private timer: ReturnType<typeof setInterval> | undefined;
  private fullest = 0;
  private wanted: readonly ShownProcess[] = [];
  private readonly axis: TimeAxis;
  private readonly list: VirtualList;
  private readonly slider = part<HTMLInputElement>('step');
  private readonly run = part<HTMLButtonElement>('run');
  private readonly speed = part<HTMLSelectElement>('speed');

  constructor(colours: SessionColours) {
    this.axis = new TimeAxis(part('axis-scroll'), part('axis'), part('axis-size'), colours);
    this.axis.onSeek = (position) => this.go(position);
    this.list = new VirtualList({
      container: part('steps'),
      rowHeight: 24,
      render: (index, row) => this.renderStep(index, row),
      onActive: (index) => this.go(index),
    });
    this.slider.addEventListener('input', () => this.go(Number(this.slider.value)));
    part('first').addEventListener('click', () => this.go(0));
    part('last').addEventListener('click', () => this.go(this.player?.events.length ?? 0));
    part('back').addEventListener('click', () => this.go((this.player?.position ?? 0) - 1));
    part('forward').addEventListener('click', () => this.go((this.player?.position ?? 0) + 1));
    part('fullest').addEventListener('click', () => this.go(this.fullest));
    this.run.addEventListener('click', () => (this.timer === undefined ? this.start() : this.stop()));
    this.speed.addEventListener('change', () => {
      if (this.timer !== undefined) this.start();
    });
  }

  get position(): number | null {
    return this.player?.position ?? null;
  }

  load(plan: ReadyPlan, told: TimelineOfPage, calls: readonly string[]): void {
    const helpers = new Set(plan.helpers.map(({ pid }) => pid));
    const isHelper = (pid: number): boolean => helpers.has(pid);
    this.player = new Player(told.root, told.events, isHelper);
    this.tracks = tracksOf(told.root, told.events, isHelper);
    this.calls = calls;
    this.player.seek(told.events.length);
    this.wanted = this.player.present();
    const death = told.events.find(({ step }) => step.op === 'exit' && helpers.has(step.pid));
    this.fullest = death?.index ?? told.events.length;
    part('fullest').hidden = death === undefined;
    this.slider.max = String(told.events.length);
    this.axis.show(this.tracks);
    this.list.reset(told.events.length + 1, 0);
  }

  /** No plan is played. */
  clear(): void {
    this.stop();
    this.player = null;
    this.tracks = null;
    this.calls = [];
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.run.setAttribute('aria-pressed', 'false');
    this.run.setAttribute('aria-label', 'Play');
    this.run.textContent = '▶';
  }

  seek(position: number): void {
    const { player } = this;
    if (!player) return;
    player.seek(position);
    this.slider.value = String(player.position);
    this.slider.setAttribute('aria-valuetext', `step ${player.position} of ${player.events.length}`);
    const event = player.events[player.position - 1];
    const marked = new Set<number>(event ? concerned(event) : []);
    this.axis.at(player.position, marked, event ? causesOf(event) : []);
    this.list.show(player.position);
    this.say(event);
    this.sayDifference(player);
    this.onMove(player, marked);
  }

  redraw(): void {
    this.axis.draw();
  }

  /** From here on, or from the beginning where it has ended. */
  start(): void {
    const { player } = this;
    if (!player || player.events.length === 0) return;
    clearInterval(this.timer);
    if (player.position === player.events.length) this.seek(0);
    this.run.setAttribute('aria-pressed', 'true');
    this.run.setAttribute('aria-label', 'Pause');
    this.run.textContent = '❚❚';
    const pause = Math.min(STEP_MS, WHOLE_MS / player.events.length) / Number(this.speed.value);
    this.timer = setInterval(
      () => {
        this.seek(player.position + 1);
        if (player.position === player.events.length) this.stop();
      },
      Math.max(LEAST_MS, pause),
    );
  }

  /** Somebody chose a step: whoever reads does not want it to run away. */
  private go(position: number): void {
    this.stop();
    this.seek(position);
  }

  private say(event: TimelineEvent | undefined): void {
    const now = part('now');
    if (!event) {
      now.replaceChildren(element('p', 'Before step 0 there is the root alone.', 'first-reason'));
      return;
    }
    const call = element('p', `Step ${event.index}: `);
    call.append(element('code', this.calls[event.index] ?? ''));
    const reasons = event.reasons.map(({ text }, i) => element('p', text, i === 0 ? 'first-reason' : 'hint'));
    const happened = event.effects.flatMap((effect) =>
      effect.kind === 'adopted' ? [`${effect.pid} falls to ${effect.parent}.`] : [],
    );
    if (happened.length > 0) reasons.push(element('p', happened.slice(0, 8).join(' '), 'hint'));
    now.replaceChildren(call, ...reasons);
  }

  private sayDifference(player: Player): void {
    const { missing, extra, other } = differenceOf(player.present(), this.wanted);
    const parts = [
      missing.length > 0 ? `${count(missing.length)} still to be born (${named(missing)})` : '',
      extra.length > 0 ? `${count(extra.length)} to go (${named(extra)})` : '',
      ...other.slice(0, NAMED).map(({ pid, what }) => `${pid}: ${what}`),
      other.length > NAMED ? `${count(other.length - NAMED)} others differ` : '',
    ].filter(Boolean);
    part('difference').textContent =
      parts.length === 0 ? 'This is the tree of the image.' : `Against the image: ${parts.join(' · ')}`;
  }

  private renderStep(index: number, row: HTMLElement): void {
    row.setAttribute('role', 'option');
    row.setAttribute('aria-selected', String(index === this.player?.position));
    const call = index === 0 ? 'the root alone' : (this.calls[index - 1] ?? '');
    row.title = call;
    row.replaceChildren(
      element('span', index === 0 ? '' : String(index - 1), 'number'),
      element('span', call, 'call'),
    );
  }
}

function concerned({ step, effects, reasons }: TimelineEvent): number[] {
  const pids = [step.pid, ...effects.map(({ pid }) => pid)];
  for (const { needs } of reasons as readonly { needs?: unknown }[])
    if (typeof needs === 'number') pids.push(needs);
  return pids;
}

/** Other steps that a step's reasons name. */
function causesOf({ reasons }: TimelineEvent): number[] {
  return (reasons as readonly Record<string, unknown>[])
    .flatMap(({ before, after, step, setsid }) => [before, after, step, setsid])
    .filter((step) => typeof step === 'number');
}

function count(n: number): string {
  return n.toLocaleString('en');
}

function named(pids: readonly number[]): string {
  return pids.slice(0, NAMED).join(', ') + (pids.length > NAMED ? ' …' : '');
}
