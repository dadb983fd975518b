/** Loaded before the server, in each of its threads: on SIGURG all of them collect what is no longer used. */

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isMainThread } from 'node:worker_threads';

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');
const channel = new BroadcastChannel('collect');
channel.onmessage = () => collect();
// Declared by browsers' types only: a channel that waits holds no thread.
(channel as unknown as { unref: () => void }).unref();
if (isMainThread)
  process.on('SIGURG', () => {
    channel.postMessage('');
    collect();
  });
