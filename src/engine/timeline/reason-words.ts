/** Reason words: the one place with the sentences that tell a person why a plan has a step. */

import { inWords } from '../answer-types/in-words.ts';
import type { HelperRole } from '../plan/helper-list.ts';
import { KIND_WORDS } from '../tree/kind-words.ts';
import { type Kind, SIGCHLD } from '../tree/sharing-columns.ts';
import type { Reason } from './step-reasons.ts';

export function sayReason(reason: Reason): string {
  switch (reason.why) {
    case 'helper':
      return `${reason.pid} is a helper: ${ROLE_WORDS[reason.role](reason.pid, inWords(reason.serves))}.`;
    case 'session at birth':
      return saySession(reason);
    case 'any session':
      return reason.setsid === null
        ? `Nobody needs the session that ${reason.pid} is born into.`
        : `Any session would do: ${reason.pid} makes its own at step ${reason.setsid}.`;
    case 'parent':
      return reason.parent === 0
        ? `Its parent is outside the image.`
        : `${reason.parent} is its parent in the image.`;
    case 'sibling':
      return `CLONE_PARENT gives it ${reason.creator}’s parent, ${reason.parent}, as the image has it.`;
    case 'falls':
      return `It falls to ${reason.parent}, its parent in the image, by the death at step ${reason.step}.`;
    case 'namespace init':
      return `${reason.pid} is the init of a new pid namespace.`;
    case 'leads session':
      return reason.inImage
        ? `${reason.pid} leads session ${reason.pid} in the image.`
        : `It plays the dead leader of session ${reason.pid}.`;
    case 'group':
      return reason.final
        ? `${reason.pid} is in group ${reason.pgid} in the image.`
        : `Group ${reason.pgid} has to exist for others; ${reason.pid} does not stay in it.`;
    case 'adopts':
      return `So that ${inWords(reason.children)} fall to ${reason.pid} by the death at step ${reason.step}.`;
    case 'passes by':
      return `So that the orphans of step ${reason.step} pass ${reason.pid} by and fall to ${reason.parent}.`;
    case 'flag of image':
      return `The image has the child-subreaper flag of ${reason.pid} ${reason.on ? 'on' : 'off'}.`;
    case 'hands on':
      return `Its work is done: ${inWords(reason.children)} fall to ${reason.parent}.`;
    case 'work done':
      return 'Its work is done, and the image does not have it.';
    case 'zombie of image':
      return `${reason.pid} is a zombie in the image.`;
    case 'reaps':
      return `Nothing of ${reason.child} may be left: ${reason.pid} reaps it.`;
    case 'enters':
      return reason.pid === reason.target
        ? 'Back to its own pid namespace for the children to come.'
        : `Its next child is born in the pid namespace of ${reason.target}.`;
    case 'makes namespace':
      return `The next child of ${reason.pid} is the init of a new pid namespace.`;
    case 'shares at birth':
      return sayShares(reason);
    case 'leaves':
      return sayLeaves(reason);
    case 'exit signal':
      return reason.signal === SIGCHLD
        ? `execve makes SIGCHLD the exit signal of ${reason.pid} again, and of the children that it has by now.`
        : `The exit signal of ${reason.pid} is ${reason.signal || 'none'}, which its creator chooses at birth.`;
    case 'terminal':
      return reason.ttyNr === 0
        ? `${reason.pid} drops its controlling terminal.`
        : `Session ${reason.pid} has terminal ${reason.ttyNr}: whoever is born in it from here on has it too.`;
    case 'I/O context':
      return `${reason.pid} makes an I/O context: only one that exists can be shared at a birth.`;
  }
}

function sayShares(reason: Extract<Reason, { why: 'shares at birth' }>): string {
  const { pid, creator, needs } = reason;
  const { words, many } = named(reason.resources);
  const born = `${pid} is born with the ${words} of ${creator}`;
  if (needs === null) return `${born}, without which it could not share the signal handlers.`;
  const who = needs === pid ? pid : `${needs}, which descends from it,`;
  return `${born}, because ${who} needs ${many ? 'them, and they' : 'it, and it'} can only be inherited at birth.`;
}

function sayLeaves({ pid, resources, byExec, inImage }: Extract<Reason, { why: 'leaves' }>): string {
  const { words, many } = named(resources);
  const purpose = inImage
    ? `${pid} ends without the ${words} that it has shared so far`
    : `Those that ${pid} bears from here on do not get the ${words} that it has shared so far`;
  return byExec ? `${purpose}, and execve leaves ${many ? 'them' : 'it'}.` : `${purpose}.`;
}

function named(resources: readonly Kind[]): { words: string; many: boolean } {
  return {
    words: inWords(resources.map((kind) => KIND_WORDS[kind].one)),
    many: resources.length > 1 || resources[0] === 'sighand',
  };
}

function saySession(reason: Extract<Reason, { why: 'session at birth' }>): string {
  const { pid, creator, session, needs, before, after } = reason;
  const name = session === 0 ? 'the session from outside' : `session ${session}`;
  const who = needs === pid ? 'it' : `${needs}, which descends from it,`;
  if (before !== null) {
    return `${pid} is born before ${creator}’s setsid (step ${before}), because ${who} needs ${name}, and a session can only be inherited at birth.`;
  }
  if (after !== null) {
    return `${pid} is born after ${creator}’s setsid (step ${after}), because ${who} needs ${name}, and a session can only be inherited at birth.`;
  }
  return `${creator} is in ${name}, which ${who} can only inherit at birth.`;
}

const ROLE_WORDS: Record<HelperRole, (pid: number, serves: string) => string> = {
  'session-leader': (pid, serves) =>
    `it plays the dead leader of session ${pid}${serves && `, for ${serves}`}`,
  'group-leader': (pid, serves) => `it plays the dead leader of group ${pid}${serves && `, for ${serves}`}`,
  carrier: (_pid, serves) => `it bears ${serves || 'others'} and hands them on when it dies`,
  placeholder: (_pid, serves) => `it keeps a group in being${serves && ` for ${serves}`}`,
  tool: (_pid, serves) => `it brings a session from outside into the namespace${serves && `, for ${serves}`}`,
};
