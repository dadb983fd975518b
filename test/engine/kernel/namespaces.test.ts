/** kernel-rules section 4: making and entering pid namespaces. */

import { testRules } from './rule-table.ts';

/** The numbers of an init at this depth, whose level-0 number is one more. */
function vector(depth: number): number[] {
  return [...Array(depth).fill(depth + 1), 1];
}

testRules([
  {
    id: 'A15',
    says: 'CLONE_NEWPID: 1 inside, the parent outside',
    calls: 'clone 1 2,1 N',
    shows: { 2: { ppid: 1, nspid: [2, 1] } },
  },
  {
    id: 'G1, P8',
    says: 'unshare: the caller stays, its children are 1 and 2 inside',
    calls: 'clone 1 2 · unshare 2 · clone 2 3,1 · clone 2 4,2',
    shows: { 2: { nspid: [2] }, 3: { ppid: 2, nspid: [3, 1] }, 4: { ppid: 2, nspid: [4, 2] } },
  },
  {
    id: 'G11',
    says: 'an init may unshare',
    calls: 'clone 1 2,1 N · unshare 2 · clone 2 3,2,1',
    shows: { 3: { nspid: [3, 2, 1] } },
  },
  {
    id: 'G2',
    says: 'a second unshare',
    calls: 'unshare 1 · unshare 1 -> EINVAL · clone 1 2,1 · unshare 1 -> EINVAL',
  },
  {
    id: 'G3',
    says: 'CLONE_NEWPID after unshare',
    calls: 'unshare 1 · clone 1 2,1,1 N -> EINVAL · clone 1 2,1 N -> EINVAL',
  },
  {
    id: 'G4, G5',
    says: 'setns to the own namespace heals both',
    calls: 'unshare 1 · clone 1 2,1 · setns 1 1 · clone 1 3,1 N · unshare 1 · setns 1 1 · clone 1 4',
    shows: { 3: { nspid: [3, 1] }, 4: { nspid: [4] } },
  },
  {
    id: 'G6, G7, G28, G8',
    says: 'setns to a child and directly to a grandchild namespace, also from one to the other',
    calls:
      'clone 1 2,1 N · clone 2 3,2,1 N · clone 1 4 · setns 4 2 · clone 4 5,5 · setns 4 3 · clone 4 6,6,6 · setns 4 2 · clone 4 7,7',
    shows: { 5: { ppid: 4, nspid: [5, 5] }, 6: { ppid: 4, nspid: [6, 6, 6] }, 7: { nspid: [7, 7] } },
  },
  { id: 'G9', says: 'setns to the parent namespace', calls: 'clone 1 2,1 N · setns 2 1 -> EINVAL' },
  {
    id: 'G10',
    says: 'setns to a sibling namespace',
    calls: 'clone 1 2,1 N · clone 1 3,1 N · setns 2 3 -> EINVAL',
  },
  {
    id: 'G13, G14, G15',
    says: 'a dead init: fork ENOMEM, unshare EINVAL, setns home heals',
    calls:
      'unshare 1 · clone 1 2,1 · exit 2 · clone 1 3,2 -> ENOMEM · wait 1 2 · clone 1 3,2 -> ENOMEM · unshare 1 -> EINVAL · setns 1 1 · clone 1 3',
    shows: { 3: { nspid: [3] } },
  },
  {
    id: 'G16',
    says: 'setns through a zombie init succeeds, the fork after it does not',
    calls: 'clone 1 2,1 N · exit 2 · setns 1 2 · clone 1 3,2 -> ENOMEM · setns 1 1 · clone 1 3',
  },
  {
    id: 'G29',
    says: 'the namespace for children is not inherited',
    calls: 'unshare 1 · clone 1 2,1 · clone 2 3,2 · clone 3 4,3 · unshare 3',
    shows: { 4: { nspid: [4, 3] } },
  },
  {
    id: 'G27',
    says: 'the deepest level is 32',
    calls: [
      ...Array.from({ length: 32 }, (_, i) => `clone ${i + 1} ${vector(i + 1)} N`),
      `clone 33 ${vector(33)} N -> ENOSPC`,
      'unshare 33 -> ENOSPC',
    ].join('\n'),
    shows: { 33: { ppid: 32 } },
  },
  {
    id: 'G21',
    says: 'one entry a level of the process, 0 where the leader is not visible',
    calls: 'clone 1 2 · setsid 2 · clone 2 3,1 N · clone 3 4,5,1 N',
    shows: { 3: { nssid: [2, 0], nspgid: [2, 0] }, 4: { nspid: [4, 5, 1], nssid: [2, 0, 0] } },
  },
  { id: 'section 4', says: 'nobody is entered who is not there', calls: 'setns 1 9 -> ESRCH' },
]);
