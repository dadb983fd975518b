/**
 * CRIU image sets, file by file, into process columns and surroundings.
 *
 * In: the files of an image directory. Out: columns, findings, what a target must have, and the place of every field
 * for later faults; or the HTTP status and faults of what cannot be read.
 */
import { imageFileName } from './criu/image-file-name.ts';
import { CriuImageSet } from './criu/image-set.ts';
import { surroundingName } from './criu/surroundings/member-name.ts';
import { SurroundingMembers } from './criu/surroundings/surrounding-members.ts';
import { DEFAULT_READ_LIMITS, type ReadLimits } from './read-limits.ts';
import { type ReadResult, result, type UploadPart } from './read-process-files.ts';

/** Reads a CRIU image set that comes file by file. */
export function readTreeParts(
  parts: Iterable<UploadPart>,
  limits: ReadLimits = DEFAULT_READ_LIMITS,
): Promise<ReadResult> {
  return result(async () => {
    const images = new CriuImageSet(limits);
    const surroundings = new SurroundingMembers();
    for (const { name, bytes } of parts) {
      const image = imageFileName(name);
      if (image !== null) images.add(image, name, bytes);
      const surrounding = surroundingName(name);
      if (surrounding !== null) surroundings.add(surrounding, name, bytes);
    }
    const image = images.finish();
    const { columns } = image;
    return { ...image, surroundings: surroundings.result(columns.pid.slice(0, columns.count)) };
  });
}
