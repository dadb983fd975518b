/** Trees as inits, shells, login servers and service managers make them: sessions, terminals, orphans, zombies. */

import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
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

/** Python: `count(file)` never comes back, `born(what)` is a fork, `subreaper()`. */
const LIBRARY = `
import ctypes, os, signal, sys, time
def subreaper(): ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
def count(file):
    n = 0
    with open(file, 'a', buffering=1) as out:
        while True:
            n += 1
            print(n, file=out)
            time.sleep(0.02)
def born(what):
    pid = os.fork()
    if pid == 0:
        what()
        os._exit(0)
    return pid
def daemon(what):
    def first():
        os.setsid()
        born(what)
    os.waitpid(born(first), 0)
`;

const python = (directory: string, name: string, text: string): string =>
  `cat > ${directory}/${name} <<'PROGRAM'\n${LIBRARY}${text}\nPROGRAM`;

async function appears(file: string): Promise<void> {
  for (let patience = 0; !existsSync(file); patience++) {
    assert.ok(patience < 200, `${file} does not appear`);
    await delay(50);
  }
}

/** Zombies of a program that waits for them only when it is told to. */
function zombiesBelow(init: string): ProgramTree {
  return {
    needs: [init, 'python3'],
    init: `${init} --`,
    alone: REFUSED,
    script: (directory) => `
${python(
  directory,
  'zombies.py',
  `
pids = [born(lambda: os._exit(0)), born(lambda: os._exit(200)), born(lambda: os.kill(os.getpid(), 15))]
for pid in pids: os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
open('${directory}/made', 'w').close()
while not os.path.exists('${directory}/ask'): time.sleep(0.02)
statuses = [os.waitpid(pid, 0)[1] for pid in pids]
with open('${directory}/new', 'w') as out: print(*statuses, file=out)
os.rename('${directory}/new', '${directory}/statuses')
while True: time.sleep(60)`,
)}
${adopted(directory)} python3 ${directory}/zombies.py`,
    ready: (directory) => existsSync(`${directory}/made`),
    afterwards: async (directory) => {
      writeFileSync(`${directory}/ask`, '');
      await appears(`${directory}/statuses`);
      assert.equal(readFileSync(`${directory}/statuses`, 'utf8').trim(), `0 ${200 << 8} 15`);
    },
  };
}

/** Lines for an interactive shell: a pipeline and a stopped job. */
const JOBS = (directory: string): string => `
${python(directory, 'ticks.py', 'while True: print("tick", flush=True); time.sleep(0.02)')}
${python(
  directory,
  'counter.py',
  `with open('${directory}/ticks', 'a', buffering=1) as out:
    for n, _ in enumerate(sys.stdin, 1): print(n, file=out)`,
)}
mkfifo ${directory}/typed
exec 3<> ${directory}/typed
cat >&3 <<'TYPED'
python3 ${directory}/ticks.py | python3 ${directory}/counter.py &
sleep 1000 &
kill -STOP %2
TYPED`;

const jobsGoOn = async (directory: string): Promise<void> => {
  await countsOn(`${directory}/ticks`, 500);
  writeFileSync(
    `${directory}/typed`,
    `jobs > ${directory}/jobs; tty > ${directory}/tty; touch ${directory}/over\n`,
  );
  await appears(`${directory}/over`);
  assert.match(readFileSync(`${directory}/jobs`, 'utf8'), /Running.*ticks\.py[\s\S]*Stopped.*sleep 1000/);
  assert.match(readFileSync(`${directory}/tty`, 'utf8'), /\/dev\/pts\/\d+/);
};

const jobsRun = (directory: string): boolean =>
  existsSync(`${directory}/ticks`) && lines(`${directory}/ticks`).length > 5;

const SESSIONS: Readonly<Record<string, ProgramTree>> = {
  'tini, and zombies below': zombiesBelow('tini'),
  'dumb-init, and zombies below': zombiesBelow('dumb-init'),
  // A terminal by Python: script(1) gives up when its poll() is interrupted, as a restore by CRIU does.
  'a shell on a terminal, with a pipeline and a stopped job': {
    needs: ['bash', 'python3'],
    alone: REFUSED,
    losesTerminals: true,
    script: (directory) => `${JOBS(directory)}
cat > ${directory}/terminal.py <<'PROGRAM'
import pty
pty.spawn(['bash', '--norc', '-i'])
PROGRAM
${adopted(directory)} python3 ${directory}/terminal.py <&3 > ${directory}/typescript`,
    ready: jobsRun,
    afterwards: jobsGoOn,
  },
  'sshd, its client, and a shell on a terminal': {
    needs: ['sshd', 'ssh', 'bash', 'python3'],
    losesTerminals: true,
    script: (directory) => `${JOBS(directory)}
mkdir -p /run/sshd
ssh-keygen -q -t ed25519 -N '' -f ${directory}/host
ssh-keygen -q -t ed25519 -N '' -f ${directory}/user
cat > ${directory}/sshd_config <<CONF
HostKey ${directory}/host
AuthorizedKeysFile ${directory}/user.pub
StrictModes no
UsePAM no
PermitRootLogin yes
PidFile none
CONF
subreaper() { python3 -c 'import ctypes, os, sys; ctypes.CDLL(None).prctl(36, 1, 0, 0, 0); os.execvp(sys.argv[1], sys.argv[1:])' "$@"; }
subreaper ssh -tt -F none -i ${directory}/user -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \\
  -o ProxyCommand="/usr/sbin/sshd -i -f ${directory}/sshd_config" root@here bash --norc -i <&3`,
    ready: jobsRun,
    afterwards: jobsGoOn,
  },
  'a daemon, forked twice below a child-subreaper': {
    needs: ['python3'],
    script: (directory) => `
${python(
  directory,
  'daemon.py',
  `
subreaper()
daemon(lambda: count('${directory}/ticks'))
while True: time.sleep(60)`,
)}
python3 ${directory}/daemon.py`,
    ready: jobsRun,
    afterwards: (directory) => countsOn(`${directory}/ticks`, 500),
  },
  'managers of services, one below the other': {
    needs: ['python3'],
    alone: REFUSED,
    script: (directory) => `
${python(
  directory,
  'manager.py',
  `
def service(name):
    # Its leader leaves; two members of the session, one of them in a group of its own, fall to the manager.
    def main():
        born(lambda: (os.setpgid(0, 0), count(f'${directory}/{name}.one')))
        born(lambda: count(f'${directory}/{name}.two'))
    daemon(main)
def manager(name):
    os.setsid()
    subreaper()
    service(name + '.a')
    service(name + '.b')
subreaper()
service('system')
born(lambda: (manager('user'), born(lambda: (manager('nested'), time.sleep(1000))), time.sleep(1000)))
time.sleep(0.5)
open('${directory}/made', 'w').close()
while True: time.sleep(60)`,
)}
python3 ${directory}/manager.py`,
    ready: (directory) => existsSync(`${directory}/made`) && existsSync(`${directory}/nested.b.two`),
    afterwards: async (directory) => {
      const names = ['system', 'user.a', 'user.b', 'nested.a', 'nested.b'];
      const files = names.flatMap((name) => [`${name}.one`, `${name}.two`]);
      await Promise.all(files.map((name) => countsOn(`${directory}/${name}`, 500)));
    },
  },
};

for (const criu of CRIUS) {
  for (const [name, program] of Object.entries(SESSIONS)) {
    test(`CRIU ${criu.name}: ${name}`, { skip: missing(...program.needs) }, () =>
      throughCheckpoint(criu, program),
    );
  }
}
