/**
 * Is a fact what the image says?
 *
 * In: an image and a fact. Out: yes or no, by looking at the image alone. Cost: O(1), that of an ancestor its distance.
 */

import type { Image } from './image.ts';
import type { Claim } from './proof.ts';

export function isFactOf(image: Image, claim: Claim): boolean {
  switch (claim.says) {
    case 'parent':
      return (
        image.has(claim.process) &&
        claim.process !== image.root &&
        image.parent(claim.process) === claim.parent
      );
    case 'ancestor':
      return isAncestor(image, claim.ancestor, claim.process, false);
    case 'ancestor inside':
      return isAncestor(image, claim.ancestor, claim.process, true);
    case 'session':
      return image.session(claim.process) === claim.session;
    case 'group':
      return image.group(claim.process) === claim.group;
    case 'zombie':
      return image.isZombie(claim.process);
    case 'exit status':
      return image.has(claim.process) && image.tree.exitStatus[image.index(claim.process)] === claim.status;
    case 'thread':
      return image.threads(claim.process).includes(claim.thread);
    case 'namespace':
      return (
        image.has(claim.process) && image.namespaceId(image.namespace(claim.process)) === claim.namespace
      );
    case 'namespace for children':
      return (
        image.namespaceForChildren(claim.process) >= 0 &&
        image.namespaceId(image.namespaceForChildren(claim.process)) === claim.namespace
      );
    case 'init':
      return isInitOf(image, claim.process, claim.namespace);
    case 'numbers': {
      if (!image.has(claim.process)) return false;
      const numbers = image.numbers(claim.process, claim.of);
      return numbers.length === claim.numbers.length && numbers.every((x, i) => x === claim.numbers[i]);
    }
    case 'root':
      return claim.process === image.root;
    case 'absent':
      return claim.process > 0 && !image.has(claim.process);
    case 'present':
      return image.has(claim.process);
    case 'objects':
      return areObjects(image, claim);
    case 'exit signal':
      return claim.signal >= 0 && image.exitSignal(claim.process) === claim.signal;
    case 'terminal':
      return image.terminal(claim.process) === claim.device;
    case 'given birth':
      return claim.ancestor >= 0 && image.givenBirth(claim.process) === claim.ancestor;
    default:
      return false;
  }
}

/** @param inside everybody between the two lives where the ancestor lives, and so does the parent of the process */
function isAncestor(image: Image, ancestor: number, process: number, inside: boolean): boolean {
  if (!image.has(process) || !image.has(ancestor) || process === image.root) return false;
  const home = image.namespace(ancestor);
  for (let p = image.parent(process); p > 0; p = image.parent(p)) {
    if (image.isInit(p)) return false;
    if (inside && image.namespace(p) !== home) return false;
    if (p === ancestor) return true;
    if (p === image.root) return false;
  }
  return false;
}

type Objects = Extract<Claim, { readonly says: 'objects' }>;

/** Every two that are spoken of hold one object exactly if they have one number; each process is there once. */
function areObjects(image: Image, { kind, processes, classes }: Objects): boolean {
  if (processes.length !== classes.length || new Set(processes).size !== processes.length) return false;
  const objects = processes.map((pid) => image.object(pid, kind));
  return classes.every(
    (c, i) =>
      c === -1 ||
      (c >= 0 &&
        image.has(processes[i]!) &&
        classes.every((d, j) => d === -1 || (c === d) === (i === j || sameObject(objects[i]!, objects[j]!)))),
  );
}

/** Who has none that is told is alone. */
function sameObject(a: number, b: number): boolean {
  return a >= 0 && a === b;
}

function isInitOf(image: Image, process: number, namespace: string): boolean {
  const n = image.namespaceOf(namespace);
  if (n < 0) return false;
  const { init } = image.tree.namespaces[n]!;
  return process === 0 ? init < 0 : init >= 0 && image.tree.pid[init] === process;
}
