/** A server to do bad things to, and clients that note what it has acknowledged. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const MAIN = join(import.meta.dirname, '../../src/main.js');

export class ServerUnderFault {
  private readonly child: ChildProcess;
  readonly address: string;

  static async start(environment: Record<string, string>): Promise<ServerUnderFault> {
    const child = spawn(process.execPath, [MAIN], {
      env: { PATH: process.env.PATH, PORT: '0', LOG_LEVEL: 'info', ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let log = '';
    const address = await new Promise<string>((resolve, reject) => {
      child.once('exit', () => reject(new Error(`the server ended: ${log}`)));
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        if (log.length < 10_000) log += text;
        const [, url] = /Server listening at (http:[^"]+)/.exec(log) ?? [];
        if (url) resolve(url);
      });
    });
    return new ServerUnderFault(child, address);
  }

  private constructor(child: ChildProcess, address: string) {
    this.child = child;
    this.address = address;
  }

  async end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.child.exitCode !== null) return this.child.exitCode;
    const exit = once(this.child, 'exit');
    this.child.kill(signal);
    return (await exit)[0];
  }

  async status(path: string): Promise<number> {
    const answer = await fetch(`${this.address}${path}`);
    await answer.arrayBuffer();
    return answer.status;
  }
}

let number = 0;

/** A tree that nobody has posted before, of an init and so many children. */
export function newTree(children = 1): object {
  const init = { pid: 1, ppid: 0, pgid: 1, sid: 1 };
  const processes = [init];
  for (let i = 0; i < children; i++) {
    const pid = 2 + number++;
    processes.push({ pid, ppid: 1, pgid: pid, sid: pid });
  }
  return { processes };
}

export async function post(
  address: string,
  tree: object,
): Promise<{ status: number; body: Record<string, string> }> {
  const answer = await fetch(`${address}/v1/plans`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ tree }),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, string> };
}

/** Posts by so many clients until the server is gone; every path that a 201 promised goes into `acknowledged`. */
export async function postUntilGone(address: string, clients: number, acknowledged: string[]): Promise<void> {
  const one = async (): Promise<void> => {
    for (;;) {
      const { status, body } = await post(address, newTree());
      if (status === 201) acknowledged.push(`/v1/trees/${body.treeId}`, `/v1/plans/${body.id}`);
    }
  };
  await Promise.all(Array.from({ length: clients }, () => one().catch(() => {})));
}
