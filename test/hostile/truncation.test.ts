/** Images cut at every byte. */

import { gzipSync } from 'node:zlib';
import { DUMPS, dumpParts, tarOf } from '../formats/dumps.ts';
import { scaled } from '../full-size.ts';
import { MULTIPART, multipartBody } from './multipart.ts';
import { besieged } from './siege.ts';

const siege = await besieged();

siege.survived(`pstree.img of ${DUMPS.length} dumps, cut at every byte`, async (attacker) => {
  for (const dump of DUMPS) {
    const { bytes } = dumpParts(dump).find(({ name }) => name === 'pstree.img')!;
    for (let cut = 1; cut < bytes.length; cut++) {
      const body = bytes.subarray(0, cut);
      await attacker.post('/v1/plans', 'application/octet-stream', body, `${dump} cut at ${cut}`);
    }
  }
});

siege.survived('an image directory with one file cut', async (attacker) => {
  const parts = dumpParts('docker_shim');
  const stride = scaled(11, 1);
  for (const { name, bytes } of parts) {
    for (let cut = 0; cut < bytes.length; cut += stride) {
      const damaged = parts.map((part) =>
        part.name === name ? { name, bytes: bytes.subarray(0, cut) } : part,
      );
      await attacker.post('/v1/plans', MULTIPART, multipartBody(damaged), `${name} cut at ${cut}`);
    }
  }
});

const tar = await tarOf(dumpParts('trivial'));
const forms = [
  ['application/x-tar', tar, scaled(61, 1)],
  ['application/gzip', gzipSync(tar), scaled(7, 1)],
] as const;
for (const [type, archive, stride] of forms) {
  siege.refused(
    `a tar of ${archive.length} bytes (${type}), cut at every ${stride}th byte`,
    async (attacker) => {
      // A tar may end anywhere in the zeros of its end mark.
      const end = type === 'application/x-tar' ? archive.length - 1024 : archive.length;
      for (let cut = 1; cut < end; cut += stride) {
        const what = `${type} cut at ${cut}`;
        await attacker.refused('/v1/plans', type, archive.subarray(0, cut), [400, 'IMAGE_UNPARSABLE'], what);
      }
    },
  );
}
