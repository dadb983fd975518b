/**
 * The processes that a refutation speaks of: those it is given, and the leaders of their sessions, there or gone.
 *
 * In: an image and the pids that a conflict is about. Out: elements, each with what the image says of it alone.
 * Whoever else is in the image is passed over: what is said of these processes is true of the whole image.
 * Cost: O(pids).
 * The root is above everybody and is no element, except where processes were put in beside it from outside, or are said
 * to be born there.
 */

import type { Image } from '../proof/image.ts';

export const UNKNOWN = -2;

export interface Element {
  /** pid; of a leader that is gone the number of its session. */
  readonly number: number;
  readonly isPresent: boolean;
  /** One of the processes that are spoken of, not just the leader of one. */
  readonly isConcerned: boolean;
  readonly leads: boolean;
  readonly isInit: boolean;
  /** Pid namespace; of a leader that is gone as a member shows it, UNKNOWN where none does. */
  readonly home: number;
  /** The process that shows it. */
  readonly witness: number;
  /** Namespace that its parent lives in; UNKNOWN of a leader that is gone. */
  readonly hangsFrom: number;
}

export interface Elements {
  readonly image: Image;
  readonly list: readonly Element[];
  readonly indexOf: ReadonlyMap<number, number>;
  /** Processes that are spoken of, the root among them. */
  readonly concerned: readonly number[];
  /** Are there processes whose parent lives in another pid namespace? */
  readonly overNamespaces: boolean;
}

export function elementsOf(image: Image, pids: readonly number[]): Elements {
  const concerned = [...new Set([image.root, ...pids])].filter((pid) => image.has(pid));
  const { tree } = image;
  const others = concerned.filter((pid) => pid !== image.root);
  const injected = image.rootIsInit && others.some((pid) => image.parent(pid) === 0);
  const own = image.session(image.root);
  const isFromElsewhere = (c: number): boolean => c !== own && own !== image.root && image.isFromOutside(c);
  const rootIsOne =
    injected || others.some((pid) => image.givenBirth(pid) === 0 || isFromElsewhere(image.session(pid)));
  const numbers = new Set<number>(rootIsOne ? concerned : others);
  const witness = new Map<number, number>();
  for (const pid of concerned) {
    const c = image.session(pid);
    if (image.isFromOutside(c) || (c === image.root && !rootIsOne)) continue;
    numbers.add(c);
    if (!witness.has(c)) witness.set(c, pid);
  }
  const inside = new Set(concerned);
  const list = [...numbers].map((number): Element => {
    const isPresent = image.has(number);
    return {
      number,
      isPresent,
      isConcerned: inside.has(number),
      leads: !isPresent || image.session(number) === number,
      isInit: image.isInit(number),
      home: isPresent ? image.namespace(number) : shownBy(image, witness.get(number)!),
      witness: witness.get(number) ?? 0,
      hangsFrom: isPresent ? image.parentNamespace(number) : UNKNOWN,
    };
  });
  return {
    image,
    list,
    indexOf: new Map(list.map(({ number }, e) => [number, e])),
    concerned,
    overNamespaces: tree.namespaces.length > 1 || injected,
  };
}

/** The deepest namespace in which a member shows the number of its session. */
function shownBy(image: Image, member: number): number {
  return image.deepestShowing(member, image.numbers(member, 'session'));
}
