/** What a person should know about a scan: left out, not visible, odd. One sentence each. */

import { isZombie, type Reading, type ReadOptions, type ReadProcess } from './reading.ts';

const named = (processes: readonly { pid: number }[]): string =>
  `${processes
    .slice(0, 10)
    .map(({ pid }) => pid)
    .join(', ')}${processes.length > 10 ? ` and ${processes.length - 10} more` : ''}`;

export interface NoteOptions extends Pick<ReadOptions, 'target' | 'probe' | 'classProbe'> {
  /** A record of births is read beside the scan. */
  readonly withBirths?: boolean;
}

export function scanNotes(
  reading: Reading,
  { target, probe, classProbe, withBirths = false }: NoteOptions,
  vanished: number,
): string[] {
  const { root, processes, leftOut, kernelThreads } = reading;
  const notes: string[] = [];
  const say = (list: readonly ReadProcess[], text: string): void => {
    if (list.length > 0) notes.push(`${text}: ${named(list)}`);
  };
  if (vanished > 0) notes.push(`${vanished} processes of this system ended while they were being read`);
  if (leftOut.length > 0) {
    notes.push(`left out, the scan itself: ${leftOut.join(', ')} (--with-scanner keeps them)`);
  }
  if (kernelThreads > 0) notes.push(`left out, kernel threads: ${kernelThreads}`);
  notes.push(...unseenNotes(reading.bornOf.size > 0, withBirths));
  if (processes.some(({ birth }) => birth === 0)) {
    const why = probe ? 'this kernel has no pidfs (Linux 6.9)' : 'it needs `npm run build:native`';
    notes.push(`not visible here: birth order; ${why}`);
  }
  notes.push(...uncomparedNotes(reading, classProbe !== undefined && classProbe !== null));
  const zombies = processes.filter(isZombie);
  say(
    zombies.filter(({ link }) => link === undefined),
    'exit status not visible to this user, zombies',
  );
  say(
    processes.filter(({ exiting, state }) => exiting && state !== 'Z'),
    'exiting, and not at the end of it; no plan can rebuild that',
  );
  say(
    processes.filter((process) => process.state === 'Z' && !isZombie(process)),
    'first thread has ended, others live',
  );
  const links = new Set(processes.map(({ link }) => link));
  say(
    processes.filter(({ forChildren }) => forChildren && !links.has(forChildren)),
    'the next child would be born in a pid namespace that nobody of the tree lives in, left out',
  );
  notes.push(...outsideNotes(reading));
  if (target.kind === 'tree' && root.nspid.at(-1) === 1) {
    notes.push('the root is the init of its namespace: --namespace also finds what was put in from outside');
  }
  return notes;
}

/** Whom kcmp said nothing of. */
function uncomparedNotes({ processes, classes }: Reading, isAsked: boolean): string[] {
  if (!isAsked) return ['not visible here: shared kernel objects; they need `npm run build:native`'];
  const lacking = processes.filter(({ pid }) => classes.get(pid)?.every((seen) => seen === null) ?? false);
  if (lacking.length === 0) return [];
  const why = 'kcmp needs the right to trace them, and a kernel with CONFIG_KCMP';
  return [`not visible to this user: shared kernel objects of ${named(lacking)}; ${why}`];
}

function unseenNotes(isShown: boolean, withBirths: boolean): string[] {
  const shown = isShown ? ['closest alive born ancestors (caba) as this kernel shows them'] : [];
  const births = isShown || withBirths ? '' : ', closest alive born ancestors (caba; --births FILE has them)';
  return [...shown, `not visible to anyone: child-subreaper flags${births}`];
}

/** A session or group whose leader lives outside the tree looks like one whose leader is dead. */
function outsideNotes({ root, processes, livingOutside }: Reading): string[] {
  const level = root.nspid.length - 1;
  const rootSession = root.nssid[level];
  const rootGroup = root.nspgid[level];
  const odd = processes.filter(({ nssid, nspgid }) => {
    const session = nssid[level]!;
    const group = nspgid[level]!;
    return (
      (session !== rootSession && livingOutside.has(session)) ||
      (group !== rootGroup && group !== rootSession && livingOutside.has(group))
    );
  });
  if (odd.length === 0) return [];
  return [`the session or group leader lives outside the tree, a larger tree would show it: ${named(odd)}`];
}
