import { HOUR_MS, toBase64url } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import nacl from 'tweetnacl';
import type { AccountFixture } from '../../testing/account-fixture.ts';
import { createBrowser } from '../../testing/browser.ts';
import { linked, onAccount } from '../../testing/stories.ts';

const PASSWORD = 'secret 12';
const URL_OF = '/api/v1/handover';

/** Asks as another account does. */
async function ask(
  { account }: AccountFixture,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  { right, body }: { readonly right?: string | undefined; readonly body?: object } = {},
) {
  const headers = right === undefined ? {} : { authorization: `Bearer ${right}` };
  const answer = await account.adminApp.inject({
    method,
    url: `${URL_OF}${path}`,
    headers,
    ...(body && { payload: body }),
  });
  return { status: answer.statusCode, json: answer.json(), text: answer.body };
}

async function rightOf(fixture: AccountFixture, login = 'boss') {
  const groupIds = ['administrators'];
  const made = await fixture.admin('POST', 'users', { login, password: PASSWORD, groupIds });
  const given = await ask(fixture, 'POST', '', { body: { login, password: PASSWORD } });
  assert.equal(given.status, 200, given.text);
  return { right: String(given.json.right), userId: String(made.json.id) };
}

const ROUTES = [
  ['GET', '/ewons'],
  ['GET', '/moves'],
  ['POST', '/moves'],
  ['POST', '/news'],
  ['DELETE', ''],
] as const;

function order(fixture: AccountFixture, keys: readonly string[], more: object = {}) {
  return {
    ...{ move: toBase64url(new Uint8Array(16)), directoryUrl: 'https://b.test/device/v1/directory', keys },
    ...{ ca: fixture.account.ca, accountId: fixture.account.accountId, accountName: 'B' },
    accountKey: toBase64url(nacl.randomBytes(32)),
    ...more,
  };
}

