import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DAY_MS, NONCE_VALID_MS } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import type { AccountFixture } from '../testing/account-fixture.ts';
import { lastPolicy, onServed } from '../testing/aspu-stories.ts';
import { linked } from '../testing/stories.ts';

/** Links so many Ewons; their ids in the order in which a rollout takes them. */
async function fleet(fixture: AccountFixture, count: number): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let i = 0; i < count; i++)
    ids.push((await linked(fixture, fixture.device(`1524-007${i}-21`), { name: `E${i}` })).deviceId);
  return ids.toSorted();
}

let seq = 0;

/** An Ewon tells how it stands with a patch. */
function tells(fixture: AccountFixture, deviceId: string, path: string, state: string, reason?: string) {
  const topic = `ewon/v1/${fixture.account.accountId}/${deviceId}/up/patch`;
  const patch = { path, sha256: 'a'.repeat(64), kind: 'agent', version: '1.4.2' };
  return fixture.broker.send(topic, {
    ...{ v: 1, at: '2026-03-01T12:00:00.000Z', epoch: 'e_abcdefghijklmnopqrstuv', seq: ++seq },
    ...{ state, agent: '1.4.1', patch, ...(reason !== undefined && { reason }) },
  });
}

/** Who was sent an order, in their order; that a broker is told of one again does not count. */
function ordered({ broker }: AccountFixture): readonly string[] {
  const orders = broker.sent.filter(({ topic, payload }) => topic.includes('/cmd/') && String(payload) !== '');
  const topics = [...new Set(orders.map(({ topic }) => topic))];
  return topics.map((topic) => topic.split('/').find((part) => part.startsWith('d_')) ?? '');
}

const named = (fixture: AccountFixture) => {
  const { held, denied } = lastPolicy(fixture);
  return { held, denied };
};

