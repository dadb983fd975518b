/** Servers at work: what they have said to a client before the checkpoint is true after the restore, and they go on. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { CRIUS } from './criu.ts';
import {
  adopted,
  countsOn,
  lines,
  missing,
  type ProgramTree,
  REFUSED,
  throughCheckpoint,
} from './program-trees.ts';

const answerOf = (command: string, ...args: string[]): string =>
  `${spawnSync(command, args, { encoding: 'utf8', timeout: 10_000 }).stdout}`.trim();

const SERVERS: Readonly<Record<string, ProgramTree>> = {
  'PostgreSQL with its workers and a client that writes': {
    needs: ['psql', 'setpriv', 'gcc', 'python3'],
    // Its System V shared memory has to be in the tree's own namespace. It refuses to run as root, and a root without
    // CAP_SYS_RESOURCE, as on some machines, cannot dump anybody else: so it is told that it is somebody else.
    namespaces: ['--ipc'],
    alone: REFUSED,
    script: (directory) => `
chmod 755 ${directory}
mkdir ${directory}/pg && chown postgres ${directory}/pg
programs=$(ls -d /usr/lib/postgresql/*/bin | tail -1)
echo 'int geteuid(void) { return 1; } int getuid(void) { return 1; }' | gcc -w -shared -fPIC -o ${directory}/daemon.so -xc -
setpriv --reuid postgres --regid postgres --clear-groups $programs/initdb --no-sync --auth trust --username postgres --pgdata ${directory}/pg/data
chown -R 1 ${directory}/pg
LD_PRELOAD=${directory}/daemon.so ${adopted(directory)} $programs/postgres -D ${directory}/pg/data -k ${directory}/pg -c listen_addresses= -c shared_buffers=16MB &
until psql -h ${directory}/pg -U postgres -c 'create table rows (n int primary key)'; do sleep 0.2; done
cat > ${directory}/load.py <<'PROGRAM'
import itertools, time
for n in itertools.count(1):
    print(f'insert into rows values ({n}) returning n;', flush=True)
    time.sleep(0.01)
PROGRAM
python3 ${directory}/load.py | psql -h ${directory}/pg -U postgres --quiet --no-align --tuples-only > ${directory}/committed`,
    ready: (directory) => existsSync(`${directory}/committed`) && lines(`${directory}/committed`).length > 20,
    afterwards: async (directory) => {
      await countsOn(`${directory}/committed`, 800);
      const told = lines(`${directory}/committed`).length;
      const query = 'select count(*), max(n) from rows';
      const [count, largest] = answerOf('psql', '-h', `${directory}/pg`, '-U', 'postgres', '-Atc', query)
        .split('|')
        .map(Number);
      assert.equal(count, largest, 'every row that was committed is there');
      assert.ok(count! >= told);
    },
  },
  nginx: {
    needs: ['nginx', 'curl', 'python3'],
    alone: REFUSED,
    script: (directory) => `
cat > ${directory}/nginx.conf <<'CONF'
daemon off; user root; worker_processes 2; pid ${directory}/nginx.pid; error_log ${directory}/nginx.log;
events {}
http { access_log off; server { listen unix:${directory}/nginx.sock; location / { return 200 "kept by $pid\\n"; } } }
CONF
${adopted(directory)} nginx -e ${directory}/nginx.log -c ${directory}/nginx.conf`,
    ready: (directory) =>
      existsSync(`${directory}/nginx.sock`) &&
      answerOf('curl', '-s', '--unix-socket', `${directory}/nginx.sock`, 'http://it/').startsWith('kept'),
    afterwards: async (directory) => {
      for (let i = 0; i < 20; i++) {
        assert.match(
          answerOf('curl', '-s', '--unix-socket', `${directory}/nginx.sock`, 'http://it/'),
          /^kept by \d+$/,
        );
      }
    },
  },
  redis: {
    needs: ['redis-server', 'python3'],
    alone: REFUSED,
    script: (directory) =>
      `${adopted(directory)} redis-server --port 0 --unixsocket ${directory}/redis.sock --save "" --dir ${directory} --daemonize no --logfile ${directory}/redis.log`,
    ready: (directory) =>
      existsSync(`${directory}/redis.sock`) &&
      answerOf('redis-cli', '-s', `${directory}/redis.sock`, 'set', 'key', 'kept') === 'OK',
    afterwards: async (directory) => {
      assert.equal(answerOf('redis-cli', '-s', `${directory}/redis.sock`, 'get', 'key'), 'kept');
    },
  },
};

for (const criu of CRIUS) {
  for (const [name, program] of Object.entries(SERVERS)) {
    test(`CRIU ${criu.name}: ${name}`, { skip: missing(...program.needs) }, () =>
      throughCheckpoint(criu, program),
    );
  }
}
