/** Facts of an image, made for a process: the one place where each is put together. */

import type { Image } from './image.ts';
import type { Fact } from './proof.ts';

/** 0: outside the image. */
export function parent(image: Image, process: number): Fact {
  return { says: 'parent', process, parent: image.parent(process) };
}

export function session(image: Image, process: number): Fact {
  return { says: 'session', process, session: image.session(process) };
}

export function group(image: Image, process: number): Fact {
  return { says: 'group', process, group: image.group(process) };
}

export function zombie(process: number): Fact {
  return { says: 'zombie', process };
}

export function namespace(image: Image, process: number): Fact {
  return { says: 'namespace', process, namespace: image.namespaceId(image.namespace(process)) };
}

export function init(image: Image, process: number): Fact {
  return { says: 'init', process, namespace: image.namespaceId(image.namespace(process)) };
}

/** The init of level 0 is not in the image. */
export function initOutside(image: Image): Fact {
  return { says: 'init', process: 0, namespace: image.namespaceId(0) };
}

export function numbers(image: Image, process: number, of: 'process' | 'session' | 'group'): Fact {
  return { says: 'numbers', process, of, numbers: image.numbers(process, of) };
}

export function terminal(image: Image, process: number): Fact {
  return { says: 'terminal', process, device: image.terminal(process) };
}

export function exitSignal(image: Image, process: number): Fact {
  return { says: 'exit signal', process, signal: image.exitSignal(process) };
}

export function givenBirth(image: Image, process: number): Fact {
  return { says: 'given birth', process, ancestor: image.givenBirth(process) };
}