suite('rollout of a patch', { timeoutMs: 120_000 }, (test) => {
  test(
    'group after group: held for the others, named by the policy no more at the end',
    onServed(async (fixture, _, { path }) => {
      const [a = '', b = '', c = '', d = ''] = await fleet(fixture, 4);
      const begun = await fixture.admin('POST', 'rollouts', { path, percents: [25, 100], successPercent: 60 });
      assert.equal(begun.status, 200, begun.text);
      assert.deepEqual([ordered(fixture), named(fixture)], [[a], { held: [path], denied: [] }]);
      await tells(fixture, a, path, 'installing');
      assert.deepEqual(ordered(fixture), [a]);
      await tells(fixture, a, path, 'installed');
      assert.deepEqual(ordered(fixture), [a, b, c, d]);
      await tells(fixture, b, path, 'installed');
      await tells(fixture, c, path, 'idle', 'PATCH_WRONG_PRODUCT');
      assert.equal((await fixture.admin('GET', `rollouts/${path}`)).json.state, 'running');
      await tells(fixture, d, path, 'installed');
      assert.equal((await fixture.admin('GET', `rollouts/${path}`)).json.state, 'done');
      assert.deepEqual([ordered(fixture).length, named(fixture)], [4, { held: [], denied: [] }]);
      const log = (await fixture.admin('GET', 'log')).json.map((line: { code: string }) => line.code);
      for (const code of ['ASPU_ROLLOUT_STEP', 'ASPU_ROLLOUT_DONE']) assert.ok(log.includes(code), code);
    }),
  );

  test(
    'one fails: all are told at once to leave it, until somebody goes on',
    onServed(async (fixture, _, { path }) => {
      const [a = '', b = ''] = await fleet(fixture, 3);
      await fixture.admin('POST', 'rollouts', { path, first: [b], percents: [100], successPercent: 100 });
      assert.deepEqual(ordered(fixture), [b]);
      await tells(fixture, b, path, 'failed', 'PATCH_NOT_BLESSED');
      const { json } = await fixture.admin('GET', `rollouts/${path}`);
      assert.deepEqual(
        [json.state, json.stoppedBy, json.standing[b].reason],
        ['stopped', 'failures', 'PATCH_NOT_BLESSED'],
      );
      assert.deepEqual([ordered(fixture), named(fixture)], [[b], { held: [path], denied: [path] }]);
      await fixture.admin('POST', `rollouts/${path}/resume`);
      assert.deepEqual(named(fixture), { held: [path], denied: [] });
      await tells(fixture, b, path, 'installed');
      assert.deepEqual(ordered(fixture).slice(1).includes(a), true);
      await fixture.admin('POST', `rollouts/${path}/stop`);
      assert.deepEqual(named(fixture), { held: [path], denied: [path] });
      await fixture.admin('PATCH', 'policy', { denied: [] });
      await tells(fixture, a, path, 'downloading');
      assert.deepEqual(named(fixture), { held: [path], denied: [] }, 'a person has the last word');
    }),
  );

  test(
    'an Ewon that was away for too long is told again, one that is removed is not waited for',
    onServed(async (fixture, _, { path }) => {
      const [a = '', b = ''] = await fleet(fixture, 2);
      await fixture.admin('POST', 'rollouts', { path, percents: [50, 100], successPercent: 100 });
      const idle = fixture.clock.waiting();
      fixture.clock.jump(31 * DAY_MS);
      await fixture.clock.advance(NONCE_VALID_MS);
      await fixture.clock.whenWaiting(idle);
      assert.deepEqual(ordered(fixture), [a, a]);
      await fixture.admin('DELETE', `ewons/${a}`);
      await tells(fixture, b, path, 'idle');
      assert.deepEqual(ordered(fixture), [a, a, b]);
    }),
  );

  test(
    'what cannot be begun or stopped says why',
    onServed(async (fixture, _, { path }) => {
      const ask = async (where: string, body: object = {}) => {
        const { status, json } = await fixture.admin('POST', where, body);
        return [status, json.code];
      };
      assert.deepEqual(await ask('rollouts', { path: 'other' }), [403, 'ASPU_PATCH_UNKNOWN']);
      assert.deepEqual(await ask('rollouts', { path }), [409, 'CONFLICT']);
      const [a = ''] = await fleet(fixture, 1);
      assert.equal(lastPolicy(fixture)['held'], undefined, 'what was not begun holds nothing');
      for (const percents of [[50], [60, 50, 100], []])
        assert.deepEqual(await ask('rollouts', { path, percents }), [400, 'FIELD_UNFIT']);
      const stranger = `d_${'a'.repeat(26)}`;
      assert.deepEqual(await ask('rollouts', { path, first: [stranger] }), [404, 'NOT_FOUND']);
      assert.deepEqual(await ask(`rollouts/${path}/stop`), [404, 'NOT_FOUND']);
      assert.deepEqual(await ask('rollouts', { path, first: [a] }), [200, undefined]);
      assert.deepEqual(await ask('rollouts', { path }), [409, 'CONFLICT']);
      assert.deepEqual(await ask(`rollouts/${path}/resume`), [409, 'CONFLICT']);
    }),
  );

  test(
    'stopped again after a kill in the middle of going on: the policy denies it, whatever was written down of it',
    onServed(async (fixture, _, { path }) => {
      await fleet(fixture, 1);
      await fixture.admin('POST', 'rollouts', { path });
      await fixture.admin('POST', `rollouts/${path}/stop`);
      await fixture.admin('POST', `rollouts/${path}/resume`);
      assert.deepEqual(named(fixture), { held: [path], denied: [] });
      // the policy was changed already, and the kill came before that was written down
      const database = new DatabaseSync(join(fixture.stateDir, 'account.sqlite'));
      database.exec("update rollout set policy_for = 'stopped'");
      database.close();
      assert.equal((await fixture.admin('POST', `rollouts/${path}/stop`)).json.state, 'stopped');
      assert.deepEqual(named(fixture), { held: [path], denied: [path] });
    }),
  );
});
