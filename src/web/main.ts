/**
 * The page: bring a tree, see the verdict, walk the tree, play the plan, read the proof.
 *
 * Data flows one way: what is brought becomes a plan (api.ts), the plan fills the views, a view tells what was chosen,
 * and `Page` marks it in the others. The address has the plan and the step: `/#/plans/ID?step=7`, and the plan while it is
 * being made, so that it can be come back to. Each plan is an entry of the browser's history; of what is asked for at once,
 * only the last is shown.
 */

import { ApiError, getPlan, type Progress, replan } from './api.ts';
import { bringTrees } from './bring.ts';
import type { ReadyPlan } from './model/answers.ts';
import type { Player } from './model/player.ts';
import { type ProcessForest, processForest, type ShownProcess } from './model/process-forest.ts';
import { SessionColours } from './model/session-colour.ts';
import { factsOf, verdictOf } from './model/verdict.ts';
import { darkNow, element, linkTo, part } from './page-parts.ts';
import { panelsOf } from './panels/index.ts';
import { Play } from './play.ts';
import { type ReadPlan, readPlan } from './read-plan.ts';
import type { Shown } from './shown.ts';
import { Tabs } from './tabs.ts';
import { TreeMap } from './tree-map.ts';
import { TreeRows } from './tree-rows.ts';

/** Browsers refuse an address that changes a hundred times in ten seconds. */
const ADDRESS_MS = 250;

class Page {
  private readonly colours = new SessionColours();
  private readonly rows = new TreeRows(part('rows'), this.colours);
  private readonly parents = new TreeMap(part('parents'), this.colours);
  private readonly births = new TreeMap(part('births'), this.colours);
  private readonly play = new Play(this.colours);
  private readonly tabs = new Tabs(part('tabs'), part('panel'));
  private forest: ProcessForest = processForest([]);
  private known = new Map<number, ShownProcess>();
  private playing = false;
  /** Row of the process that was searched for, −1: of none. */
  private found = -1;
  private shown: Shown | null = null;
  /** How often something was asked for. */
  private asked = 0;
  private addressTimer: ReturnType<typeof setTimeout> | undefined;
  /** What the address had when it was followed or written last: another one is about to be followed. */
  private hash = '';

