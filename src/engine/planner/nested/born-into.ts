/**
 * Session that an element of a nested origin is born in: that of its creator, or, of a child from before the creator's
 * setsid, or of a tool, the one that the creator was born in. Cost: O(tools and births from before a setsid above it).
 */

import { type ElementIndex, isProcess, type NestedSessionIndex } from '../../tree/index-kinds.ts';
import { BEFORE } from '../origin.ts';
import type { NestedOrigin } from './nested-origin.ts';
import { leadsSession, type NestedTree } from './nested-tree.ts';

export function bornInto(
  nested: NestedTree,
  origin: NestedOrigin,
  element: ElementIndex,
): NestedSessionIndex {
  const { tree, sessions } = nested;
  for (let e = element; ; ) {
    const o = origin.creator[e]!;
    if (o < 0) return 0;
    if (isProcess(o, tree.size)) {
      if (!leadsSession(nested, o) || origin.phase[e] !== BEFORE) return sessions.of[o]!;
    } else if (o < origin.firstTool && origin.phase[e] !== BEFORE) return o - tree.size;
    e = o;
  }
}
