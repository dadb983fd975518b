/** kernel-rules section 3: which numbers set_tid can have. */

import { testRules } from './rule-table.ts';

const THREADS = {
  pid: Int32Array.of(1, 2, 3),
  offset: Int32Array.of(0, 0, 2, 2),
  id: Int32Array.of(20, 21),
};

testRules([
  {
    id: 'D1',
    says: 'the number of a live process',
    calls: 'clone 1 2 · clone 1 2 -> EEXIST · clone 2 1 -> EEXIST',
  },
  { id: 'D2', says: 'the number of a zombie', calls: 'clone 1 2 · exit 2 · clone 1 2 -> EEXIST' },
  { id: 'D3', says: 'free at once after the reaping', calls: 'clone 1 2 · exit 2 · wait 1 2 · clone 1 2' },
  {
    id: 'D4',
    says: 'a number that lives on as a session id',
    calls: `clone 1 2 · setsid 2 · clone 2 3 · setpgid 3 3 3 · exit 2 · wait 1 2 · clone 1 2 -> EEXIST`,
    shows: { 3: { sid: 2, pgid: 3 } },
  },
  {
    id: 'D5',
    says: 'free when the last member of session and group was reaped',
    calls: 'clone 1 2 · setsid 2 · clone 2 3 · exit 2 · wait 1 2 · exit 3 · wait 1 3 · clone 1 2',
  },
  {
    id: 'D5',
    says: 'free when the last member left the group',
    calls: `clone 1 2 · setpgid 2 2 2 · clone 2 3 · exit 2 · wait 1 2
      clone 1 2 -> EEXIST · setpgid 3 3 3 · clone 1 2`,
  },
  {
    id: 'D6',
    says: 'a number that lives on as a group id',
    calls: 'clone 1 2 · clone 1 3 · setpgid 1 2 2 · setpgid 1 3 2 · exit 2 · wait 1 2 · clone 1 2 -> EEXIST',
    shows: { 3: { pgid: 2 } },
  },
  {
    id: 'D7',
    says: 'even of a zombie member',
    calls: 'clone 1 2 · setsid 2 · clone 2 3 · exit 2 · wait 1 2 · exit 3 · clone 1 2 -> EEXIST',
  },
  {
    id: 'D8',
    says: 'a thread id of the image, while its process lives',
    boot: { root: 1, rootIsInit: true, threads: THREADS },
    calls: 'clone 1 2 · clone 1 20 -> EEXIST · clone 1 21 -> EEXIST · clone 1 3 · exit 2 · clone 1 20',
  },
  { id: 'D9', says: '0 and less', calls: 'clone 1 0 -> EINVAL · clone 1 -5 -> EINVAL' },
  {
    id: 'D10, D11, D12',
    says: 'the largest number is 4194303, in every namespace',
    calls: `clone 1 4194303 · clone 1 4194304 -> EINVAL
      clone 1 2,1 N · clone 2 3,4194303 · clone 2 4,4194304 -> EINVAL`,
  },
  {
    id: 'D12',
    says: 'more where the image has larger numbers',
    boot: { root: 1, rootIsInit: true, pidMax: 2 ** 31 },
    calls: 'clone 1 2147483647 · clone 2147483647 4194304',
    shows: { 4194304: { ppid: 2147483647 } },
  },
  {
    id: 'D13',
    says: 'more numbers than levels; and plans give no fewer',
    calls: 'clone 1 2,2 -> EINVAL · clone 1 2,1 N · clone 2 3,2,2 -> EINVAL · clone 2 3 -> EINVAL',
  },
  {
    id: 'D14',
    says: 'the first process of a namespace is 1',
    calls: 'clone 1 2,2 N -> EINVAL · clone 1 2 N -> EINVAL',
  },
  {
    id: 'D15',
    says: '{301, 1} with CLONE_NEWPID',
    calls: 'clone 1 301,1 N',
    shows: { 301: { nspid: [301, 1] } },
  },
  {
    id: 'D16',
    says: '1 again while the init lives',
    calls: 'clone 1 2,1 N · clone 2 3,1 -> EEXIST · clone 2 1,3 -> EEXIST',
  },
  { id: 'D17', says: 'the first after unshare is 1 too', calls: 'unshare 1 · clone 1 2,7 -> EINVAL' },
  { id: 'D18', says: 'with 1 it works', calls: 'unshare 1 · clone 1 2,1', shows: { 2: { nspid: [2, 1] } } },
  {
    id: 'D19',
    says: 'later ones have any number, and each namespace its own',
    calls: 'clone 1 2,1 N · clone 2 3,500 · clone 1 4,1 N · clone 4 5,500 · clone 2 6,500 -> EEXIST',
    shows: { 5: { nspid: [5, 500] } },
  },
  {
    id: 'section 3',
    says: 'the whole vector of a dead inner leader stays in use',
    calls: `clone 1 2,1 N · clone 2 3,30 · setsid 3 · clone 3 4,40 · exit 3 · wait 2 3
      clone 2 3,31 -> EEXIST · clone 2 5,30 -> EEXIST · exit 4 · wait 2 4 · clone 2 3,30`,
  },
  {
    id: 'section 3',
    says: 'a session and a group led outside the image keep their numbers',
    boot: { root: 7, rootIsInit: false, outsideSession: 50, outsideGroup: 60 },
    calls: 'clone 7 50 -> EEXIST · clone 7 60 -> EEXIST · setsid 7 · clone 7 50 -> EEXIST',
  },
]);