  constructor() {
    this.rows.onSelect = (pid) => this.select(pid);
    this.rows.onFold = () => this.parents.show(this.forest, this.rows.seen);
    this.parents.onSelect = (pid) => this.select(pid);
    this.births.onSelect = (pid) => this.select(pid);
    this.play.onMove = (player, marked) => this.move(player, marked);
    for (const button of document.querySelectorAll<HTMLElement>('[data-zoom]')) {
      button.addEventListener('click', () => {
        for (const map of [this.parents, this.births]) {
          if (button.dataset.zoom === 'fit') map.fit();
          else map.zoomBy(button.dataset.zoom === 'in' ? 1.4 : 1 / 1.4);
        }
      });
    }
    const field = part<HTMLInputElement>('search');
    field.addEventListener('input', () => this.search(field, 0));
    field.addEventListener('keydown', ({ key }) => {
      if (key === 'Enter') this.search(field, this.found + 1);
    });
    part('theme').addEventListener('click', () => this.toggleTheme());
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.redraw());
    bringTrees((work, played = false) => this.work(work, { played }));
    addEventListener('hashchange', () => this.follow());
    this.follow();
  }

  /**
   * Shows the plan that `make` answers with, at step `step`, or plays it where that is wished; what goes wrong is said.
   * Nothing of it is shown where something else has been asked for since.
   */
  private async work(
    make: (tell: Progress) => Promise<ReadyPlan>,
    { played = false, step = null }: { readonly played?: boolean; readonly step?: number | null } = {},
  ): Promise<void> {
    const bar = part<HTMLProgressElement>('bar');
    const said = part('said');
    const turn = ++this.asked;
    const isLast = (): boolean => turn === this.asked;
    const tell: Progress = (says, share, planId) => {
      if (!isLast()) return;
      if (planId !== undefined) this.address(`#/plans/${planId}`, null);
      said.className = '';
      said.textContent = says;
      bar.hidden = false;
      if (share === undefined) bar.removeAttribute('value');
      else bar.value = share;
    };
    this.play.stop();
    try {
      tell('Sending…');
      const read = await readPlan(await make(tell), tell);
      if (!isLast()) return;
      this.showPlan(read);
      said.textContent = '';
      if (step !== null) this.play.seek(step);
      else if (played && this.playing && !matchMedia('(prefers-reduced-motion: reduce)').matches)
        this.play.start();
    } catch (error) {
      if (!isLast()) return;
      said.className = 'bad';
      said.textContent = error instanceof Error ? error.message : String(error);
      if (error instanceof ApiError && error.help) said.append('\n', linkTo(error.help, 'Cause and remedy'));
    } finally {
      if (isLast()) bar.hidden = true;
    }
  }

  /** What the address names is shown: a plan, a step of it, or the beginning. */
  private follow(): void {
    this.forgetAddress();
    this.hash = location.hash;
    const [, id, query = ''] = /^#\/plans\/([0-9a-f]+)(?:\?(.*))?$/.exec(location.hash) ?? [];
    const [, digits] = /^step=(\d+)$/.exec(query) ?? [];
    const step = digits === undefined ? null : Number(digits);
    if (!id) this.begin();
    else if (id !== this.shown?.plan.id) void this.work((tell) => getPlan(id, tell), { step });
    else this.stay(step);
  }

  /** With the plan that is shown, at a step of it: whatever else was asked for is not waited for. */
  private stay(step: number | null): void {
    this.forgetWork();
    if (step !== null && this.playing && step !== this.play.position) {
      this.play.stop();
      this.play.seek(step);
    }
  }

  /** As the page is first seen. */
  private begin(): void {
    if (location.hash !== '') return;
    this.forgetWork();
    this.play.clear();
    this.shown = null;
    part('answer').hidden = true;
    part('bring').classList.remove('answered');
    part<HTMLDetailsElement>('ways').open = true;
  }

  private forgetWork(): void {
    this.asked++;
    part('said').textContent = '';
    part('bar').hidden = true;
  }

  private showPlan({ shown, told, calls }: ReadPlan): void {
    const { plan, processes } = shown;
    this.play.clear();
    this.shown = shown;
    this.known = new Map(processes.map((process) => [process.pid, process]));
    this.playing = told !== null;

    part('answer').hidden = false;
    part('bring').classList.add('answered');
    part<HTMLDetailsElement>('ways').open = false;
    part('play').hidden = !this.playing;
    part('births-pane').hidden = !this.playing;
    document.querySelector('.board')!.classList.toggle('alone', !this.playing);
    this.sayVerdict(shown);
    this.present(processes);
    this.parents.fit();
    if (told) {
      this.play.load(plan, told, calls.trimEnd().split('\n'));
      this.play.seek(told.events.length);
      this.births.fit();
    }
    this.tabs.show(
      panelsOf(shown, {
        light: (pids) => this.mark(new Set(pids)),
        forest: () => this.forest,
        seen: () => this.rows.seen,
        colours: this.colours,
        play: this.play,
        replan: (options) => this.work((report) => replan(plan.treeId, options, report)),
      }),
    );
    this.writeAddress();
    part('verdict').focus({ preventScroll: true });
    scrollTo({ top: 0 });
  }

  private sayVerdict({ plan, restorers }: Shown): void {
    const verdict = part('verdict');
    verdict.className = plan.outcome;
    const [said, ...more] = verdictOf(plan, restorers);
    verdict.replaceChildren(`${said} `, element('span', more.join(' '), 'more'));
    part('facts').textContent = factsOf(plan, this.playing).join(' · ');
  }

  private move(player: Player, marked: ReadonlySet<number>): void {
    this.present(player.present().map((process) => this.named(process)));
    const born = processForest(player.born().map((process) => this.named(process)));
    this.births.show(
      born,
      Int32Array.from({ length: born.size }, (_, row) => row),
    );
    this.mark(marked);
    this.remember();
  }

  /** What the image knows of a process beside what the plan changes. */
  private named(process: ShownProcess): ShownProcess {
    return { ...this.known.get(process.pid), ...process };
  }

  private present(processes: readonly ShownProcess[]): void {
    this.forest = processForest(processes);
    this.rows.show(this.forest);
    this.parents.show(this.forest, this.rows.seen);
  }

  private select(pid: number): void {
    this.rows.select(pid);
    this.parents.select(pid);
    this.births.select(pid);
  }

  private mark(pids: ReadonlySet<number>): void {
    this.rows.mark(pids);
    this.parents.mark(pids);
    this.births.mark(pids);
  }

  /** The first process of that number or name from row `from` on, around the end; of none the field says so. */
  private search(field: HTMLInputElement, from: number): void {
    const wanted = field.value.trim().toLowerCase();
    const { size } = this.forest;
    const isIt = ({ pid, comm }: ShownProcess): boolean =>
      String(pid) === wanted || comm?.toLowerCase().includes(wanted) === true;
    let row = -1;
    for (let i = 0; i < size && row < 0 && wanted !== ''; i++) {
      if (isIt(this.forest.process((from + i) % size))) row = (from + i) % size;
    }
    field.setAttribute('aria-invalid', String(row < 0 && wanted !== ''));
    this.found = row;
    if (row < 0) return;
    const { pid } = this.forest.process(row);
    this.select(pid);
    this.parents.bringIntoView(pid);
    this.births.bringIntoView(pid);
  }

  /** The step is in the address soon. */
  private remember(): void {
    this.addressTimer ??= setTimeout(() => this.writeAddress(), ADDRESS_MS);
  }

  private forgetAddress(): void {
    clearTimeout(this.addressTimer);
    this.addressTimer = undefined;
  }

  private writeAddress(): void {
    if (!this.shown) return;
    const step = this.playing ? `?step=${this.play.position}` : '';
    this.address(`#/plans/${this.shown.plan.id}`, step);
  }

  /** @param step null: whatever step of the plan is there stays */
  private address(plan: string, step: string | null): void {
    this.forgetAddress();
    const isThere = this.hash.split('?', 1)[0] === plan;
    if (location.hash !== this.hash || (isThere && step === null)) return;
    history[isThere ? 'replaceState' : 'pushState'](null, '', plan + (step ?? ''));
    this.hash = location.hash;
  }

  private toggleTheme(): void {
    document.documentElement.dataset.theme = darkNow() ? 'light' : 'dark';
    this.redraw();
  }

  private redraw(): void {
    this.parents.draw();
    this.births.draw();
    this.play.redraw();
    this.rows.redraw();
  }
}

new Page();
