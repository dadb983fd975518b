/**
 * Play: the plan over time. Buttons, slider, list and time axis move one position; everybody who shows the tree is told
 * the processes at that position, the step that led there, and its reasons.
 */

import type { ReadyPlan, Timeline, TimelineEvent } from './model/answers.ts';
import { Player } from './model/player.ts';
import type { SessionColours } from './model/session-colour.ts';
import { type Tracks, tracksOf } from './model/tracks.ts';
import { element, part } from './page-parts.ts';
import { TimeAxis } from './time-axis.ts';
import { VirtualList } from './virtual-list.ts';

const STEP_MS = 700;

export class Play {
  /** The position is another one: show the player's processes, and mark these. */
  onMove: (player: Player, marked: ReadonlySet<number>) => void = () => {};
  tracks: Tracks | null = null;
  calls: readonly string[] = [];
  private player: Player | null = null;
  private timer: ReturnType<typeof setInterval> | undefined;
  private fullest = 0;
  private readonly axis: TimeAxis;
  private readonly list: VirtualList;
  private readonly slider = part<HTMLInputElement>('step');
  private readonly run = part<HTMLButtonElement>('run');

  constructor(colours: SessionColours) {
    this.axis = new TimeAxis(part('axis-scroll'), part('axis'), part('axis-size'), colours);
    this.axis.onSeek = (position) => this.seek(position);
    this.list = new VirtualList({
      container: part('steps'),
      rowHeight: 24,
      render: (index, row) => this.renderStep(index, row),
      onActive: (index) => this.seek(index),
    });
    this.slider.addEventListener('input', () => this.seek(Number(this.slider.value)));
    part('first').addEventListener('click', () => this.seek(0));
    part('last').addEventListener('click', () => this.seek(this.player?.events.length ?? 0));
    part('back').addEventListener('click', () => this.seek((this.player?.position ?? 0) - 1));
    part('forward').addEventListener('click', () => this.seek((this.player?.position ?? 0) + 1));
    part('fullest').addEventListener('click', () => this.seek(this.fullest));
    this.run.addEventListener('click', () => this.toggle());
  }

  get position(): number | null {
    return this.player?.position ?? null;
  }

  load(
    plan: ReadyPlan,
    told: { root: Timeline['root']; events: TimelineEvent[] },
    calls: readonly string[],
  ): void {
    const helpers = new Set(plan.helpers.map(({ pid }) => pid));
    const isHelper = (pid: number): boolean => helpers.has(pid);
    this.player = new Player(told.root, told.events, isHelper);
    this.tracks = tracksOf(told.root, told.events, isHelper);
    this.calls = calls;
    const death = told.events.find(({ step }) => step.op === 'exit' && helpers.has(step.pid));
    this.fullest = death?.index ?? told.events.length;
    part('fullest').hidden = death === undefined;
    this.slider.max = String(told.events.length);
    this.axis.show(this.tracks);
    this.list.reset(told.events.length + 1, 0);
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
    this.onMove(player, marked);
  }

  redraw(): void {
    this.axis.draw();
  }

  private toggle(): void {
    const { player } = this;
    if (!player) return;
    if (this.timer !== undefined) {
      this.stop();
      return;
    }
    if (player.position === player.events.length) this.seek(0);
    this.run.setAttribute('aria-pressed', 'true');
    this.run.setAttribute('aria-label', 'Pause');
    this.run.textContent = '⏸';
    this.timer = setInterval(() => {
      this.seek(player.position + 1);
      if (player.position === player.events.length) this.stop();
    }, STEP_MS);
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

  private renderStep(index: number, row: HTMLElement): void {
    row.setAttribute('role', 'option');
    row.setAttribute('aria-selected', String(index === this.player?.position));
    const number = element('span', index === 0 ? '' : String(index - 1), 'number');
    row.replaceChildren(
      number,
      element('span', index === 0 ? 'the root alone' : (this.calls[index - 1] ?? '')),
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
