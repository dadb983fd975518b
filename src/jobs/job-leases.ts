/**
 * The jobs of the store that this server runs: claimed or taken for a while, and held by being heard of.
 *
 * A lease is for LEASE_MS and renewed every BEAT_MS. A server that is not heard of for that long loses its jobs to whoever
 * asks next (it was killed, or hangs); one that comes back learns it with its next beat, and stops. So a job has one server
 * at a time, but for the moment until a server that hung has noticed; what both would store is the same plan, once.
 * While the store does not answer nobody can take a job either, and the computing goes on.
 */

import { randomUUID } from 'node:crypto';
import type { JobRecord, NewJob, Store } from '../store/store.ts';

const LEASE_MS = 8000;
const BEAT_MS = 1000;

interface Lease {
  readonly timer: NodeJS.Timeout;
  phase: string | null;
}

export class JobLeases {
  private readonly store: Store;
  private readonly onLost: (id: string) => void;
  private readonly owner = randomUUID();
  private readonly held = new Map<string, Lease>();

  /** @param onLost told of a job that another server has, that was cancelled, or whose tree is gone */
  constructor(store: Store, onLost: (id: string) => void) {
    this.store = store;
    this.onLost = onLost;
  }

  has(id: string): boolean {
    return this.held.has(id);
  }

  /** A new job, to be run here; false where another server runs it. */
  async claim(job: NewJob): Promise<boolean> {
    const mine = await this.store.claimJob(job, this.owner, LEASE_MS);
    if (mine) this.hold(job.id);
    return mine;
  }

  /** The oldest job that waits or has lost its server, if there is one, to be run here. */
  async take(): Promise<JobRecord | undefined> {
    const job = await this.store.takeJob(this.owner, LEASE_MS);
    // A clock of the database that was set forward gives a server its own jobs again.
    if (!job || this.held.has(job.id)) return;
    this.hold(job.id);
    return job;
  }

  /** Tells whoever asks another server which phase it is in. */
  phase(id: string, name: string): void {
    const lease = this.held.get(id);
    if (!lease) return;
    lease.phase = name;
    this.beat(id, lease);
  }

  /** @param failure code and detail, as JSON */
  async fail(id: string, failure: string): Promise<void> {
    this.end(id);
    await this.store.failJob(id, this.owner, failure);
  }

  /** For another server, or the next start of this one. */
  async release(id: string): Promise<void> {
    this.end(id);
    await this.store.releaseJob(id, this.owner);
  }

  /** It is over: its plan is stored, or it was lost. */
  end(id: string): void {
    clearInterval(this.held.get(id)?.timer);
    this.held.delete(id);
  }

  private hold(id: string): void {
    this.end(id);
    const lease: Lease = { phase: null, timer: setInterval(() => this.beat(id, lease), BEAT_MS) };
    lease.timer.unref();
    this.held.set(id, lease);
  }

  private beat(id: string, lease: Lease): void {
    this.store.beatJob(id, this.owner, LEASE_MS, lease.phase).then(
      (mine) => {
        if (mine || this.held.get(id) !== lease) return;
        this.end(id);
        this.onLost(id);
      },
      // A store that does not answer says nothing about whose the job is.
      () => {},
    );
  }
}
