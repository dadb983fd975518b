/** kernel-rules section 2: what a child inherits, and CLONE_PARENT. */

import { testRules } from './rule-table.ts';

testRules([
  {
    id: 'A6',
    says: 'a child has the session and group of its creator, and no subreaper flag',
    calls: 'clone 1 2 · setsid 2 · flag 2 · clone 2 3',
    shows: { 2: { subreaper: true }, 3: { ppid: 2, sid: 2, pgid: 2, subreaper: false } },
  },
  {
    id: 'E10',
    says: 'forks go on inheriting the number of a dead session leader',
    calls: 'clone 1 2 · setsid 2 · clone 2 3 · exit 2 · wait 1 2 · clone 3 4',
    shows: { 2: 'gone', 3: { ppid: 1, sid: 2 }, 4: { ppid: 3, sid: 2, pgid: 2 } },
  },
  {
    id: 'C3',
    says: 'CLONE_PARENT makes a sibling of the caller',
    calls: 'clone 1 2 · clone 2 3 · clone 3 4 P',
    shows: { 4: { ppid: 2 }, 2: { children: [3, 4] } },
  },
  {
    id: 'C4',
    says: 'session and group of a CLONE_PARENT child come from the caller',
    calls: 'clone 1 2 · setsid 2 · clone 2 3 P',
    shows: { 3: { ppid: 1, sid: 2, pgid: 2 } },
  },
  {
    id: 'A8',
    says: 'CLONE_PARENT works under a subreaper, which adopts as before',
    calls: 'clone 1 2 · flag 2 · clone 2 3 · clone 3 4 P · clone 4 5 · exit 4',
    shows: { 4: { ppid: 2, state: 'zombie' }, 5: { ppid: 2 } },
  },
  { id: 'C1', says: 'the init of level 0 cannot use CLONE_PARENT', calls: 'clone 1 2 P -> EINVAL' },
  {
    id: 'C2',
    says: 'the init of a nested namespace cannot use CLONE_PARENT',
    calls: 'clone 1 2,1 N · clone 2 3,2 P -> EINVAL',
  },
  {
    id: 'C1',
    says: 'a root that is no init can use CLONE_PARENT',
    boot: { root: 7, rootIsInit: false },
    calls: 'clone 7 8 P',
    shows: { 8: { ppid: 0 } },
  },
  {
    id: 'C8',
    says: 'CLONE_PARENT takes no exit signal',
    calls: 'clone 1 2 · clone 2 3 PS17 -> EINVAL · clone 2 3 P',
  },
  {
    id: 'C9',
    says: "a CLONE_PARENT child has the caller's exit signal; with 0 only __WALL reaps it",
    calls: 'clone 1 2 S0 · clone 2 3 P · exit 3 · plainwait 1 3 -> ECHILD · wait 1 3',
    shows: { 3: 'gone' },
  },
  {
    id: 'C9',
    says: 'with the exit signal SIGCHLD a plain wait4 reaps it',
    calls: 'clone 1 2 · clone 2 3 P · exit 3 · plainwait 1 3',
    shows: { 3: 'gone' },
  },
  {
    id: 'C10',
    says: 'adoption resets the exit signal to SIGCHLD',
    calls: 'clone 1 2 · clone 2 3 S0 · exit 3 · plainwait 2 3 -> ECHILD · exit 2 · plainwait 1 3',
    shows: { 3: 'gone' },
  },
  {
    id: 'C5',
    says: 'CLONE_PARENT with CLONE_NEWPID makes a namespace init as a sibling',
    calls: 'clone 1 2 · clone 2 3,1 PN',
    shows: { 3: { ppid: 1, nspid: [3, 1] } },
  },
  {
    id: 'C6, G25, G30',
    says: 'CLONE_PARENT after unshare: the new init and the next child have the parent of the unsharer',
    calls: 'clone 1 2 · unshare 2 · clone 2 3,1 P · clone 2 4,2 P',
    shows: { 3: { ppid: 1, nspid: [3, 1] }, 4: { ppid: 1, nspid: [4, 2] } },
  },
  {
    id: 'C7',
    says: 'CLONE_PARENT by an injected process: inside, with the parent outside',
    calls: 'clone 1 2,1 N · setns 1 2 · clone 1 3,5 · clone 3 4,6 P',
    shows: { 4: { ppid: 1, nspid: [4, 6] } },
  },
  {
    id: 'C7b',
    says: "CLONE_PARENT after setns: inside, with the caller's parent",
    calls: 'clone 1 2,1 N · clone 1 3 · setns 3 2 · clone 3 4,6 P',
    shows: { 4: { ppid: 1, nspid: [4, 6] } },
  },
  {
    id: 'contract',
    says: 'pid 0 makes children in level 0, or further inside after setns, with the parent outside',
    calls: 'clone 0 5 · clone 1 2,1 N · setns 0 2 · clone 0 6,4 · setns 0 1 · clone 0 7 · exit 7 · wait 0 7',
    shows: {
      5: { ppid: 0, sid: 0, pgid: 0 },
      6: { ppid: 0, nspid: [6, 4], nssid: [0, 0] },
      7: 'gone',
    },
  },
  {
    id: 'contract',
    says: 'pid 0 makes no namespace and changes nothing of its own',
    calls: `clone 0 5,1 N -> EINVAL · unshare 0 -> EINVAL · setsid 0 -> EPERM · flag 0 -> EPERM · exit 0 -> EPERM
      setpgid 0 0 1 -> EPERM · setns 0 0 · clone 0 5 -> EINVAL`,
  },
]);
