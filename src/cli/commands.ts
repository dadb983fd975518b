/** Every subcommand, in the order of the help. A new one is a line here and a file of its own. */

import type { Command } from '../command.ts';

export const COMMANDS: Readonly<Record<string, Command>> = {
  serve: {
    summary: 'the service: trees and plans over HTTP',
    load: async () => (await import('./serve-command.ts')).serveCommand,
  },
  plan: {
    summary: 'a restore plan for a tree image: its steps, or why there is none',
    load: async () => (await import('./plan-command.ts')).planCommand,
  },
  explain: {
    summary: 'why a tree image is restorable or not, fact by fact',
    load: async () => (await import('./plan-command.ts')).explainCommand,
  },
  graft: {
    summary: 'a CRIU image set rewritten so that an unpatched CRIU restores it',
    load: async () => (await import('../graft/graft-command.ts')).graftCommand,
  },
  scan: {
    summary: 'a process tree of this machine as a tree image',
    load: async () => (await import('../scan/scan-command.ts')).scanCommand,
  },
  replay: {
    summary: 'a plan carried out on this kernel, and compared',
    load: async () => (await import('../scan/replay-command.ts')).replayCommand,
  },
  restore: {
    summary: 'a CRIU image set restored, grafted where CRIU cannot by itself',
    load: async () => (await import('../restore/restore-command.ts')).restoreCommand,
  },
  finish: {
    summary: "CRIU's action script for runtimes: finishes trees whose images were grafted",
    load: async () => (await import('../restore/finish-command.ts')).finishCommand,
  },
  watch: {
    summary: 'a record of who creates whom, while it happens',
    load: async () => (await import('../watch/watch-command.ts')).watchCommand,
  },
  completion: {
    summary: 'a script that lets bash, zsh or fish complete all this',
    load: async () => (await import('./completion-command.ts')).completionOf(COMMANDS),
  },
};
