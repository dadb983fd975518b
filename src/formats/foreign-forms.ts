/**
 * Uploads that are known and not read, named as what they are, with what to send instead.
 *
 * Magic numbers: of compressions and archives (their specifications), of CRIU's image files (include/magic.h gives
 * facts only), of DMTCP checkpoints, of ELF.
 */
import { COMMON_MAGIC, TYPE_MAGIC } from './criu/image-framing.ts';
import { startsWith } from './magic.ts';

interface ForeignForm {
  readonly magic: readonly number[];
  readonly says: string;
}

const SEND_COMPRESSED = 'send gzip, zstd or a plain tar.';
const text = (characters: string): number[] => [...Buffer.from(characters, 'latin1')];

const FOREIGN_FORMS: readonly ForeignForm[] = [
  { magic: text('BZh'), says: `This is bzip2, which is not read; ${SEND_COMPRESSED}` },
  { magic: [0xfd, ...text('7zXZ'), 0], says: `This is xz, which is not read; ${SEND_COMPRESSED}` },
  { magic: [0x04, 0x22, 0x4d, 0x18], says: `This is lz4, which is not read; ${SEND_COMPRESSED}` },
  { magic: [0x5d, 0x00, 0x00], says: `This is lzma, which is not read; ${SEND_COMPRESSED}` },
  { magic: text('PK\x03\x04'), says: `This is a zip archive, which is not read; ${SEND_COMPRESSED}` },
  { magic: text('\xff\xfe'), says: 'This is text in UTF-16, which is not read; send UTF-8.' },
  { magic: text('\xfe\xff'), says: 'This is text in UTF-16, which is not read; send UTF-8.' },
  { magic: text('7z\xbc\xaf'), says: `This is a 7z archive, which is not read; ${SEND_COMPRESSED}` },
  {
    magic: text('DMTCP_CHECKPOINT'),
    says: 'This is a checkpoint of DMTCP: it has the memory of one process, and no process tree of the kernel.',
  },
  {
    magic: text('\x7fELF'),
    says: 'This is an ELF file (a program, or the core dump of one process); a process tree is in no ELF file.',
  },
  {
    magic: text('SQLite format 3'),
    says: 'This is a SQLite database; send a tree image or a CRIU image directory.',
  },
];

/** Bytes that are enough to know each of them. */
export const LONGEST_MAGIC = 16;

/** What a form that is not read is, in a sentence or two; null: it is none of those that are known. */
export function foreignForm(head: Uint8Array): string | null {
  return FOREIGN_FORMS.find(({ magic }) => startsWith(head, magic))?.says ?? loneImageFile(head);
}

/** A file of a CRIU image directory, other than pstree.img, by its magic number. */
export function isImageFile(head: Uint8Array): boolean {
  return loneImageFile(head) !== null;
}

const WHOLE_SET = 'Send the whole image directory, as a tar or one part a file.';

/** One file of a CRIU image directory other than pstree.img. */
function loneImageFile(head: Uint8Array): string | null {
  if (head.length < 8) return null;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const first = view.getUint32(0, true);
  if (first === TYPE_MAGIC.inventory) {
    return `This is a lone inventory.img: it says nothing about processes. ${WHOLE_SET}`;
  }
  if (first !== COMMON_MAGIC && first !== SERVICE_MAGIC) return null;
  const type = view.getUint32(4, true);
  if (type === TYPE_MAGIC.pstree) return null;
  const kind = Object.entries(TYPE_MAGIC).find(([, magic]) => magic === type)?.[0];
  if (kind === 'core' || kind === 'ids') {
    return `This is a lone ${kind}-N.img: it speaks of one process and not of its parents. ${WHOLE_SET}`;
  }
  return `This is one file of a CRIU image directory (${kind ?? `type ${hexadecimal(type)}`}), and not pstree.img. ${WHOLE_SET}`;
}

/** Of stats files. */
const SERVICE_MAGIC = 0x55105940;

function hexadecimal(number: number): string {
  return `0x${number.toString(16).padStart(8, '0')}`;
}
