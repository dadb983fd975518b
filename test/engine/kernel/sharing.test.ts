/** Inherit-only resources: what clone shares, how it is left, what sharing forbids (ids of that text). */

import type { Kind } from '../../../src/engine/tree/sharing-columns.ts';
import type { ProcEntry } from './proc.ts';
import { testRules } from './rule-table.ts';

/** A process that holds the same as these, alone in every other kind that it has. */
const shows = (pid: number, shares: Partial<Record<Kind, readonly number[]>>): Partial<ProcEntry> => ({
  shares: {
    files: [pid],
    fs: [pid],
    vm: [pid],
    sighand: [pid],
    sysvsem: [],
    io: [],
    ...shares,
  },
});

testRules([
  {
    id: 'I1–I4',
    says: 'each flag shares exactly its kind',
    calls: `clone 1 2 CLONE_FILES · clone 1 3 CLONE_FS · clone 1 4 CLONE_VM · clone 1 5 CLONE_VM CLONE_SIGHAND`,
    shows: {
      1: shows(1, { files: [1, 2], fs: [1, 3], vm: [1, 4, 5], sighand: [1, 5] }),
      2: shows(2, { files: [1, 2] }),
      3: shows(3, { fs: [1, 3] }),
      4: shows(4, { vm: [1, 4, 5] }),
      5: shows(5, { vm: [1, 4, 5], sighand: [1, 5] }),
    },
  },
  {
    id: 'I5–I7, I13',
    says: 'handlers need the address space, threads the handlers, and threads stay in their namespaces',
    calls: `clone 1 2 CLONE_SIGHAND -> EINVAL · clone 1 2 CLONE_THREAD -> EINVAL
      clone 1 2 CLONE_VM CLONE_SIGHAND CLONE_CLEAR_SIGHAND -> EINVAL
      clone 1 2 CLONE_VM CLONE_SIGHAND CLONE_THREAD CLONE_NEWPID -> EINVAL`,
  },
  {
    id: 'I8, I9',
    says: 'a mount or user namespace excludes a shared fs, an ipc namespace a shared undo list',
    calls: `clone 1 2 CLONE_FS CLONE_NEWNS -> EINVAL · clone 1 2 CLONE_FS CLONE_NEWUSER -> EINVAL
      clone 1 2 CLONE_SYSVSEM CLONE_NEWIPC -> EINVAL`,
  },
  {
    id: 'I10',
    says: 'files and fs go with a new pid namespace',
    calls: 'clone 1 2,1 N CLONE_FILES CLONE_FS',
    shows: { 2: shows(2, { files: [1, 2], fs: [1, 2] }) },
  },
  {
    id: 'I14',
    says: 'CLONE_PARENT shares with the caller, not with the new parent',
    calls: 'clone 1 2 · clone 2 3 P CLONE_FILES',
    shows: { 1: shows(1, {}), 3: { ppid: 1, ...shows(3, { files: [2, 3] }) } },
  },
  {
    id: 'I20–I24',
    says: 'death, reaping and adoption of the creator leave the sharing alone',
    calls: `clone 1 2 · clone 2 3 CLONE_FILES · clone 2 4 CLONE_FILES · exit 2 · wait 1 2`,
    shows: { 3: { ppid: 1, ...shows(3, { files: [3, 4] }) } },
  },
  {
    id: 'I30–I32',
    says: 'unshare of files, fs and undo lists leaves that kind',
    calls: `clone 1 2 CLONE_FILES CLONE_FS CLONE_SYSVSEM · clone 2 3 CLONE_FILES CLONE_FS CLONE_SYSVSEM
      unshare 2 CLONE_FILES · unshare 2 CLONE_FS · unshare 2 CLONE_SYSVSEM`,
    shows: {
      2: shows(2, {}),
      3: shows(3, { files: [1, 3], fs: [1, 3], sysvsem: [1, 3] }),
    },
  },
  {
    id: 'I33–I34',
    says: 'unshare does not know CLONE_IO; several kinds go in one call',
    calls: `unshare 1 CLONE_IO -> EINVAL · clone 1 2 CLONE_FILES CLONE_FS · unshare 2 CLONE_FILES CLONE_FS`,
    shows: { 2: shows(2, {}) },
  },
  {
    id: 'I35, I36, I38',
    says: 'address space and handlers that are shared are not left by unshare',
    calls: `clone 1 2 CLONE_VM · clone 1 3 CLONE_VM CLONE_SIGHAND
      unshare 2 CLONE_VM -> EINVAL · unshare 3 CLONE_SIGHAND -> EINVAL · unshare 2 CLONE_SIGHAND
      exit 1 -> 0`,
  },
  {
    id: 'I38',
    says: 'unshared, it changes nothing',
    calls: 'clone 1 2 CLONE_FS · unshare 2 CLONE_VM · unshare 2 CLONE_SIGHAND',
    shows: { 2: shows(2, { fs: [1, 2] }) },
  },
  {
    id: 'I37',
    says: 'a shared address space does not stop unshare of namespaces',
    calls: `clone 1 2 CLONE_VM · unshare 2 CLONE_NEWUSER · unshare 2 CLONE_NEWPID · unshare 2 CLONE_NEWNS
      unshare 2 CLONE_NEWTIME`,
  },
  {
    id: 'I10, H3',
    says: 'the init of a namespace that dies lets all who share its handlers ignore SIGCHLD, and only them',
    calls: `clone 1 2 CLONE_VM CLONE_SIGHAND · clone 1 3 · clone 2 4 · clone 3 5 · clone 2 6 · exit 6
      clone 2 7,1 N CLONE_VM CLONE_SIGHAND · exit 7 · exit 4 · exit 5 · clone 1 8 · exit 8`,
    shows: { 7: 'gone', 4: 'gone', 8: 'gone', 6: { state: 'zombie' }, 5: { state: 'zombie' } },
  },
  {
    id: 'I10, H3',
    says: 'a zombie of before is not reaped by that: the init waits for it',
    calls: `unshare 1 CLONE_NEWPID · clone 1 3,1 CLONE_VM CLONE_SIGHAND · clone 1 5,2 · exit 5
      exit 3`,
    shows: { 5: { state: 'zombie' } },
  },
  {
    id: 'I40–I42, I82',
    says: 'execve leaves vm, handlers and files together, keeps fs, undo list, io, and is SIGCHLD again',
    calls: `ioprio 1
      clone 1 2 S10 CLONE_VM CLONE_SIGHAND CLONE_FILES CLONE_FS CLONE_SYSVSEM CLONE_IO · exec 2`,
    shows: {
      2: { exitSignal: 17, ...shows(2, { fs: [1, 2], sysvsem: [1, 2], io: [1, 2] }) },
    },
  },
  {
    id: 'I43–I46',
    says: 'mount and user namespaces leave the fs, ipc namespaces the undo list',
    calls: `clone 1 2 CLONE_FS CLONE_SYSVSEM · clone 1 3 CLONE_FS CLONE_SYSVSEM · clone 1 4 CLONE_SYSVSEM
      unshare 2 CLONE_NEWNS · unshare 3 CLONE_NEWUSER · unshare 3 CLONE_NEWIPC · setnsof 4 CLONE_NEWIPC`,
    shows: { 1: shows(1, { sysvsem: [1, 2] }), 3: shows(3, {}), 4: shows(4, {}) },
  },
  {
    id: 'I47–I49',
    says: 'a shared fs forbids setns of mount and user namespaces to every sharer, a shared table nothing',
    calls: `clone 1 2 CLONE_FS · setnsof 2 CLONE_NEWNS -> EINVAL · setnsof 1 CLONE_NEWUSER -> EINVAL
      setnsof 2 CLONE_NEWNET · clone 1 3 CLONE_FILES · setnsof 3 CLONE_NEWNS · exit 2 · wait 1 2
      setnsof 1 CLONE_NEWNS`,
  },
  {
    id: 'I51, I54',
    says: 'of a zombie only the handlers remain',
    calls: 'clone 1 2 CLONE_VM CLONE_SIGHAND CLONE_FILES · exit 2',
    shows: {
      1: shows(1, { sighand: [1, 2] }),
      2: { shares: { files: [], fs: [], vm: [], sighand: [1, 2], sysvsem: [], io: [] } },
    },
  },
  {
    id: 'I56, I57',
    says: 'CLONE_IO by a process without a context shares nothing; ioprio_set makes one',
    calls: 'clone 1 2 CLONE_IO · ioprio 1 · clone 1 3 CLONE_IO',
    shows: { 1: shows(1, { io: [1, 3] }), 2: shows(2, {}) },
  },
  {
    id: 'I56',
    says: 'a plain child of who has an I/O priority has a context of its own, which its children can share',
    calls: 'ioprio 1 · clone 1 2 · clone 2 3 CLONE_IO',
    shows: { 1: shows(1, { io: [1] }), 2: shows(2, { io: [2, 3] }) },
  },
  {
    id: 'I63, I64',
    says: 'a shared address space and threads forbid the time namespace, threads the user namespace',
    calls: `clone 1 2 CLONE_VM · setnsof 2 CLONE_NEWTIME -> EUSERS · setnsof 2 CLONE_NEWUSER
      clone 1 3 · thread 3 30 · setnsof 3 CLONE_NEWUSER -> EINVAL · unshare 3 CLONE_NEWUSER -> EINVAL
      setnsof 3 CLONE_NEWTIME -> EUSERS · unshare 3 CLONE_NEWPID · unshare 3 CLONE_NEWNS`,
  },
  {
    id: 'I80–I82',
    says: 'the exit signal is the creator’s with CLONE_PARENT, and SIGCHLD after adoption',
    calls: `clone 1 2 S10 · clone 2 3 P · clone 2 4 S12 · exit 2`,
    shows: { 2: { exitSignal: 10 }, 3: { ppid: 1, exitSignal: 10 }, 4: { ppid: 1, exitSignal: 17 } },
  },
  {
    id: 'I82, H3',
    says: 'who has executed a program gets SIGCHLD from the children of before, whatever exit signal they show',
    calls: `unshare 1 CLONE_NEWPID · clone 1 3,1 CLONE_VM CLONE_SIGHAND · exit 3 · setns 1 1
      clone 1 4 S10 · clone 4 5 P · clone 1 6 S10 · exit 6 · exec 1 · clone 1 7 S10
      clone 4 8 P · exit 4 · exit 5 · exit 7 · exit 8`,
    shows: { 4: 'gone', 5: 'gone', 6: { state: 'zombie' }, 7: { state: 'zombie' }, 8: 'gone' },
  },
  {
    id: 'I84–I86',
    says: 'a terminal is inherited from now on, by the leader only taken, by a member only dropped',
    calls: `clone 1 2 · setsid 2 · clone 2 3 · tty 3 34816 -> EPERM · tty 2 34816 · clone 2 4 · clone 2 5
      tty 2 34817 -> EPERM · notty 5 · notty 3 -> ENOTTY · clone 2 7 · setsid 7`,
    shows: { 2: { ttyNr: 34816 }, 3: { ttyNr: 0 }, 4: { ttyNr: 34816 }, 5: { ttyNr: 0 }, 7: { ttyNr: 0 } },
  },
  {
    id: 'devpts',
    says: 'the first terminal of each devpts has the same number: sessions with equal numbers let go of their own',
    calls: `clone 1 2 · setsid 2 · tty 2 34816 · clone 1 3 · setsid 3 · tty 3 34816 · clone 3 4 · exit 2`,
    shows: { 3: { ttyNr: 34816 }, 4: { ttyNr: 34816 } },
  },
  {
    id: 'I87',
    says: 'the leader’s death takes the terminal from all; then another session has it',
    calls: `clone 1 2 · setsid 2 · tty 2 34816 · clone 2 3 · exit 2 · wait 1 2 · clone 1 4 · setsid 4
      tty 4 34816`,
    shows: { 3: { ttyNr: 0 }, 4: { ttyNr: 34816 } },
  },
]);
