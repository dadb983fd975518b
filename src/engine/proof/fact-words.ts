/**
 * Facts of an image in words, and how processes, sessions, groups and namespaces are named in the sentences of a proof.
 *
 * In: who is root, outside or gone. Out: a sentence for a fact, a name for a number. Cost: O(1).
 */

import { KIND_WORDS } from '../tree/kind-words.ts';
import { SIGCHLD } from '../tree/sharing-columns.ts';
import type { Claim, Names } from './proof.ts';

function signalName(signal: number): string {
  if (signal === SIGCHLD) return 'SIGCHLD';
  return signal === 0 ? 'no signal' : `signal ${signal}`;
}

export class FactWords {
  protected readonly names: Names;

  constructor(names: Names) {
    this.names = names;
  }

  fact(claim: Claim): string {
    switch (claim.says) {
      case 'parent':
        return `The parent of ${claim.process} is ${this.parent(claim.parent)}.`;
      case 'ancestor':
        return `${claim.ancestor} is above ${claim.process} in the tree.`;
      case 'ancestor inside':
        return `${claim.ancestor} is above ${claim.process} in the tree, inside one pid namespace.`;
      case 'session':
        return claim.session === claim.process
          ? `${claim.process} leads session ${claim.session}.`
          : `${claim.process} is in ${this.session(claim.session)}.`;
      case 'group':
        return `${claim.process} is in ${this.group(claim.group)}.`;
      case 'zombie':
        return `${claim.process} is a zombie.`;
      case 'exit status':
        return `${claim.process} has the wait status ${claim.status}.`;
      case 'thread':
        return `${claim.thread} is a thread of ${claim.process}.`;
      case 'namespace':
        return `${claim.process} lives in ${this.namespace(claim.namespace)}.`;
      case 'namespace for children':
        return `Children of ${claim.process} would be born in ${this.namespace(claim.namespace)}.`;
      case 'init':
        return claim.process === 0
          ? `The init of ${this.namespace(claim.namespace)} is outside the image.`
          : `${claim.process} is the init of ${this.namespace(claim.namespace)}.`;
      case 'numbers': {
        const what = claim.of === 'process' ? 'numbers' : claim.of === 'session' ? 'session' : 'group';
        return `On the levels from 0 down the ${what} of ${claim.process} shows as ${claim.numbers.join(', ')}.`;
      }
      case 'root':
        return `${claim.process} is the root.`;
      case 'absent':
        return `${claim.process} is not in the image.`;
      case 'present':
        return `${claim.process} is in the image.`;
      case 'objects':
        return `${this.objects(claim)}.`;
      case 'exit signal':
        return `${claim.process} tells its parent of its exit by ${signalName(claim.signal)}.`;
      case 'terminal':
        return claim.device === 0
          ? `${claim.process} has no controlling terminal.`
          : `${claim.process} has the controlling terminal ${claim.device}.`;
      case 'given birth':
        return `The closest alive born ancestor of ${claim.process} is given as ${this.ancestor(claim.ancestor)}.`;
      default:
        return '';
    }
  }

  private objects({ kind, processes, classes }: Extract<Claim, { readonly says: 'objects' }>): string {
    const groups = [...new Set(classes)].filter((c) => c >= 0);
    const holders = groups.map((c) => processes.filter((_, i) => classes[i] === c));
    const shared = holders
      .filter(({ length }) => length > 1)
      .map((pids) => `${pids.join(' and ')} share theirs`);
    const alone = holders.filter(({ length }) => length === 1).map(([pid]) => `${pid} has its own`);
    return `Of the ${KIND_WORDS[kind].all} ${[...shared, ...alone].join(', ')}`;
  }

  protected name(e: number): string {
    return this.names.gone.includes(e) ? `the vanished leader ${e}` : `${e}`;
  }

  protected leader(c: number): string {
    const { root, gone } = this.names;
    if (c === root || c === 0 || this.names.outside.includes(c)) return `the root ${root}`;
    if (gone.includes(c)) return `the leader of session ${c}, which is gone,`;
    return `${c}, the leader of session ${c},`;
  }

  protected session(c: number): string {
    return `session ${c}`;
  }

  protected group(g: number): string {
    return g === 0 ? 'group 0 from outside' : `group ${g}`;
  }

  protected parent(p: number): string {
    return p === 0 ? 'somebody outside the image' : `${p}`;
  }

  protected ancestor(x: number): string {
    if (x === 0) return 'somebody outside the image';
    return x === this.names.root ? `the root ${x}` : `${x}`;
  }

  protected namespace(id: string): string {
    return `pid namespace "${id}"`;
  }
}