suite('handover to another account', { timeoutMs: 120_000 }, (test) => {
  test(
    'nothing is answered without the right: not to a stranger, a session, a token, nor to whoever holds the machine',
    onAccount(async (fixture) => {
      await linked(fixture, fixture.device());
      await rightOf(fixture);
      const boss = createBrowser(fixture.account);
      await boss.signIn('boss', PASSWORD);
      const scope = { name: 'p', permissions: ['ewons.read', 'commands'], pools: 'all' };
      const { token } = (await fixture.admin('POST', 'tokens', scope)).json;
      for (const [method, path] of ROUTES) {
        for (const right of [undefined, 'x'.repeat(44), token, fixture.account.adminToken]) {
          const { status, text } = await ask(fixture, method, path, { right });
          assert.deepEqual([status, text.includes('1524-0071-21')], [401, false], `${method} ${path} ${text}`);
        }
        const byCookie = await boss.ask(method, `handover${path}`, method === 'GET' ? undefined : {});
        assert.equal(byCookie.status, 401, `${method} ${path}`);
      }
    }),
  );

  test(
    'the right opens nothing else, and its list tells name, serial, model and key of Ewons, and no more',
    onAccount(async (fixture) => {
      const device = fixture.device();
      await linked(fixture, device, { name: 'Press', description: 'hidden', customFields: ['hidden', '', ''] });
      const { right } = await rightOf(fixture);
      for (const path of ['ewons', 'users', 'account', 'log', 'pools']) {
        const headers = { authorization: `Bearer ${right}` };
        const { statusCode } = await fixture.account.adminApp.inject({
          method: 'GET',
          url: `/api/v1/${path}`,
          headers,
        });
        assert.equal(statusCode, 401, path);
      }
      const { json } = await ask(fixture, 'GET', '/ewons', { right });
      assert.deepEqual(json, {
        movable: [{ name: 'Press', serial: '1524-0071-21', model: 'Flexy 202', jwk: device.jwk }],
        staying: [],
      });
    }),
  );

  test(
    'it is good for an hour, for one import, and as long as its user is an Administrator; it can be given back',
    onAccount(async (fixture) => {
      const device = fixture.device();
      const { deviceId } = await linked(fixture, device);
      const key = toBase64url(device.keys.publicKey);
      const { right } = await rightOf(fixture);
      const other = await rightOf(fixture, 'second');
      const code = async (method: 'GET' | 'POST', path: string, of: string, body?: object) =>
        (await ask(fixture, method, path, { right: of, ...(body && { body }) })).json.code;
      assert.deepEqual((await ask(fixture, 'POST', '/moves', { right, body: order(fixture, [key]) })).json, [
        { key, state: 'ordered', reason: null },
      ]);
      const again = await ask(fixture, 'POST', '/moves', { right, body: order(fixture, [key]) });
      assert.equal(again.json[0].state, 'ordered', 'the answer may have been lost');
      const commands = (await fixture.admin('GET', 'commands')).json;
      assert.deepEqual([commands.length, commands[0].deviceId], [1, deviceId], 'ordered once');
      const elsewhere = order(fixture, [key], { move: toBase64url(nacl.randomBytes(16)) });
      assert.equal(await code('POST', '/moves', right, elsewhere), 'CONFLICT');
      const byOther = await ask(fixture, 'POST', '/moves', { right: other.right, body: elsewhere });
      assert.deepEqual(byOther.json, [{ key, state: 'failed', reason: 'MOVE_SENT' }], 'it goes to one account');
      await ask(fixture, 'POST', '/news', { right: other.right, body: { arrived: [key], withdrawn: [key] } });
      assert.equal(
        (await fixture.admin('GET', 'ewons')).json[0].link,
        'linked',
        'nobody speaks for the orders of others',
      );
      for (const body of [{}, order(fixture, ['x']), { ...order(fixture, [key]), more: 1 }])
        assert.equal(await code('POST', '/moves', right, body), 'BAD_REQUEST');

      await fixture.admin('PATCH', `users/${other.userId}`, { groupIds: [] });
      assert.equal(await code('GET', '/moves', other.right), 'IMPORT_RIGHT_OVER');
      fixture.clock.jump(HOUR_MS);
      assert.equal(await code('GET', '/ewons', right), 'IMPORT_RIGHT_OVER', 'it orders nothing any more');
      assert.equal((await ask(fixture, 'GET', '/moves', { right })).status, 200, 'and learns how it goes on');
      assert.equal((await ask(fixture, 'DELETE', '', { right })).status, 200);
      assert.equal(await code('GET', '/moves', right), 'IMPORT_RIGHT_OVER');
    }),
  );

  test(
    'an Ewon whose order was taken back stays, whatever the other account says of it afterwards',
    onAccount(async (fixture) => {
      const device = fixture.device();
      await linked(fixture, device);
      const { right } = await rightOf(fixture);
      const key = toBase64url(device.keys.publicKey);
      await ask(fixture, 'POST', '/moves', { right, body: order(fixture, [key]) });
      await ask(fixture, 'POST', '/news', { right, body: { arrived: [], withdrawn: [key] } });
      const late = await ask(fixture, 'POST', '/news', { right, body: { arrived: [key], withdrawn: [] } });
      assert.equal(late.status, 200, late.text);
      assert.equal((await fixture.admin('GET', 'ewons')).json[0].link, 'linked');
    }),
  );

  test(
    'a password that is set anew ends what the old one gave, and no right of others; so does removing the user',
    onAccount(async (fixture) => {
      const [first, other] = [await rightOf(fixture), await rightOf(fixture, 'second')];
      const codeOf = async ({ right }: { readonly right: string }) =>
        (await ask(fixture, 'GET', '/ewons', { right })).json.code;
      const set = await fixture.admin('POST', `users/${first.userId}/password`, { password: 'secret 34' });
      assert.equal(set.status, 200, set.text);
      assert.deepEqual([await codeOf(first), await codeOf(other)], ['IMPORT_RIGHT_OVER', undefined]);
      await fixture.admin('DELETE', `users/${other.userId}`);
      assert.equal(await codeOf(other), 'IMPORT_RIGHT_OVER');
    }),
  );

  test(
    'a network that tries too many passwords is told to wait',
    onAccount(
      async (fixture) => {
        const body = { login: 'boss', password: 'wrong' };
        for (let n = 0; n < 2; n++)
          assert.equal((await ask(fixture, 'POST', '', { body })).json.code, 'SIGN_IN_FAILED');
        const limited = await ask(fixture, 'POST', '', { body });
        assert.deepEqual([limited.status, limited.json.code], [429, 'RATE_LIMITED']);
      },
      { limits: { signIns: { perSecond: 1, burst: 2 } } },
    ),
  );
});
