/** What the numbers of a proof stand for, so that it can be told without the image. */

import type { Image } from './image.ts';
import type { Line, Names } from './proof.ts';

export function namesIn(image: Image, lines: readonly Line[]): Names {
  const processes = new Set<number>();
  const sessions = new Set<number>();
  for (const { claim } of lines) {
    if (claim.says === 'above') for (const e of [claim.upper, claim.lower]) processes.add(e);
    else if (claim.says === 'one above the other')
      for (const e of [claim.first, claim.second]) processes.add(e);
    if (claim.says === 'session' || claim.says === 'born in session') sessions.add(claim.session);
  }
  const ascending = (numbers: Iterable<number>, keep: (number: number) => boolean): number[] =>
    [...numbers].filter((number) => number > 0 && keep(number)).sort((a, b) => a - b);
  return {
    root: image.root,
    gone: ascending([...processes, ...sessions], (e) => !image.has(e) && !image.isFromOutside(e)).filter(
      (e, i, all) => e !== all[i - 1],
    ),
    outside: ascending(sessions, (c) => image.isFromOutside(c)),
  };
}
