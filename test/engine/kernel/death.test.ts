/** kernel-rules sections 8 and 9: exit, zombies, and the exit of a namespace's init. */

import { testRules } from './rule-table.ts';

testRules([
  {
    id: 'section 8',
    says: 'exit makes a zombie with its raw wait status, until its parent waits',
    calls: 'clone 1 2 · exit 2 1792',
    shows: { 2: { state: 'zombie', exitStatus: 1792, ppid: 1 } },
  },
  {
    id: 'section 8',
    says: 'wait4 of the zombie',
    calls: 'clone 1 2 · exit 2 · wait 1 2 · wait 1 2 -> ECHILD',
    shows: { 2: 'gone', 1: { children: [] } },
  },
  {
    id: 'section 8',
    says: 'wait4 of a child that still runs would block',
    calls: 'clone 1 2 · wait 1 2 -> EAGAIN',
  },
  {
    id: 'section 8',
    says: 'wait4 by another than the parent',
    calls: 'clone 1 2 · clone 2 3 · exit 3 · wait 1 3 -> ECHILD · wait 3 3 -> ESRCH · wait 2 3',
  },
  {
    id: 'H1',
    says: 'the numbers of a zombie stay readable',
    calls: 'clone 1 2,1 N · clone 2 3,7 · setsid 3 · exit 3',
    shows: { 3: { nspid: [3, 7], nssid: [3, 7], nspgid: [3, 7], state: 'zombie' } },
  },
  {
    id: 'H2',
    says: 'zombies that come to an adopter who ignores SIGCHLD are reaped at once',
    calls: 'ignore 1 · clone 1 2 · clone 2 3 · clone 2 4 · exit 3 · exit 2',
    shows: { 2: 'gone', 3: 'gone', 4: { ppid: 1 }, 1: { children: [4] } },
  },
  {
    id: 'H3',
    says: 'children of a process that ignores SIGCHLD never become zombies',
    calls: 'ignore 1 · clone 1 2 · exit 2 · clone 1 2',
  },
  {
    id: 'H3',
    says: 'nor do those of its children, who are born with that; a child with another exit signal does',
    calls: 'clone 1 2 · ignore 2 · clone 2 3 · clone 3 4 · exit 4 · clone 3 5 S10 · exit 5',
    shows: { 4: 'gone', 5: { state: 'zombie' } },
  },
  {
    id: 'H6',
    says: 'a zombie subreaper adopts nobody',
    calls: 'clone 1 2 · flag 2 · clone 2 3 · clone 3 4 · exit 2 · exit 3',
    shows: { 2: { state: 'zombie' }, 4: { ppid: 1 } },
  },
  {
    id: 'G12, G22',
    says: 'the exit of an init kills and reaps everything inside, nested namespaces included',
    calls: `clone 1 2,1 N · clone 2 3,2 · clone 3 4,3,1 N · clone 4 5,4,2 · setsid 5 · clone 3 6,5 · exit 6 · flag 3
      exit 2 256 · clone 1 4 · clone 1 5 · clone 1 6`,
    shows: {
      2: { state: 'zombie', exitStatus: 256, children: [] },
      3: 'gone',
      1: { children: [2, 4, 5, 6] },
    },
  },
  {
    id: 'G17, G18',
    says: 'the exit waits for a member that is the zombie of an outside parent',
    calls: 'clone 1 2,1 N · setns 1 2 · clone 1 3,7 · clone 3 4,8 · exit 2 · wait 1 2 -> EAGAIN',
    shows: { 2: { state: 'exiting' }, 3: { state: 'zombie', exitStatus: 9, ppid: 1 }, 4: 'gone' },
  },
  {
    id: 'G17, G18',
    says: 'and finishes when it is reaped',
    calls: 'clone 1 2,1 N · setns 1 2 · clone 1 3,7 · exit 2 9 · exit 2 -> ESRCH · wait 1 3 · wait 1 2',
    shows: { 2: 'gone', 3: 'gone' },
  },
  {
    id: 'G19, G20',
    says: 'the exit waits for an outside process in a group numbered by a dead member, until it leaves',
    calls: `clone 1 2,1 N · clone 2 3,7 · setpgid 3 3 3 · clone 1 4 · setpgid 4 4 3 · exit 3 · wait 2 3
      exit 2 · wait 1 2 -> EAGAIN · setpgid 4 4 4 · wait 1 2`,
    shows: { 2: 'gone', 4: { pgid: 4 } },
  },
  {
    id: 'G33, G34',
    says: 'an init in a group of its own namespace cannot finish; setpgid by the outside parent frees it',
    calls: 'clone 1 2,1 N · clone 2 3,7 · setpgid 3 3 3 · setpgid 2 2 3 · exit 2',
    shows: { 2: { state: 'exiting', nspgid: [3, 7] }, 3: 'gone' },
  },
  {
    id: 'G33, G34',
    says: 'freed by its outside parent',
    calls:
      'clone 1 2,1 N · clone 2 3,7 · setpgid 3 3 3 · setpgid 2 2 3 · exit 2 · setpgid 1 2 2 · wait 1 2 · clone 1 3',
    shows: { 2: 'gone' },
  },
  {
    id: 'section 8',
    says: 'a nested init with its parent far outside: the namespace above waits for it',
    calls: `clone 1 2,1 N · setns 1 2 · clone 1 9,9 · setns 1 1 · clone 9 3,2,1 PN · exit 2
      wait 1 9 · wait 1 2 -> EAGAIN · wait 1 3 · wait 1 2`,
    shows: { 2: 'gone', 3: 'gone' },
  },
  {
    id: 'section 8',
    says: 'an inner init that hangs holds the outer one, both finish together',
    calls: `clone 1 2,1 N · clone 2 3,2,1 N · clone 3 4,3,2 · setpgid 4 4 4 · clone 1 5 · setpgid 5 5 4
      exit 3 · exit 2 · wait 1 2 -> EAGAIN · setpgid 5 5 5 · wait 1 2`,
    shows: { 2: 'gone', 3: 'gone', 4: 'gone' },
  },
]);
