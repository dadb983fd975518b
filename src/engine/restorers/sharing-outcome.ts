/**
 * What CRIU and Virtuozzo make of shared objects, exit signals and terminals (inherit-only resources, section 4).
 *
 * In: a tree. Out: the first thing at which the dump is refused, with its message; else what comes out wrong without a
 * word; null where sharing is no matter. Read in the sources of 4.2 and measured on the public dumps.
 * A dump asks in the order of the tree, depth first, for each live process: vm, fs, files, signal handlers. A number
 * that it knows already is refused, but for the file table of the present parent. Undo lists, I/O contexts, threads,
 * exit signals and a member's terminal are not looked at, and lost.
 * Cost: O(n · kinds).
 */

import { KIND_WORDS } from '../tree/kind-words.ts';
import { ZOMBIE } from '../tree/process-columns.ts';
import { OUTSIDE, type ProcessTree } from '../tree/process-tree.ts';
import { classSizes } from '../tree/sharing.ts';
import { FILES, FS, KINDS, NOT_TOLD, SIGCHLD, SIGHAND, VM } from '../tree/sharing-columns.ts';
import { depthFirst } from '../tree/subtree-intervals.ts';

export interface SharingOutcome {
  readonly outcome: 'refuses' | 'unsound' | 'differs';
  /** What the dump says before it fails; null where nothing is said. */
  readonly message: string | null;
  readonly pids: readonly number[];
  readonly why: string;
  readonly remedy: string;
}

/** What CRIU calls an object that two processes share; signal handlers go by the wrong name. */
const ASKED = [
  [VM, 'VM'],
  [FS, 'FS'],
  [FILES, 'FILES'],
  [SIGHAND, 'IO'],
] as const;

export function sharingOutcome(tree: ProcessTree): SharingOutcome | null {
  if (tree.sharing === null) return null;
  return refusal(tree) ?? lostFiles(tree) ?? lostSilently(tree);
}

function refusal(tree: ProcessTree): SharingOutcome | null {
  const { size, parent, pid, state, sharing } = tree;
  if (!isRefused(tree)) return null;
  const seen = ASKED.map(() => new Set<number>());
  for (const i of depthFirst(parent)) {
    if (state[i] === ZOMBIE) continue;
    for (const [at, [kind, name]] of ASKED.entries()) {
      const object = sharing!.classes[kind]?.[i] ?? NOT_TOLD;
      if (object === NOT_TOLD) continue;
      const ofParent = parent[i] !== OUTSIDE && sharing!.classes[kind]![parent[i]!] === object;
      if (seen[at]!.has(object) && !(kind === FILES && ofParent)) {
        const others = sharing!.classes[kind]!;
        const pids = Array.from({ length: size }, (_, p) => p).filter((p) => others[p] === object);
        return {
          outcome: 'refuses',
          message: `Can't make ${name} id for ${pid[i]}`,
          pids: pids.map((p) => pid[p]!),
          why:
            kind === FILES
              ? 'A file table is dumped for a process and its present parent only.'
              : 'CRIU dumps no such object that two processes share.',
          remedy: 'Restore by the plan of this service, which shares it at birth.',
        };
      }
      seen[at]!.add(object);
    }
  }
  return null;
}

/** Whether anything is refused, without asking in which order. */
function isRefused({ size, parent, state, sharing }: ProcessTree): boolean {
  return ASKED.some(([kind]) => {
    const names = sharing!.classes[kind];
    if (!names) return false;
    for (let i = 1; i < size; i++) {
      if (names[i] === NOT_TOLD || names[i] === i || state[i] === ZOMBIE) continue;
      if (kind !== FILES || parent[i] === OUTSIDE || names[parent[i]!] !== names[i]) return true;
    }
    return false;
  });
}

/**
 * A child of the root in another session, which it does not lead, is cloned by a helper of its session, gets that one's
 * empty table, and waits for its parent. Elsewhere a parent bears such a child itself, before its setsid.
 */
function lostFiles({ size, parent, pid, sid, state, sharing }: ProcessTree): SharingOutcome | null {
  const files = sharing!.classes[FILES];
  if (!files) return null;
  const lost: number[] = [];
  for (let i = 1; i < size; i++) {
    const above = parent[i]!;
    if (state[i] === ZOMBIE || above !== 0 || files[i] === NOT_TOLD || files[i] !== files[0]) continue;
    if (sid[i] !== pid[i] && sid[i] !== sid[above]) lost.push(pid[i]!);
  }
  if (lost.length === 0) return null;
  return {
    outcome: 'unsound',
    message: null,
    pids: lost,
    why: 'They share the file table of their parent and are in another session: CRIU clones them by a helper of that session, counts them as users of the parent’s table, and restores them without a single open descriptor, return code 0.',
    remedy: 'Restore by the plan of this service; do not trust a restore that succeeds.',
  };
}

function lostSilently(tree: ProcessTree): SharingOutcome | null {
  const { size, pid, sid, state, sharing } = tree;
  const { classes, exitSignal, terminal, threadFiles, threadFs } = sharing!;
  const lost = new Set<number>();
  const what: string[] = [];
  const note = (word: string, isLost: (i: number) => boolean): void => {
    let any = false;
    for (let i = 0; i < size; i++) {
      if (state[i] === ZOMBIE || !isLost(i)) continue;
      lost.add(pid[i]!);
      any = true;
    }
    if (any) what.push(word);
  };
  for (const kind of ['sysvsem', 'io'] as const) {
    const column = classes[KINDS.indexOf(kind)];
    if (!column) continue;
    const members = classSizes(column);
    note(KIND_WORDS[kind].all, (i) => column[i] !== NOT_TOLD && members[column[i]!]! > 1);
  }
  if (exitSignal) note('exit signals', (i) => exitSignal[i] !== SIGCHLD);
  if (terminal) {
    const withTerminal = new Set<number>();
    for (let i = 0; i < size; i++) if (terminal[i]! > 0) withTerminal.add(sid[i]!);
    note('terminals of members', (i) => sid[i] !== pid[i] && withTerminal.has(sid[i]!));
  }
  const { threadOffset } = tree;
  const apart = (column: Int32Array | null, i: number): boolean =>
    column?.subarray(threadOffset[i], threadOffset[i + 1]).some((name) => name !== NOT_TOLD) ?? false;
  if (threadFiles || threadFs) note('objects of threads', (i) => apart(threadFiles, i) || apart(threadFs, i));
  if (lost.size === 0) return null;
  return {
    outcome: 'differs',
    message: null,
    pids: [...lost],
    why: `CRIU does not look at ${what.join(', ')}: they are lost without a word.`,
    remedy: 'Restore by the plan of this service, which makes them at birth.',
  };
}
