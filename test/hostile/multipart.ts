/** Image files as the body of a multipart upload. */

import type { UploadPart } from '../../src/formats/read-tree.ts';

const BOUNDARY = 'regraft-hostile-boundary';

export const MULTIPART = `multipart/form-data; boundary=${BOUNDARY}`;

export function multipartBody(parts: readonly UploadPart[]): Buffer {
  const chunks = parts.flatMap(({ name, bytes }) => [
    Buffer.from(
      `--${BOUNDARY}\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\n` +
        'content-type: application/octet-stream\r\n\r\n',
    ),
    bytes,
    Buffer.from('\r\n'),
  ]);
  return Buffer.concat([...chunks, Buffer.from(`--${BOUNDARY}--\r\n`)]);
}
