/** What a program can notice of a graft: pending signals, actions, stops, filters, parent-death signals. Nothing. */

import { test } from 'node:test';
import { CRIUS, whyNoCriu } from './criu.ts';
import { roundTrip } from './round-trip.ts';
import { ADOPTED } from './scripts.ts';

const skip = whyNoCriu() ?? false;

const SHAPES: Readonly<Record<string, readonly string[]>> = {
  'signals that are pending and blocked': [
    '2 block 10',
    '2 send 10',
    '2 block 17',
    '4 block 15',
    '4 send 15',
    '4 block 34',
    '4 send 34',
    '3 block 20',
    '3 send 20',
  ],
  'a SIGCHLD that is pending and blocked': ['2 block 17', '2 fork 6 - 0', '6 exit 3'],
  'SIGCHLD blocked in everybody, none pending': ['1 block 17', '2 block 17', '3 block 17', '4 block 17'],
  'SIGCONT blocked in everybody': ['1 block 18', '2 block 18', '3 block 18', '4 block 18'],
  'SIGCONT that is pending and blocked': ['3 block 18', '3 send 18', '4 block 18', '4 send 18'],
  'stop signals that are pending and blocked': [
    '3 block 20',
    '3 send 20',
    '4 block 21',
    '4 send 21',
    '2 block 22',
    '2 send 22',
  ],
  'who ignores SIGCHLD, with a zombie from before': ['2 fork 6 - 0', '6 exit 200', '2 ignore 17'],
  'who is stopped stays stopped': ['4 stop', '3 stop', '4 fork 6 - 0', '6 setpgid 6 6', '6 stop'],
  threads: ['2 threads 3', '3 threads 2', '4 threads 1'],
  'filters that kill on every call that finishing makes': [
    '2 seccomp',
    '4 seccomp',
    '3 threads 2',
    '3 seccomp',
  ],
  'parent-death signals': ['4 pdeath 15', '3 pdeath 10', '3 block 10', '2 pdeath 9'],
};

for (const criu of CRIUS) {
  for (const [name, lines] of Object.entries(SHAPES)) {
    test(`CRIU ${criu.name}: ${name}`, { skip }, async () => {
      await roundTrip(criu, { name, text: [...ADOPTED, ...lines].join('\n') });
    });
    test(`CRIU ${criu.name}, no graft needed: ${name}`, { skip }, async () => {
      const plain = ['1 setsid', '1 fork 2 - 0', '2 fork 3 - 0', '3 setsid', '3 fork 4 - 0'];
      await roundTrip(criu, { name, text: [...plain, ...lines].join('\n') });
    });
  }
}
