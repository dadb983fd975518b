/** A test of an attack: the service is alive afterwards, answers, and has no file that was not there before. */

import assert from 'node:assert/strict';
import { after, type TestContext, test } from 'node:test';
import { dumpParts } from '../formats/dumps.ts';
import { Attacker } from './attacker.ts';
import { MULTIPART, multipartBody } from './multipart.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';

export interface Siege {
  readonly server: ServerProcess;
  /** Everything that `attack` sends must be refused, so that nothing may be left on the disk. */
  refused(name: string, attack: (attacker: Attacker, context: TestContext) => Promise<void>): void;
  /** Damage may leave a tree a tree: that one is kept then. */
  survived(name: string, attack: (attacker: Attacker, context: TestContext) => Promise<void>): void;
}

const TREE = '{"processes":[{"pid":1,"ppid":0,"pgid":1,"sid":1}]}';

export async function besieged(environment: Record<string, string> = {}): Promise<Siege> {
  const server = await startServerProcess(environment);
  const attacker = new Attacker(server);
  after(() => attacker.close());
  const stored = async (): Promise<string> => (await attacker.send('GET', '/v1/trees', {})).body;
  const stillServes = async (): Promise<void> => {
    assert.ok(server.alive(), 'the service has ended');
    const answer = await attacker.send('POST', '/v1/plans', { 'content-type': 'application/json' }, TREE);
    assert.equal(answer.status, 201, answer.body);
  };
  await stillServes();
  // The thread that plans is started by the first tree that takes more than a moment, which is no attack's cost.
  const upload = multipartBody(dumpParts('zdtm_session02'));
  const planned = await attacker.send('POST', '/v1/plans', { 'content-type': MULTIPART }, upload);
  assert.equal(planned.status, 201, planned.body);
  return {
    server,
    refused: (name, attack) => {
      test(name, async (context) => {
        const before = [server.files(), await stored()];
        await attack(attacker, context);
        attacker.report(context);
        assert.deepEqual([server.files(), await stored()], before, 'something was left behind');
        await stillServes();
      });
    },
    survived: (name, attack) => {
      test(name, async (context) => {
        await attack(attacker, context);
        attacker.report(context);
        await stillServes();
      });
    },
  };
}
