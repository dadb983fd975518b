/**
 * A PostgreSQL of the test's own: its files in a temporary directory, as a user that is not root, on a free port of
 * the loopback interface.
 */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

const DEBIAN = '/usr/lib/postgresql';

/** The directory of initdb and postgres, or null where there is none. */
function binaries(): string | null {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)) : [];
  const places = [
    ...versions.map((version) => join(DEBIAN, version, 'bin')),
    ...(process.env.PATH ?? '').split(':'),
  ];
  return (
    places.find((place) => ['initdb', 'postgres'].every((name) => existsSync(join(place, name)))) ?? null
  );
}

/** Path of one of its programs. */
export function postgresProgram(name: string): string {
  return join(binaries()!, name);
}

export const whyNoPostgres = binaries() ? false : 'no PostgreSQL server is installed (Debian: postgresql)';

export class PostgresServer {
  readonly port: number;
  private readonly directory: string;
  private readonly user: { uid: number; gid: number } | undefined;
  private process: ChildProcess | undefined;

  static async start(): Promise<PostgresServer> {
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address() as { port: number };
    probe.close();
    const server = new PostgresServer(port);
    await server.run();
    return server;
  }

  private constructor(port: number) {
    this.port = port;
    this.directory = mkdtempSync(join(tmpdir(), 'regraft-postgres-'));
    this.user = process.getuid?.() === 0 ? someUser() : undefined;
    const data = join(this.directory, 'data');
    mkdirSync(data, { mode: 0o700 });
    for (const path of [this.directory, data]) if (this.user) chownSync(path, this.user.uid, this.user.gid);
    execFileSync(
      postgresProgram('initdb'),
      ['-D', data, '-U', 'regraft', '-A', 'trust', '-E', 'UTF8', '-N'],
      {
        ...this.user,
        stdio: 'ignore',
        cwd: this.directory,
        env: { PATH: process.env.PATH, LC_ALL: 'C' },
      },
    );
  }

  /** Starts it, or starts it again. */
  async run(): Promise<void> {
    const { directory, port } = this;
    this.process = spawn(
      postgresProgram('postgres'),
      [
        '-D',
        join(directory, 'data'),
        '-p',
        String(port),
        '-k',
        directory,
        '-c',
        'listen_addresses=127.0.0.1',
      ],
      { ...this.user, stdio: 'ignore', cwd: directory, env: { PATH: process.env.PATH, LC_ALL: 'C' } },
    );
    for (let tries = 0; ; tries++) {
      const client = new pg.Client(this.address('postgres'));
      try {
        await client.connect();
        await client.end();
        return;
      } catch (error) {
        await client.end().catch(() => {});
        if (tries > 1200) throw error;
        await delay(100);
      }
    }
  }

  /** @param signal SIGINT ends connections, SIGQUIT is a crash */
  async stop(signal: 'SIGINT' | 'SIGQUIT' = 'SIGINT'): Promise<void> {
    const child = this.process!;
    child.kill(signal);
    if (child.exitCode === null) await once(child, 'exit');
  }

  /** All of its processes, which are no group, stand still or go on. */
  hang(signal: 'SIGSTOP' | 'SIGCONT'): void {
    const { pid } = this.process!;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
    for (const one of [pid!, ...children.map(Number)]) process.kill(one, signal);
  }

  address(database: string): string {
    return `postgres://regraft@127.0.0.1:${this.port}/${database}`;
  }

  /** Address of an empty database. */
  async newDatabase(name: string): Promise<string> {
    await this.query(`create database ${name}`);
    return this.address(name);
  }

  async query(text: string, database = 'postgres'): Promise<void> {
    const client = new pg.Client(this.address(database));
    await client.connect();
    await client.query(text);
    await client.end();
  }

  async remove(): Promise<void> {
    if (this.process?.exitCode === null && this.process.signalCode === null) {
      this.hang('SIGCONT');
      await this.stop();
    }
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** PostgreSQL does not run as root. */
function someUser(): { uid: number; gid: number } {
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  const line = ['postgres:', 'nobody:'].map((name) => lines.find((l) => l.startsWith(name))).find(Boolean)!;
  const [, , uid, gid] = line.split(':').map(Number);
  return { uid: uid!, gid: gid! };
}
