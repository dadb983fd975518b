/** A server to do bad things to, and clients that note what it has acknowledged. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const MAIN = join(import.meta.dirname, '../../src/main.js');

export class ServerUnderFault {
  private readonly child: ChildProcess;
  readonly address: string;

  /** @param preload a module that the server loads first */
  static async start(environment: Record<string, string>, preload?: URL): Promise<ServerUnderFault> {
    const child = spawn(process.execPath, [...(preload ? ['--import', preload.href] : []), MAIN], {
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

  get pid(): number {
    return this.child.pid!;
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Open files and sockets. */
  get handles(): number {
    return readdirSync(`/proc/${this.child.pid}/fd`).length;
  }

  get memoryBytes(): number {
    const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
    return 1024 * Number(/VmRSS:\s+(\d+)/.exec(status)![1]);
  }

  /** The most that it had at a time. */
  get peakMemoryBytes(): number {
    const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
    return 1024 * Number(/VmHWM:\s+(\d+)/.exec(status)![1]);
  }

  /** Of all its threads, by the kernel's ticks of 10 ms. */
  get processorSeconds(): number {
    const [, after] = readFileSync(`/proc/${this.child.pid}/stat`, 'utf8').split(') ') as [string, string];
    const fields = after.split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
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
  headers: Record<string, string> = {},
): Promise<{ status: number; body: Record<string, string> }> {
  const answer = await fetch(`${address}/v1/plans`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ tree }),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, string> };
}

/** What clients were told they have: paths of trees and plans, and ids of plans that were promised. */
export interface Acknowledged {
  readonly paths: string[];
  readonly promised: string[];
}

/** One post in so many asks for a promise. */
const PROMISES = 5;

/** Posts by so many clients until the server is gone. */
export async function postUntilGone(address: string, clients: number, told: Acknowledged): Promise<void> {
  await postUntil(() => false, address, clients, told);
}

/**
 * Posts by so many clients until the server or the time is gone; refusals are counted by their code.
 * @param isOver asked before each post
 */
export async function postUntil(
  isOver: () => boolean,
  address: string,
  clients: number,
  { paths, promised }: Acknowledged,
): Promise<Record<string, number>> {
  const refused: Record<string, number> = {};
  const one = async (client: number): Promise<void> => {
    for (let i = client; !isOver(); i++) {
      const later = i % PROMISES === 0 ? { prefer: 'respond-async' } : {};
      const { status, body } = await post(address, newTree(), later);
      if (status === 201) paths.push(`/v1/trees/${body.treeId}`, `/v1/plans/${body.id}`);
      else if (status === 202) promised.push(body.id!);
      else {
        refused[body.code!] = (refused[body.code!] ?? 0) + 1;
        await delay(20);
      }
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, i) => one(i).catch(() => {})));
  return refused;
}

/** What of it is not there, or was not made. */
export async function lostOf(server: ServerUnderFault, { paths, promised }: Acknowledged): Promise<string[]> {
  const lost: string[] = [];
  for (const path of paths) if ((await server.status(path)) !== 200) lost.push(path);
  for (const id of promised) {
    const path = `/v1/plans/${id}`;
    let status = 'running';
    for (let tries = 0; status === 'running' && tries < 600; tries++) {
      if (tries > 0) await delay(50);
      const answer = await fetch(`${server.address}${path}`);
      status = ((await answer.json()) as { status: string }).status;
    }
    if (status !== 'ready') lost.push(`${path} (${status})`);
  }
  return lost;
}
