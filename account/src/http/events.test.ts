import { HOUR_MS, type LogPort } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import fastify from 'fastify';
import { type Change, createBus } from '../bus.ts';
import type { House } from '../house.ts';
import type { AccountFixture } from '../testing/account-fixture.ts';
import { createBrowser, type TestBrowser } from '../testing/browser.ts';
import { createVirtualClock } from '../testing/clock-virtual.ts';
import { linked, onAccount, pending } from '../testing/stories.ts';
import { eventRoutes } from './events.ts';

const PASSWORD = 'secret 12';

/** Signs in a user who may these things in North. */
async function signedIn({ admin, account }: AccountFixture, permissions: readonly string[]) {
  const group = (await admin('POST', 'groups', { name: 'g', permissions, pools: ['North'] })).json;
  const user = (await admin('POST', 'users', { login: 'ann', password: PASSWORD, groupIds: [group.id] })).json;
  const browser = createBrowser(account);
  await browser.signIn('ann', PASSWORD);
  return { browser, groupId: String(group.id), userId: String(user.id) };
}

/** Follows the stream. @returns what came until it ended or `last` came */
async function follow({ account }: AccountFixture, { cookies }: TestBrowser, authorization?: string) {
  const cookie = [...cookies].map((pair) => pair.join('=')).join('; ');
  const headers: HeadersInit = authorization === undefined ? { cookie } : { authorization };
  const response = await fetch(`${account.adminUrl}/api/v1/events`, { headers });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const until = async (isThere: (text: string) => boolean): Promise<readonly Change[]> => {
    while (!isThere(text)) {
      const part = await reader?.read();
      if (!part || part.done) break;
      text += part.value;
    }
    return [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data ?? ''));
  };
  await until((read) => read.includes('connected'));
  return { status: response.status, until, ended: () => until(() => false), close: async () => reader?.cancel() };
}

suite('a stream of changes for which the database does not answer', (test) => {
  test('ends, and is not left open without a word', async () => {
    const app = fastify();
    const person = { name: 'ann', isAdministrator: false, grants: [{ permissions: ['ewons.read'], pools: ['North'] }] };
    const transact = () => Promise.reject(new Error('the disk is full'));
    const lines: string[] = [];
    const log: LogPort = { write: (...line) => void lines.push(JSON.stringify(line)) };
    const bus = createBus();
    const house = { person, store: { transact }, bus, clock: createVirtualClock(0), log } as unknown as House;
    app.decorateRequest('house', null as never);
    app.addHook('onRequest', async (request) => {
      request.house = house;
    });
    eventRoutes(app, house, 'token');
    const { body } = await app.inject('/api/v1/events');
    assert.equal(body, ': connected\n\n');
    assert.match(lines.join(), /the disk is full/);
    await app.close();
  });
});

