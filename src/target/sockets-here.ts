/** Addresses and names of sockets of this network namespace that are taken, from /proc/net. */

import { readFileSync } from 'node:fs';
import { socketAddress } from '../formats/criu/surroundings/socket-address.ts';

/** TCP_LISTEN; UDP sockets are bound in state 7. */
const TAKEN: Readonly<Record<string, string>> = { tcp: '0A', tcp6: '0A', udp: '07', udp6: '07' };

/** As `tcp 0.0.0.0:80`. */
export function listeningAddresses(): string[] | undefined {
  const all: string[] = [];
  for (const [protocol, state] of Object.entries(TAKEN)) {
    const lines = table(protocol);
    if (lines === undefined) continue;
    for (const line of lines) {
      const [, local, , st] = line.trim().split(/\s+/);
      if (st === state && local) all.push(`${protocol} ${address(local)}`);
    }
  }
  return table('tcp') && all;
}

/** Names of sockets that are bound; abstract ones begin with @. */
export function unixNames(): string[] | undefined {
  return table('unix')?.flatMap((line) => {
    const name = line.trim().split(/\s+/)[7];
    return name ? [name] : [];
  });
}

function table(name: string): string[] | undefined {
  try {
    return readFileSync(`/proc/net/${name}`, 'utf8').split('\n').slice(1).filter(Boolean);
  } catch {
    return undefined;
  }
}

/** Words of the machine's order in hexadecimal, a colon, the port. */
function address(text: string): string {
  const [host = '', port = '0'] = text.split(':');
  return socketAddress(Buffer.from(host, 'hex').swap32(), Number.parseInt(port, 16));
}
