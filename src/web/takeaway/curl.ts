/** The same request as a command line. */

import type { TreeImage } from '../model/answers.ts';

/** Trees up to this many characters stand in the command; others are fetched from the server by their id. */
const INLINE = 4000;

export function curlOf(origin: string, image: TreeImage | null, treeId: string): string {
  const url = `${origin}/v1/plans?include=steps`;
  const tree = image === null ? '' : JSON.stringify(image);
  const body = tree !== '' && tree.length <= INLINE ? `{"tree":${tree}}` : JSON.stringify({ treeId });
  return `curl -sS '${url}' -H 'Content-Type: application/json' -d '${body.replaceAll("'", "'\\''")}'`;
}