suite('the stream of changes', { timeoutMs: 120_000 }, (test) => {
  test(
    'tells what is in his pools and what he may read, and nothing of all else',
    onAccount(async (fixture) => {
      const { admin } = fixture;
      for (const name of ['North', 'South']) await admin('POST', 'pools', { name });
      const { browser } = await signedIn(fixture, ['ewons.read', 'log.read']);
      const stream = await follow(fixture, browser);
      const south = await linked(fixture, fixture.device('1524-0072-21'), { name: 'Ewon S', pool: 'South' });
      await pending(fixture, fixture.device('1524-0073-21'));
      await admin('POST', `ewons/${south.deviceId}/commands`, { name: 'status' });
      await admin('PATCH', 'policy', { remoteManagement: false });
      const approve = `registrations/${await fixture.pendingId()}/approve`;
      const north = await admin('POST', approve, { name: 'Ewon N', pool: 'North' });
      await stream.until((text) => text.includes('event: missed')); // it came into his sight
      await admin('PATCH', `ewons/${north.json.deviceId}/location`, { moves: true });
      const changes = await stream.until((text) => text.includes('event: ewon'));
      const told = JSON.stringify(changes);
      for (const secret of [south.deviceId, 'Ewon S', '1524-0072-21', 'South', 'policy'])
        assert.ok(!told.includes(secret), `${secret} in ${told}`);
      assert.deepEqual(
        changes.map(({ type }) => type),
        ['log', 'missed', 'log', 'ewon'],
      );
    }),
  );

  test(
    'a line about an Ewon that goes to another pool is not told to who has the old one only, whatever is committed with it',
    onAccount(async (fixture) => {
      const { admin } = fixture;
      for (const name of ['North', 'South']) await admin('POST', 'pools', { name });
      const one = await linked(fixture, fixture.device('1524-0071-21'), { name: 'Ewon N', pool: 'North' });
      const two = await linked(fixture, fixture.device('1524-0072-21'), { name: 'Ewon 2', pool: 'North' });
      const { browser } = await signedIn(fixture, ['ewons.read', 'log.read']);
      const stream = await follow(fixture, browser);
      await admin('PATCH', `ewons/${one.deviceId}`, { pool: 'South', description: 'secret of South' });
      await admin('PATCH', `ewons/${two.deviceId}`, { description: 'last' });
      const changes = await stream.until((text) => /event: ewon\ndata: .*\n\n/.test(text));
      const told = JSON.stringify(changes);
      for (const secret of ['South', one.deviceId]) assert.ok(!told.includes(secret), `${secret} in ${told}`);
      const types = changes.map(({ type }) => type);
      assert.deepEqual(types, ['missed', 'log', 'ewon'], 'it went out of his sight');
      await admin('PATCH', `ewons/${one.deviceId}`, { pool: 'North' });
      const back = await stream.until((text) => /event: log\ndata: .*South.*\n\n/.test(text));
      assert.ok(
        back.some((change) => change.type === 'log' && change.row.event.includes('"South" → "North"')),
        told,
      );
    }),
  );

  test(
    'one session has 16 at once; the next is refused by a code, without harm to others, and let in when one was closed',
    onAccount(async (fixture) => {
      await fixture.admin('POST', 'pools', { name: 'North' });
      const { browser } = await signedIn(fixture, ['ewons.read']);
      const open: Awaited<ReturnType<typeof follow>>[] = [];
      for (let n = 0; n < 16; n++) open.push(await follow(fixture, browser));
      const refused = await browser.ask('GET', 'events');
      assert.deepEqual([refused.status, refused.json.code], [429, 'STREAMS_FULL']);
      const token = { name: 'program', permissions: ['ewons.read'], pools: 'all', apis: ['admin'] };
      const made = (await fixture.admin('POST', 'tokens', token)).json.token;
      for (const scheme of ['Bearer', 'bearer']) await (await follow(fixture, browser, `${scheme} ${made}`)).close();
      await open[0]?.close();
      // the server hears of the end when the network has told it
      let status = 0;
      while (status !== 200) {
        const again = await follow(fixture, browser);
        status = again.status;
        await again.close();
      }
    }),
  );

  test(
    'tells that a replacement was undone, so that who has a list of them reads it again',
    onAccount(async (fixture) => {
      const { admin } = fixture;
      await admin('POST', 'pools', { name: 'North' });
      const old = await linked(fixture, fixture.device('1524-0071-21'), { pool: 'North' });
      await pending(fixture, fixture.device('1524-0072-21'));
      const replace = `registrations/${await fixture.pendingId()}/replace`;
      const by = (await admin('POST', replace, { deviceId: old.deviceId })).json.deviceId;
      const { browser } = await signedIn(fixture, ['registrations.decide']);
      const stream = await follow(fixture, browser);
      assert.equal((await admin('POST', `ewons/${by}/undo-replacement`)).status, 200);
      const told = await stream.until((text) => text.includes('event: settings'));
      assert.equal(told.at(-1)?.type, 'settings');
    }),
  );

  test(
    'ends as soon as his group gives less, his session ends, or he is removed; another of his groups changes nothing for others',
    onAccount(async (fixture) => {
      const { admin, clock } = fixture;
      await admin('POST', 'pools', { name: 'North' });
      const { browser, groupId, userId } = await signedIn(fixture, ['ewons.read', 'log.read']);
      const less = { name: 'g', permissions: ['ewons.read'], pools: ['North'] };
      const first = await follow(fixture, browser);
      await admin('POST', 'users', { login: 'other', password: PASSWORD });
      await admin('PATCH', `groups/${groupId}`, less);
      await first.ended();
      const second = await follow(fixture, browser);
      const [session] = (await browser.ask('GET', 'sessions')).json;
      await browser.ask('DELETE', `sessions/${session.id}`);
      await second.ended();
      await browser.signIn('ann', PASSWORD);
      const third = await follow(fixture, browser);
      await admin('DELETE', `users/${userId}`);
      await third.ended();
      await admin('POST', 'users', { login: 'ann', password: PASSWORD, groupIds: [groupId] });
      await browser.signIn('ann', PASSWORD);
      const fourth = await follow(fixture, browser);
      await clock.advance(12 * HOUR_MS); // looked at with the heartbeat
      await fourth.ended();
    }),
  );
});
