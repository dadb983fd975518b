/** Threads: rules of sections 2, 3, 4 and 7 that speak of them. */

import { testRules } from './rule-table.ts';

testRules([
  {
    id: 'D8',
    says: 'the number of a thread',
    calls: 'clone 1 2 · thread 2 20 · clone 1 20 -> EEXIST · thread 1 20 -> EEXIST',
  },
  {
    id: 'D8',
    says: 'free when the thread has ended',
    calls: 'clone 1 2 · thread 2 20 · endthread 2 20 · clone 1 20',
  },
  {
    id: 'D8',
    says: 'free when its process has exited',
    calls: 'clone 1 2 · thread 2 20 · exit 2 · clone 1 20',
  },
  { id: 'D9, D10', says: 'numbers out of range', calls: 'thread 1 0 -> EINVAL · thread 1 4194304 -> EINVAL' },
  {
    id: 'G3b',
    says: 'no thread after unshare, until setns home (G5b)',
    calls: 'unshare 1 · thread 1 20 -> EINVAL · setns 1 1 · thread 1 20',
  },
  {
    id: 'A9, A10',
    says: 'children stay with the process when a thread ends',
    calls: 'clone 1 2 · thread 2 20 · clone 2 3 · endthread 2 20 · endthread 2 20 -> ESRCH',
    shows: { 3: { ppid: 2 } },
  },
  {
    id: 'A11, A12',
    says: 'the leader thread exits while another lives: state Z, children stay, nothing to wait for',
    calls:
      'clone 1 2 · thread 2 20 · clone 2 3 · endthread 2 2 · wait 1 2 -> EAGAIN · endthread 2 2 -> ESRCH',
    shows: { 2: { state: 'zombie', children: [3] }, 3: { ppid: 2 } },
  },
  {
    id: 'A13',
    says: 'such a process still adopts',
    calls: 'clone 1 2 · flag 2 · thread 2 20 · clone 2 3 · clone 3 4 · endthread 2 2 · exit 3',
    shows: { 4: { ppid: 2 } },
  },
  {
    id: 'A14',
    says: 'with the last thread it becomes an ordinary zombie',
    calls: 'clone 1 2 · thread 2 20 · clone 2 3 · endthread 2 2 · endthread 2 20 · clone 1 20 · wait 1 2',
    shows: { 2: 'gone', 3: { ppid: 1 } },
  },
  { id: 'A14', says: 'a process of one thread exits with it', calls: 'clone 1 2 · endthread 2 2 · wait 1 2' },
]);
