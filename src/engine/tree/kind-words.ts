/** What the objects of each kind are called, for all sentences: one by itself, one that is not known yet, and all of them. */

import type { Kind } from './sharing-columns.ts';

export const KIND_WORDS: Readonly<
  Record<Kind, { readonly one: string; readonly any: string; readonly all: string }>
> = {
  files: { one: 'file table', any: 'a file table', all: 'file tables' },
  fs: { one: 'fs', any: 'an fs (working directory, root, umask)', all: 'fs' },
  vm: { one: 'address space', any: 'an address space', all: 'address spaces' },
  sighand: { one: 'signal handlers', any: 'signal handlers', all: 'signal handlers' },
  sysvsem: { one: 'undo list', any: 'an undo list', all: 'undo lists' },
  io: { one: 'I/O context', any: 'an I/O context', all: 'I/O contexts' },
};
