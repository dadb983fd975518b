/**
 * One tool for all that are alike: brought into the same namespace by the same creator, before or after its setsid, in
 * the same group. A tool that may be in any group is joined to one that has to be in some.
 *
 * In: a nested origin whose tools have their classes. Out: the same, with one tool as creator of what all of these bore.
 * Invariant: the closest alive born ancestors stay. Cost: O(elements). Kernel rules: A16, A17.
 */

import type { ElementIndex, GroupIndex } from '../../tree/index-kinds.ts';
import { FREE } from './group-classes.ts';
import type { NestedOrigin } from './nested-origin.ts';

export function withSharedTools(origin: NestedOrigin): NestedOrigin {
  const { firstTool, tools, phase, sibling } = origin;
  if (tools.length < 2) return origin;
  const creator = origin.creator.slice();
  const known = new Map<string, ElementIndex>();
  const insteadOf = new Map<ElementIndex, ElementIndex>();
  const keyOf = (tool: ElementIndex, cls: GroupIndex): string => {
    const { namespace } = tools[tool - firstTool]!;
    return [creator[tool], phase[tool], sibling[tool], namespace, cls].join(' ');
  };
  const take = (tool: ElementIndex, cls: GroupIndex): void => {
    const other = known.get(keyOf(tool, cls));
    if (other !== undefined) insteadOf.set(tool, other);
    else for (const key of [keyOf(tool, cls), keyOf(tool, FREE)]) if (!known.has(key)) known.set(key, tool);
  };
  for (const isFree of [false, true])
    for (const [k, { cls }] of tools.entries())
      if (creator[firstTool + k]! >= 0 && (cls === FREE) === isFree) take(firstTool + k, cls);
  if (insteadOf.size === 0) return origin;
  for (let e = 1; e < creator.length; e++) creator[e] = insteadOf.get(creator[e]!) ?? creator[e]!;
  for (const tool of insteadOf.keys()) creator[tool] = -1;
  return { ...origin, creator };
}
