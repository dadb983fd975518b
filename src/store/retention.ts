/**
 * Lets go of what is older than it may be, and of the oldest where the store is larger than it may be: every ten minutes,
 * plans before trees (expiring.ts). Each deletion is a line of the log; with `dryRun` it is only said what would go.
 *
 * A clock that was set is no reason to delete: when it has gone another way than the time since the start, nothing goes
 * by age until the next start.
 */

import type { Expiring, RetentionRule, Store } from './store.ts';

export interface RetentionSettings {
  /** 0: for ever. */
  readonly days: number;
  /** Of all trees and plans; 0: no limit. */
  readonly mostBytes: number;
  readonly dryRun: boolean;
}

export interface RetentionLog {
  info(line: object, message: string): void;
  warn(line: object, message: string): void;
}

const EVERY_MS = 600_000;
const FIRST_AFTER_MS = 10_000;
const AT_A_TIME = 500;
/** What goes is asked for again and again, what would go is not: the list of it is one answer, in memory. */
const MOST_TOLD = 100_000;
const DAY_MS = 86_400_000;
const MOST_CLOCK_ERROR_MS = 3_600_000;

export class Retention {
  private readonly store: Store;
  private readonly settings: RetentionSettings;
  private readonly log: RetentionLog;
  private readonly clockAtStart = clockOffset();
  private readonly timers: NodeJS.Timeout[] = [];
  private sweeping: Promise<void> | undefined;
  private closing = false;

  constructor(store: Store, settings: RetentionSettings, log: RetentionLog) {
    this.store = store;
    this.settings = settings;
    this.log = log;
    if (settings.days === 0 && settings.mostBytes === 0) return;
    const sweep = () => {
      this.sweeping ??= this.sweep()
        .catch((error: unknown) => this.log.warn({ err: error }, 'retention: the store cannot do it'))
        .finally(() => {
          this.sweeping = undefined;
        });
    };
    this.timers.push(setTimeout(sweep, FIRST_AFTER_MS).unref(), setInterval(sweep, EVERY_MS).unref());
  }

  /** Deletes what goes, or says what would. */
  async sweep(): Promise<void> {
    for (;;) {
      const gone = await this.store.expiring(this.rule());
      for (const one of gone) {
        if (this.closing) return;
        await this.letGo(one);
      }
      if (this.settings.dryRun && gone.length >= MOST_TOLD) {
        this.log.warn({ told: gone.length }, 'retention: more would be deleted than is told at a time');
      }
      if (gone.length === 0 || this.settings.dryRun) return;
    }
  }

  async close(): Promise<void> {
    this.closing = true;
    for (const timer of this.timers) clearTimeout(timer);
    await this.sweeping;
  }

  private async letGo({ kind, id, made, size }: Expiring): Promise<void> {
    const what = { kind, id, made: new Date(made).toISOString(), bytes: size };
    if (this.settings.dryRun) return this.log.info({ audit: 'would be deleted', ...what }, 'retention');
    const done = await (kind === 'plan' ? this.store.deletePlan(id) : this.store.deleteFreeTree(id));
    if (done) this.log.info({ audit: 'deleted', by: 'retention', ...what }, 'deleted');
  }

  private rule(): RetentionRule {
    const { days, mostBytes, dryRun } = this.settings;
    const isSet = Math.abs(clockOffset() - this.clockAtStart) > MOST_CLOCK_ERROR_MS;
    if (days > 0 && isSet) {
      this.log.warn({}, 'retention: the clock was set since the start; nothing goes by its age');
    }
    const before = days > 0 && !isSet ? Date.now() - days * DAY_MS : null;
    const most = dryRun ? MOST_TOLD : AT_A_TIME;
    return { before, mostBytes: mostBytes > 0 ? mostBytes : null, most };
  }
}

function clockOffset(): number {
  return Date.now() - performance.now();
}
