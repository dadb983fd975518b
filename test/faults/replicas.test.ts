/**
 * Servers that share a PostgreSQL, one of them killed midway: every promised plan is made, each by one server at a time,
 * and what the killed one had in hand is taken over. A trigger in the database notes who took which job, and when.
 */

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { PostgresServer, whyNoPostgres } from '../store/postgres-server.ts';
import { newTree, ServerUnderFault } from './server-under-fault.ts';

const PLANS = Number(process.env.FAULTS_PLANS ?? 1000);
const CLIENTS = 16;
const CHILDREN = 100;
const TAKEOVER_MS = 15_000;
const SETTINGS = { WORKERS: '1', QUEUE_SIZE: String(PLANS), INLINE_MAX_PROCESSES: '0' };

const NOTE_TAKERS = `
  create table taken (id text, owner text, at timestamptz default clock_timestamp());
  create function note_taker() returns trigger language plpgsql as $$
    begin
      if new.state = 'running' and (tg_op = 'INSERT' or old.owner is distinct from new.owner) then
        insert into taken (id, owner) values (new.id, new.owner);
      end if;
      return new;
    end $$;
  create trigger taker after insert or update on job for each row execute function note_taker();`;

/** Posts a tree for a plan later; at another server where one is gone. */
async function promised(servers: readonly ServerUnderFault[], turn: number): Promise<string> {
  const body = JSON.stringify(newTree(CHILDREN));
  const headers = { 'content-type': 'application/json', prefer: 'respond-async' };
  for (let tries = 0; tries < 10; tries++) {
    const { address } = servers[(turn + tries) % servers.length]!;
    try {
      const answer = await fetch(`${address}/v1/plans`, { method: 'POST', headers, body });
      const { id } = (await answer.json()) as { id: string };
      if (answer.status === 202) return id;
    } catch {
      // It was killed.
    }
  }
  throw new Error('no server promised a plan');
}

for (const replicas of [2, 4]) {
  it(`${replicas} servers share ${PLANS} plans, one is killed midway`, {
    skip: whyNoPostgres,
    timeout: 600_000,
  }, async (t) => {
    const postgres = await PostgresServer.start();
    t.after(() => postgres.remove());
    const address = await postgres.newDatabase('shared');
    const servers: ServerUnderFault[] = [];
    for (let i = 0; i < replicas; i++) {
      servers.push(await ServerUnderFault.start({ DATABASE_URL: address, ...SETTINGS }));
    }
    t.after(() => Promise.all(servers.map((server) => server.end('SIGKILL'))));
    const database = new pg.Client(address);
    await database.connect();
    const rows = async (text: string, values: unknown[] = []) => (await database.query(text, values)).rows;
    await rows(NOTE_TAKERS);

    let posted = 0;
    const ids: string[] = [];
    const client = async () => {
      while (posted < PLANS) ids.push(await promised(servers, posted++));
    };
    const posting = Promise.all(Array.from({ length: CLIENTS }, client));
    const ready = async () => Number((await rows('select count(*) from plan'))[0].count);
    while ((await ready()) < PLANS / 3) await delay(20);
    const inHand = await rows("select id, owner from job where state = 'running'");
    await servers.shift()!.end('SIGKILL');
    const killedAt = performance.now();
    const stillTheirs =
      'select 1 from job join unnest($1::text[], $2::text[]) as held (id, owner) using (id, owner) limit 1';
    const held = [inHand.map(({ id }) => id), inHand.map(({ owner }) => owner)];
    while ((await rows(stillTheirs, held)).length > 0) await delay(50);
    const takeover = performance.now() - killedAt;
    await posting;
    while ((await rows('select 1 from job limit 1')).length > 0) await delay(100);

    let lost = 0;
    for (const [i, id] of ids.entries()) {
      const answer = await fetch(`${servers[i % servers.length]!.address}/v1/plans/${id}`);
      const { status, outcome } = (await answer.json()) as { status: string; outcome: string };
      if (status !== 'ready' || outcome !== 'restorable') lost++;
    }
    const twice = await rows(
      `select id, extract(epoch from max(at) - min(at)) as apart from taken group by id having count(*) > 1`,
    );
    const owners = await rows('select owner, count(*) from taken group by owner order by 2 desc');
    await database.end();
    t.diagnostic(
      `${replicas} servers, ${new Set(ids).size} plans, one server killed: ${lost} lost, ${twice.length} begun anew after it, ` +
        `taken over after ${(takeover / 1000).toFixed(1)} s; plans a server: ${owners.map(({ count }) => count).join(', ')}`,
    );
    assert.equal(new Set(ids).size, PLANS);
    assert.equal(lost, 0);
    assert.equal(owners.length, replicas, 'each server made some');
    // Only what the killed server had in hand, one thread of it, is begun a second time; and not before its lease is over.
    assert.ok(twice.length <= 1, JSON.stringify(twice));
    for (const { apart } of twice) assert.ok(Number(apart) > 5, `${apart} s`);
    assert.ok(takeover < TAKEOVER_MS, `${takeover} ms`);
    for (const server of servers) assert.equal(await server.end('SIGTERM'), 0);
  });
}
