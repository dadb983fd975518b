/** The smallest thing that gets each diagnostic: a tree image, with options where it takes some, or a file of the fixtures. */

import type { DiagnosticCode } from '../../src/engine/answer-types/diagnostic.ts';
import type { PlanOptions } from '../../src/engine/plan/plan-options.ts';
import type { TreeImage } from '../../src/library.ts';

export type DiagnosticExample =
  | { readonly tree: TreeImage; readonly options?: Partial<PlanOptions> }
  | { readonly file: string }
  /** Where it comes about otherwise, in words. */
  | { readonly words: string };

type Row = TreeImage['processes'][number];

/** Everybody but the root is a child of 1, in its group and session, where a row says nothing else. */
const image = (...rows: Partial<Row>[]): TreeImage => ({
  processes: rows.map((row, i) => ({ pid: i + 1, ppid: i === 0 ? 0 : 1, pgid: 1, sid: 1, ...row })),
});

const TWO = image({}, {});
/** Two in each of two sessions, with file tables across. */
const BY_THREADS = image(
  { pgid: 0, sid: 0, files: 1 },
  { pgid: 2, sid: 2, files: 1 },
  { pgid: 0, sid: 0, files: 3 },
  { pgid: 2, sid: 2, files: 3 },
);
const RESERVED = { words: 'The code is kept for this; nothing answers with it at present.' };

export const DIAGNOSTIC_EXAMPLES: Readonly<Record<DiagnosticCode, DiagnosticExample>> = {
  UNRESTORABLE: { tree: image({}, { pgid: 9, sid: 9 }, { ppid: 2 }) },
  UNDECIDED: { tree: BY_THREADS },
  CABA_MISSING: { tree: TWO },
  ORIGIN_AMBIGUOUS: { tree: image({}, {}, {}) },
  CABA_CONTRADICTION: { tree: image({}, { pgid: 2, sid: 2 }, {}), options: { births: { '2': 3, '3': 2 } } },
  BIRTH_ORDER_IGNORED: { tree: image({ birthOrder: 3 }, { birthOrder: 1 }, { ppid: 2, birthOrder: 0 }) },
  SUBREAPER_UNKNOWN: { tree: TWO },
  SUBREAPER_INFERRED: {
    tree: image(
      {},
      { pgid: 2, sid: 2 },
      { ppid: 2, pgid: 3, sid: 3 },
      { ppid: 3, pgid: 9, sid: 9 },
      { ppid: 2, pgid: 9, sid: 9 },
    ),
  },
  SESSION_OUTSIDE: { tree: image({ pgid: 0, sid: 0 }) },
  GROUP_OUTSIDE: { tree: image({ pgid: 0, sid: 0 }) },
  SHARING_UNKNOWN: { tree: TWO },
  SHARING_UNREACHABLE: {
    tree: image({ files: 1, fs: 1 }, { files: 1, fs: 2 }, { files: 2, fs: 1 }, { files: 2, fs: 2 }),
  },
  SHARING_IMPOSSIBLE: { tree: image({ vm: 1, sighand: 1 }, { vm: 2, sighand: 1 }) },
  SHARING_LOST_BY_RESTORER: { tree: image({ fs: 1 }, { fs: 1 }) },
  NEEDS_EXEC: { tree: image({ vm: 1 }, { vm: 2 }, { ppid: 2, vm: 1 }) },
  NEEDS_THREADS: { tree: BY_THREADS },
  EXIT_SIGNAL_LOST: { tree: image({}, { exitSignal: 10 }) },
  TERMINAL_BY_BIRTH: {
    tree: image({}, { pgid: 2, sid: 2, ttyNr: 34816 }, { ppid: 2, pgid: 2, sid: 2, ttyNr: 0 }),
  },
  IO_OR_UNDO_AMBIGUOUS: RESERVED,
  SESSIONS_OUTSIDE_AS_ONE: { file: 'test/fixtures/cases/live-two-outer-sessions.json' },
  FIRST_THREAD_ENDED: { tree: image({}, { state: 'zombie', threads: [2, 5] }) },
  CHILDREN_ELSEWHERE: { tree: image({}, { pidnsForChildren: null }) },
  INIT_CANNOT_EXIT: {
    tree: {
      pidNamespaces: [
        { id: '0', parent: null, init: 1 },
        { id: '1', parent: '0', init: 2 },
      ],
      processes: [
        { pid: 1, ppid: 0, pgid: 1, sid: 1 },
        { pid: 2, ppid: 1, pgid: 3, sid: 1, pidns: '1', nspid: [2, 1], nspgid: [3, 2], nssid: [1, 0] },
        { pid: 3, ppid: 2, pgid: 3, sid: 1, pidns: '1', nspid: [3, 2], nspgid: [3, 2], nssid: [1, 0] },
      ],
    },
  },
  PID_CONFLICT: { tree: TWO, options: { occupiedPids: [2] } },
  PID_MAX_EXCEEDED: { tree: image({}, { pid: 4_194_304 }) },
  THREAD_ID_CONFLICT: RESERVED,
  EXIT_STATUS_LOST: { tree: image({}, { state: 'zombie', exitStatus: 139 }) },
  GRAFT_IMPOSSIBLE: {
    words:
      '`GET /v1/plans/{id}/graft` of a tree that CRIU does not dump, such as one with a nested pid namespace.',
  },
  STATE_UNKNOWN: { file: 'test/fixtures/cases/core7-missing.tar' },
  STATE_STOPPED: { file: 'test/fixtures/cases/invver99.tar' },
  IMAGE_VERSION_UNKNOWN: { file: 'test/fixtures/cases/invver99.tar' },
  IMAGE_INCONSISTENT: {
    words: 'A set in which `ids-2.img` of a live process is missing, or a zombie has one.',
  },
};
