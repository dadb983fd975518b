/** What a client may ask of a plan (contract, section 3, `options`). */
export interface PlanOptions {
  /** May steps use CLONE_PARENT? It saves helpers; in one namespace no tree needs it. */
  readonly allowCloneParent: boolean;
  /** Carriers and other helpers with a free choice of number get one from here upwards. */
  readonly helperPidMin: number;
  /** Level-0 numbers that are taken on the target: no helper uses them. */
  readonly occupiedPids: readonly number[];
  /** Must the births agree with the image's `caba`? */
  readonly respectCaba: boolean;
  /** 0: the preferred history; n: the n-th alternative. */
  readonly history: number;
  /** Births to assume: pid → pid of its closest alive born ancestor. */
  readonly births: Readonly<Record<string, number>>;
}

export const DEFAULT_OPTIONS: PlanOptions = {
  allowCloneParent: true,
  helperPidMin: 300,
  occupiedPids: [],
  respectCaba: true,
  history: 0,
  births: {},
};
