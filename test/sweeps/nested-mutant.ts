/**
 * Mutants: the tree of a random nested history with a few fields drawn anew. Some are reachable, most are not.
 *
 * In: an image over pid namespaces, a seed, how many changes. Out: an image that is still a tree: parents above, numbers
 * on all levels as the owner's namespace has them. Local rules may be broken. Cost: O(n) a change.
 */

import type { ProcessImage, TreeImage } from '../../src/formats/tree-image-schema.ts';
import { SeededRandom } from '../histories/seeded-random.ts';

export function nestedMutant(image: TreeImage, seed: number, changes: number): TreeImage {
  const random = new SeededRandom(seed);
  const processes = image.processes.map((process) => ({ ...process }));
  const namespaces = image.pidNamespaces!;
  /** Ids of the namespaces from level 0 down to this one. */
  const lineage = (id: string): string[] => {
    const above = namespaces.find((n) => n.id === id)!.parent;
    return above === null ? [id] : [...lineage(above!), id];
  };
  /** What `of` shows of the numbers of an owner, as `member` shows them. */
  const shown = (of: ProcessImage, member: ProcessImage, numbers: readonly number[]): number[] => {
    const own = lineage(of.pidns!);
    const theirs = lineage(member.pidns!);
    return own.map((id, level) => (theirs[level] === id ? (numbers[level] ?? 0) : 0));
  };
  const isAbove = (a: ProcessImage, b: ProcessImage): boolean => {
    for (let at: ProcessImage | undefined = b; at; at = processes.find(({ pid }) => pid === at!.ppid)) {
      if (at.pid === a.pid) return true;
    }
    return false;
  };
  const lead = (one: ProcessImage): void => {
    Object.assign(one, { sid: one.pid, nssid: one.nspid, pgid: one.pid, nspgid: one.nspid });
  };
  for (let i = 0; i < changes; i++) {
    const one = random.pick(processes);
    const other = random.pick(processes);
    const session = { sid: other.sid, nssid: shown(one, other, other.nssid!) };
    switch (random.below(7)) {
      case 0:
      case 1:
        if (one.pid !== image.root && !isAbove(one, other)) one.ppid = other.pid;
        break;
      case 2:
        Object.assign(one, session);
        break;
      case 3:
        Object.assign(one, { pgid: other.pgid, nspgid: shown(one, other, other.nspgid!) });
        break;
      case 4:
        Object.assign(one, session, { pgid: session.sid, nspgid: session.nssid });
        break;
      case 5:
        if (one.state !== 'zombie') lead(one);
        break;
      default:
        if (one.pid !== image.root && !processes.some(({ ppid }) => ppid === one.pid))
          Object.assign(one, { state: one.state === 'zombie' ? 'alive' : 'zombie', childSubreaper: false });
    }
  }
  return { ...image, processes };
}
