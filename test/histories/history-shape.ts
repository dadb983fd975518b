/** What a random history is made of. Calls are drawn by weight; shares are probabilities. */
export interface HistoryShape {
  readonly seed: number;
  /** Living processes at the end, the root included. */
  readonly alive: number;
  /** Calls a living process, before the history is brought to its end. */
  readonly churn: number;
  readonly root: RootShape;
  readonly calls: CallWeights;
  /** Share of births with CLONE_PARENT. */
  readonly siblings: number;
  /** Share of births by the process that was born last: 1 makes one deep chain. */
  readonly depth: number;
  /** Share of births whose child calls setsid when the next one is born, not at once: births before setsid. */
  readonly lateSetsid: number;
  /** Share of the dead that nobody waits for at once. */
  readonly zombies: number;
  /** Share of processes with threads. */
  readonly threads: number;
  /** Share of living processes whose flag the image does not tell. */
  readonly unknownFlags: number;
}

export interface RootShape {
  readonly pid: number;
  readonly isInit: boolean;
  /** For a root that is no init: numbers of the session and group it was born in, 0 where they have none in level 0. */
  readonly session: number;
  readonly group: number;
  /** It keeps the session and the group it was born in. */
  readonly stays: boolean;
  /** It calls setsid before anybody is born, as whatever is dumped without --shell-job does. */
  readonly leads?: boolean;
  /** For a root that is no init: it is a child-subreaper from the start, so that nobody falls out of the tree. */
  readonly adopts?: boolean;
}

export interface CallWeights {
  readonly clone: number;
  readonly setsid: number;
  readonly setpgid: number;
  readonly prctl: number;
  readonly exit: number;
  readonly wait4: number;
}

export const INIT_ROOT: RootShape = { pid: 1, isInit: true, session: 0, group: 0, stays: false };

export const LEADING_ROOT: RootShape = { ...INIT_ROOT, leads: true };

/** Sessions and plain deaths; everything else is switched on by name. */
export const SESSIONS_ONLY: Omit<HistoryShape, 'seed' | 'alive'> = {
  churn: 4,
  root: INIT_ROOT,
  calls: { clone: 8, setsid: 3, setpgid: 0, prctl: 0, exit: 5, wait4: 0 },
  siblings: 0.15,
  depth: 0.3,
  lateSetsid: 0.2,
  zombies: 0,
  threads: 0,
  unknownFlags: 0,
};

export const WITH_SUBREAPERS = {
  ...SESSIONS_ONLY,
  calls: { ...SESSIONS_ONLY.calls, prctl: 3 },
};

export const WITH_ZOMBIES = {
  ...WITH_SUBREAPERS,
  calls: { ...WITH_SUBREAPERS.calls, wait4: 1 },
  zombies: 0.4,
};

export const WITH_GROUPS = {
  ...WITH_SUBREAPERS,
  calls: { ...WITH_SUBREAPERS.calls, setpgid: 8 },
};

export const EVERYTHING = {
  ...WITH_ZOMBIES,
  calls: { ...WITH_ZOMBIES.calls, setpgid: 8 },
  threads: 0.1,
};
