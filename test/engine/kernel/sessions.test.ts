/** kernel-rules section 5: sessions. */

import { testRules } from './rule-table.ts';

testRules([
  {
    id: 'E1',
    says: 'a group leader cannot call setsid',
    calls: 'clone 1 2 · setpgid 2 2 2 · setsid 2 -> EPERM',
  },
  {
    id: 'E2, P3',
    says: 'nor one who left his group while others stay in it',
    calls: `clone 1 2 · setpgid 2 2 2 · clone 1 3 · setpgid 1 3 2 · clone 1 4 · setpgid 1 4 4
      setpgid 1 2 4 · setsid 2 -> EPERM`,
    shows: { 2: { pgid: 4 }, 3: { pgid: 2 } },
  },
  {
    id: 'E3, P4',
    says: 'nor while an unrelated process is in the group with his number',
    calls: `clone 1 2 · setpgid 2 2 2 · clone 2 3 · clone 3 4 · exit 3 · wait 2 3 · exit 2 · setsid 4 · wait 1 2
      clone 1 5 · setpgid 1 5 5 · clone 5 6 · clone 1 7 · setpgid 1 7 7 · setpgid 5 5 7 · setsid 5 -> EPERM`,
    shows: { 4: { sid: 4 }, 6: { pgid: 5 } },
  },
  {
    id: 'E4',
    says: 'nor while a zombie is in it',
    calls: `clone 1 2 · setpgid 2 2 2 · clone 2 3 · clone 1 4 · setpgid 1 4 4 · setpgid 1 2 4
      exit 3 · setsid 2 -> EPERM · wait 2 3 · setsid 2`,
  },
  {
    id: 'E5, P5',
    says: 'allowed when the last one has left: a new session and a new group with the own number',
    calls: `clone 1 2 · setpgid 2 2 2 · clone 2 3 · clone 1 4 · setpgid 1 4 4 · setpgid 1 2 4
      setsid 2 -> EPERM · setpgid 3 3 4 · setsid 2`,
    shows: { 2: { sid: 2, pgid: 2, nssid: [2] }, 3: { sid: 0, pgid: 4 } },
  },
  { id: 'E6', says: 'a session leader cannot call it again', calls: 'setsid 1 · setsid 1 -> EPERM' },
  {
    id: 'E7',
    says: 'children forked before keep the old session',
    calls: 'clone 1 2 · clone 2 3 · setsid 2 · clone 2 4',
    shows: { 3: { sid: 0, pgid: 0 }, 4: { sid: 2, pgid: 2 } },
  },
  {
    id: 'E8, E9, P6',
    says: 'members keep the number of a zombie or reaped leader',
    calls: 'clone 1 2 · setsid 2 · clone 2 3 · exit 2 · clone 3 4 · wait 1 2 · clone 3 5',
    shows: { 2: 'gone', 3: { sid: 2, nssid: [2] }, 4: { sid: 2 }, 5: { sid: 2 } },
  },
  {
    id: 'E11',
    says: "a member of somebody else's group may call setsid",
    calls: 'clone 1 2 · setpgid 2 2 2 · clone 2 3 · setsid 3',
    shows: { 3: { sid: 3, pgid: 3 } },
  },
  {
    id: 'section 5',
    says: 'the exit of a session leader kills nobody',
    calls: 'clone 1 2 · setsid 2 · clone 2 3 · exit 2',
    shows: { 3: { state: 'running', ppid: 1 } },
  },
  {
    id: 'F26',
    says: 'setsid inside: a number on every level of the leader',
    calls: 'clone 1 2,1 N · clone 2 3,1,1 N -> EEXIST · clone 2 3,7,1 N · setsid 3',
    shows: { 3: { nssid: [3, 7, 1], nspgid: [3, 7, 1] } },
  },
  {
    id: 'G23, G24',
    says: 'one session in sibling namespaces: 0 inside, and passed on inside',
    calls: `clone 1 9 · setsid 9 · clone 9 2,1 N · clone 9 3,1 N · setns 9 2 · clone 9 4,5 · setns 9 3 · clone 9 5,5
      clone 4 6,6`,
    shows: { 4: { nssid: [9, 0] }, 5: { nssid: [9, 0] }, 6: { nssid: [9, 0], ppid: 4 } },
  },
]);
