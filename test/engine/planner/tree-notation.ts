/** Small trees as the theory writes them: `1 > 2(s100) > 4(s2*); 1 > 3`. */

import type { ProcessImage, TreeImage } from '../../../src/formats/tree-image-schema.ts';

/**
 * Chains from parent to child, separated by `;`. `(sN)` is the session where a process is named first; the star, for
 * readers, marks its leader. Without it: the session of the parent, for the root its own. pgid = sid, flags off.
 */
export function written(text: string): TreeImage {
  const processes = new Map<number, ProcessImage>();
  for (const chain of text.split(';')) {
    let parent: ProcessImage | undefined;
    for (const word of chain.split('>')) {
      const [, number, session, star] = /^\s*(\d+)(?:\(s(\d+)(\*?)\))?\s*$/.exec(word) ?? [];
      if (number === undefined) throw new Error(`"${word}" is no process.`);
      const pid = Number(number);
      const sid: number = session === undefined ? (parent?.sid ?? pid) : Number(session);
      if (star && sid !== pid) throw new Error(`${pid} does not lead ${sid}.`);
      const ppid: number = parent?.pid ?? 0;
      const known = processes.get(pid);
      parent = known ?? { pid, ppid, pgid: sid, sid, state: 'alive', childSubreaper: false };
      processes.set(pid, parent);
    }
  }
  const [root] = processes.keys();
  return { root: root!, processes: [...processes.values()] };
}

/** The same tree with some fields of some processes changed. */
export function changed(
  image: TreeImage,
  changes: Readonly<Record<number, Partial<ProcessImage>>>,
): TreeImage {
  return { ...image, processes: image.processes.map((process) => ({ ...process, ...changes[process.pid] })) };
}
