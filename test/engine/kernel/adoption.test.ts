/** kernel-rules section 7: who adopts the children of a dying process. */

import { testRules } from './rule-table.ts';

testRules([
  {
    id: 'A1',
    says: "the namespace's init, never the grandparent",
    calls: 'clone 1 2 · clone 2 3 · clone 3 4 · exit 3',
    shows: { 4: { ppid: 1 } },
  },
  {
    id: 'A2',
    says: 'the nearest flagged ancestor',
    calls: 'clone 1 2 · flag 2 · clone 2 3 · flag 3 · clone 3 4 · clone 4 5 · exit 4',
    shows: { 5: { ppid: 3 } },
  },
  {
    id: 'A3',
    says: 'a flagged process that exits hands its children to the next above, also while it is a zombie',
    calls: 'clone 1 2 · flag 2 · clone 2 3 · flag 3 · clone 3 4 · clone 4 5 · exit 3 · exit 4',
    shows: { 3: { state: 'zombie' }, 4: { ppid: 2 }, 5: { ppid: 2 } },
  },
  {
    id: 'A4, P1',
    says: 'a flag set after the births works',
    calls: 'clone 1 2 · clone 2 3 · clone 3 4 · flag 2 · exit 3',
    shows: { 4: { ppid: 2 } },
  },
  {
    id: 'A5, P2',
    says: 'a flag cleared before the death does not',
    calls: 'clone 1 2 · flag 2 · clone 2 3 · clone 3 4 · unflag 2 · exit 3',
    shows: { 4: { ppid: 1 } },
  },
  {
    id: 'A7',
    says: 'on, off and on is on',
    calls:
      'clone 1 2 · flag 2 · clone 2 3 · unflag 2 · clone 3 4 · flag 2 · flag 2 · exit 3 · unflag 2 · unflag 2',
    shows: { 2: { subreaper: false }, 4: { ppid: 2 } },
  },
  {
    id: 'A8b',
    says: 'CLONE_PARENT does not change who adopts',
    calls: 'clone 1 2 · clone 2 3 · flag 3 · clone 3 4 P · clone 4 5 · exit 4',
    shows: { 5: { ppid: 1 } },
  },
  {
    id: 'P11',
    says: 'the flag survives exec',
    calls: 'clone 1 2 · flag 2 · exec 2 · clone 2 3 · clone 3 4 · exit 3',
    shows: { 2: { subreaper: true }, 4: { ppid: 2 } },
  },
  {
    id: 'A20, A23',
    says: 'on the init the flag changes nothing, on or off',
    calls: 'clone 1 2 · clone 2 3 · flag 1 · exit 2 · clone 3 4 · clone 4 5 · unflag 1 · exit 4',
    shows: { 1: { subreaper: false }, 3: { ppid: 1 }, 5: { ppid: 1 } },
  },
  {
    id: 'G32',
    says: 'a subreaper that is no ancestor adopts nobody',
    calls: 'clone 1 2 · clone 1 9 · flag 9 · clone 2 3 · exit 2',
    shows: { 3: { ppid: 1 } },
  },
  {
    id: 'G32',
    says: 'a subreaper that is no ancestor any more adopts nobody',
    calls: 'clone 1 2 · clone 2 3 · clone 3 4 · clone 4 5 · exit 3 · flag 2 · exit 4',
    shows: { 5: { ppid: 1 } },
  },
  {
    id: 'A24, A25',
    says: 'zombie children are adopted like live ones, and the adopter reaps them',
    calls: 'clone 1 2 · clone 2 3 · exit 3 1792 · exit 2 · wait 2 3 -> ESRCH · wait 1 3',
    shows: { 3: 'gone', 2: { children: [] } },
  },
  {
    id: 'H4',
    says: 'a zombie has no children',
    calls: 'clone 1 2 · clone 2 3 · clone 2 4 · exit 2',
    shows: { 2: { state: 'zombie', children: [] } },
  },
  {
    id: 'I12',
    says: 'adopted children stand behind those already there, in their order',
    calls: 'clone 1 2 · clone 2 7 · clone 2 5 · clone 1 3 · exit 2 · clone 1 4',
    shows: { 1: { children: [2, 3, 7, 5, 4] } },
  },
  {
    id: 'section 7',
    says: 'a zombie session leader keeps its number while its children leave',
    calls: 'clone 1 2 · setsid 2 · clone 2 3 · exit 2 · wait 1 2',
    shows: { 3: { ppid: 1, sid: 2 } },
  },
  {
    id: 'contract',
    says: 'below a root that is no init orphans without a subreaper leave the tree',
    boot: { root: 7, rootIsInit: false },
    calls:
      'clone 7 8 · clone 8 9 · exit 8 · clone 9 10 · exit 9 · flag 7 · clone 7 11 · clone 11 12 · exit 11 · wait 0 10 -> ECHILD',
    shows: { 9: { ppid: 0, state: 'zombie' }, 10: { ppid: 0 }, 12: { ppid: 7 } },
  },

  // Namespaces.
  {
    id: 'A17',
    says: 'a father outside dies: the nested init stays a child of his namespace',
    calls: 'clone 1 2 · clone 2 3,1 N · exit 2',
    shows: { 3: { ppid: 1, nspid: [3, 1] } },
  },
  {
    id: 'A19, G26, G31, P10',
    says: "and his injected children go to his namespace's subreaper",
    calls: 'clone 1 2 · flag 2 · clone 2 3 · clone 3 4,1 N · setns 3 4 · clone 3 5,7 · exit 3',
    shows: { 4: { ppid: 2 }, 5: { ppid: 2 } },
  },
  {
    id: 'A18, A22, P9',
    says: 'a father inside dies: the inner init adopts, whatever is flagged outside',
    calls:
      'clone 1 2 · flag 2 · clone 2 3,1 N · setns 2 3 · clone 2 4,2 · clone 4 5,3 · clone 3 6,4 · clone 6 7,5 · exit 4 · exit 6',
    shows: { 4: { ppid: 2, state: 'zombie' }, 5: { ppid: 3 }, 7: { ppid: 3 } },
  },
  {
    id: 'A21',
    says: 'an injected subreaper adopts inside',
    calls: 'clone 1 3,1 N · setns 1 3 · clone 1 4,2 · flag 4 · clone 4 5,3 · clone 5 6,4 · exit 5 · exit 4',
    shows: { 6: { ppid: 3 }, 5: { ppid: 3, state: 'zombie' } },
  },
  {
    id: 'A16',
    says: 'after setns the child is inside and its parent outside',
    calls: 'clone 1 3,1 N · setns 1 3 · clone 1 4,2',
    shows: { 4: { ppid: 1, nspid: [4, 2] } },
  },
]);
