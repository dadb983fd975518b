/** kernel-rules section 6: process groups. */

import { testRules } from './rule-table.ts';

testRules([
  {
    id: 'F1',
    says: 'self to the own number',
    calls: 'clone 1 2 · setpgid 2 2 2',
    shows: { 2: { pgid: 2, sid: 0 } },
  },
  {
    id: 'F1',
    says: '0 stands for the caller and for its number',
    calls: 'clone 1 2 · setpgid 2 0 0',
    shows: { 2: { pgid: 2 } },
  },
  {
    id: 'F2',
    says: 'a child to its own number',
    calls: 'clone 1 2 · setpgid 1 2 2',
    shows: { 2: { pgid: 2 } },
  },
  {
    id: 'P7',
    says: 'a child after exec',
    calls: 'clone 1 2 · exec 2 · setpgid 1 2 2 -> EACCES · setpgid 2 2 2',
    shows: { 2: { pgid: 2 } },
  },
  { id: 'F3', says: 'a grandchild', calls: 'clone 1 2 · clone 2 3 · setpgid 1 3 3 -> ESRCH' },
  { id: 'F4', says: 'the own parent', calls: 'clone 1 2 · clone 2 3 · setpgid 3 2 2 -> ESRCH' },
  { id: 'F3', says: 'nobody', calls: 'setpgid 1 9 9 -> ESRCH' },
  {
    id: 'F5',
    says: 'a child in another session',
    calls: 'clone 1 2 · clone 2 3 · setsid 2 · setpgid 2 3 3 -> EPERM',
  },
  {
    id: 'F6',
    says: 'a session leader, even to its own group',
    calls:
      'setsid 1 · setpgid 1 1 1 -> EPERM · clone 1 2 · setsid 2 · setpgid 2 2 2 -> EPERM · setpgid 1 2 2 -> EPERM',
  },
  {
    id: 'F7',
    says: 'to a group of another session',
    calls: 'clone 1 2 · setsid 2 · clone 1 3 · setpgid 3 3 2 -> EPERM · setpgid 1 3 2 -> EPERM',
  },
  { id: 'F8', says: 'to a number never used', calls: 'clone 1 2 · setpgid 2 2 99 -> EPERM' },
  {
    id: 'F9',
    says: 'to a live process that leads no group',
    calls: 'clone 1 2 · clone 1 3 · setpgid 3 3 2 -> EPERM',
  },
  {
    id: 'F10',
    says: 'to a group whose leader is a zombie',
    calls: 'clone 1 2 · setpgid 2 2 2 · exit 2 · clone 1 3 · setpgid 3 3 2',
    shows: { 3: { pgid: 2 } },
  },
  {
    id: 'F11',
    says: 'to a group whose leader is reaped but which has members',
    calls: 'clone 1 2 · setpgid 2 2 2 · clone 2 3 · exit 2 · wait 1 2 · clone 1 4 · setpgid 4 4 2',
    shows: { 4: { pgid: 2 } },
  },
  {
    id: 'F12',
    says: 'after the last member left the group is gone, its number free',
    calls: `clone 1 2 · setpgid 2 2 2 · clone 2 3 · exit 2 · wait 1 2 · setpgid 3 3 3
      clone 1 4 · setpgid 4 4 2 -> EPERM · clone 1 2`,
  },
  {
    id: 'F13, F14',
    says: 'a zombie child to its own number: a group born with a zombie leader, then joined',
    calls: 'clone 1 2 · exit 2 · setpgid 1 2 2 · clone 1 3 · setpgid 3 3 2',
    shows: { 2: { state: 'zombie', pgid: 2 }, 3: { pgid: 2 } },
  },
  {
    id: 'F28',
    says: 'a zombie child between existing groups',
    calls: 'clone 1 2 · setpgid 2 2 2 · clone 1 3 · setpgid 3 3 3 · clone 3 4 · exit 3 · setpgid 1 3 2',
    shows: { 3: { state: 'zombie', pgid: 2 }, 4: { pgid: 3 } },
  },
  {
    id: 'F27',
    says: 'a zombie leader into a group that does not exist',
    calls: 'clone 1 2 · setpgid 2 2 2 · exit 2 · setpgid 1 2 99 -> EPERM',
  },
  {
    id: 'H6',
    says: 'a zombie calls nothing',
    calls:
      'clone 1 2 · exit 2 · setpgid 2 2 2 -> ESRCH · setsid 2 -> ESRCH · clone 2 3 -> ESRCH · exit 2 -> ESRCH',
  },
  {
    id: 'E2, F15',
    says: 'a leader leaves his group, the others stay, and he comes back',
    calls:
      'clone 1 2 · setpgid 2 2 2 · clone 2 3 · clone 1 4 · setpgid 4 4 4 · setpgid 2 2 4 · setpgid 2 2 2',
    shows: { 2: { pgid: 2 }, 3: { pgid: 2 } },
  },
  {
    id: 'F16',
    says: 'a leader makes his group anew after it died out',
    calls:
      'clone 1 2 · setpgid 2 2 2 · clone 1 4 · setpgid 4 4 4 · setpgid 2 2 4 · setpgid 4 4 2 -> EPERM · setpgid 2 2 2',
    shows: { 2: { pgid: 2 } },
  },
  {
    id: 'F7',
    says: 'a group made anew belongs to the session of now',
    calls: `clone 1 2 · setsid 2 · clone 2 3 · setpgid 3 3 3 · setpgid 3 3 2 · setpgid 3 3 3 · clone 1 4
      setpgid 4 4 3 -> EPERM`,
  },
  {
    id: 'section 6',
    says: 'two leaders in the groups of each other',
    calls: `clone 1 2 · clone 1 3 · setpgid 1 2 2 · setpgid 1 3 3 · clone 2 4 · clone 3 5 · setpgid 1 2 3 · setpgid 1 3 2`,
    shows: { 2: { pgid: 3 }, 3: { pgid: 2 }, 4: { pgid: 2 }, 5: { pgid: 3 } },
  },
  {
    id: 'section 6',
    says: 'a numbered group outside the image can be joined from its session',
    boot: { root: 7, rootIsInit: false, outsideSession: 50, outsideGroup: 60 },
    calls: 'clone 7 8 · setpgid 8 8 8 · setpgid 7 8 60 · setsid 7 · setpgid 7 8 8 -> EPERM',
    shows: { 7: { sid: 7, pgid: 7 }, 8: { sid: 50, pgid: 60 } },
  },

  // Across namespaces.
  {
    id: 'F17, F20',
    says: 'an inherited outer group is 0 inside, and an inner process cannot name it',
    calls: 'clone 1 5 · setpgid 5 5 5 · clone 5 2,1 N · clone 2 3,2 · setpgid 3 3 3 · setpgid 3 3 5 -> EPERM',
    shows: { 2: { nspgid: [5, 0], nssid: [0, 0] }, 3: { nspgid: [3, 2] } },
  },
  {
    id: 'F18',
    says: 'the outside parent moves its inner child into an outer group',
    calls: `clone 1 5 · setpgid 5 5 5 · clone 1 2,1 N · setpgid 1 2 5
      setns 1 2 · clone 1 3,9 · setpgid 1 3 5`,
    shows: { 2: { nspgid: [5, 0] }, 3: { nspgid: [5, 0] } },
  },
  {
    id: 'F24',
    says: 'and back into one it had left',
    calls:
      'clone 1 5 · setpgid 5 5 5 · clone 5 2,1 N · setpgid 2 2 2 · setpgid 2 2 5 -> EPERM · setpgid 5 2 5',
    shows: { 2: { nspgid: [5, 0] } },
  },
  {
    id: 'F19, F25',
    says: 'and into its own or an inner group by outer number',
    calls:
      'clone 1 2,1 N · setns 1 2 · clone 1 3,7 · clone 1 4,8 · setpgid 1 3 3 · setpgid 1 4 3 · setpgid 1 2 2',
    shows: { 2: { nspgid: [2, 1] }, 3: { nspgid: [3, 7] }, 4: { nspgid: [3, 7] } },
  },
  {
    id: 'F21, F23',
    says: 'an inner process moves itself and its child into inner groups',
    calls: 'clone 1 2,1 N · clone 2 3,7 · clone 2 4,8 · setpgid 2 3 3 · setpgid 4 4 3 · setpgid 2 2 3',
    shows: { 2: { nspgid: [3, 7] }, 4: { nspgid: [3, 7] } },
  },
  {
    id: 'F22',
    says: 'an outside process of the same session joins a group numbered by an inner one',
    calls: 'clone 1 2,1 N · clone 2 3,7 · setpgid 3 3 3 · clone 1 4 · setpgid 4 4 3',
    shows: { 4: { pgid: 3, nspgid: [3] } },
  },
  {
    id: 'G21',
    says: 'a group of a sibling namespace is 0 inside',
    calls:
      'clone 1 2,1 N · clone 2 3,7 · setpgid 3 3 3 · clone 1 4,1 N · setns 1 4 · clone 1 5,7 · setpgid 1 5 3',
    shows: { 5: { nspgid: [3, 0], pgid: 3 } },
  },
]);
