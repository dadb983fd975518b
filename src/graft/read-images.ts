/** The process tree of an image set. */

import type { ProcessTree } from '../engine/tree/process-tree.ts';
import { imageFileName } from '../formats/criu/image-file-name.ts';
import { loadTree, readProcessFiles } from '../formats/read-process-files.ts';
import { GraftError } from './graft-error.ts';
import type { ImageSource } from './image-source.ts';

/** @throws GraftError where it cannot be read */
export async function readImages(source: ImageSource): Promise<ProcessTree> {
  const wanted = new Set([...source.names].filter((name) => imageFileName(name) !== null));
  const parts = [...(await source.read(wanted))].map(([name, bytes]) => ({ name, bytes }));
  if (!parts.some(({ name }) => name === 'pstree.img')) {
    throw new GraftError(
      'there is no pstree.img: a dump that failed leaves such a set, and its dump.log says why',
    );
  }
  const loaded = loadTree(await readProcessFiles(parts));
  if (loaded.ok) return loaded.tree;
  const [fault] = loaded.faults;
  const place = fault && 'file' in fault && fault.file !== undefined ? `${fault.file}: ` : '';
  throw new GraftError(`${place}${fault?.message ?? 'the image set cannot be read'}`);
}
