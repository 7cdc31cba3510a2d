import { DAY_MS, MINUTE_MS } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { ADMINISTRATORS } from '../../core/users.ts';
import type { AccountFixture } from '../../testing/account-fixture.ts';
import { codeAt } from '../../testing/authenticator.ts';
import { createBrowser } from '../../testing/browser.ts';
import { linked, onAccount, pending } from '../../testing/stories.ts';
import { createScript, DEVELOPER } from '../../testing/t2m-script.ts';
import { encodedNameOf } from './views.ts';

const PASSWORD = 'secret 12';

async function addUser({ admin }: AccountFixture, login: string, given: object = {}) {
  const group = { name: `group of ${login}`, permissions: ['ewons.read'], pools: 'all', ...given };
  const { id } = (await admin('POST', 'groups', group)).json;
  const made = await admin('POST', 'users', { login, password: PASSWORD, groupIds: [id] });
  assert.equal(made.status, 200, made.text);
  return String(made.json.id);
}

async function addToken({ admin }: AccountFixture, given: object = {}) {
  const set = { name: 'script', permissions: ['ewons.read'], pools: 'all', apis: ['M2Web'], ...given };
  return (await admin('POST', 'tokens', set)).json as { readonly id: string; readonly token: string };
}

const refused = (code: number, message: string) => ({ message, code, success: false });
const INVALID = refused(403, 'Invalid credentials');

suite('the API of Talk2M', { timeoutMs: 120_000 }, (test) => {
  test(
    'a script with account, user and password in each call reads the account and its Ewons, by GET and by POST, field for field',
    onAccount(async (fixture) => {
      const { admin, clock } = fixture;
      await addUser(fixture, 'Ann');
      await admin('POST', 'pools', { name: 'North' });
      const about = { name: 'Plant', company: 'ACME', address: '', reference: 'acme_1' };
      await admin('PATCH', 'about', { ...about, ewonFields: ['Line', 'City', ''], userFields: ['', '', ''] });
      await linked(fixture, fixture.device('1524-0071-21'), { name: 'Pump  Ärger 1', pool: 'North' });
      clock.jump(1000); // the oldest Ewon is told first
      await linked(fixture, fixture.device('1524-0072-21'), {
        ...{ name: 'bea-test', description: 'Hall 2', customFields: ['bea', '', ''] },
      });
      const ewon = { m2webServer: 'account.test', lanDevices: [], ewonServices: [] };
      const pump = {
        ...{ id: 1, name: 'Pump  Ärger 1', encodedName: 'Pump++%C3%84rger+1', status: 'offline', description: '' },
        ...{ customAttributes: ['', '', ''], ...ewon },
      };
      const bea = {
        ...{ id: 2, name: 'bea-test', encodedName: 'bea-test', status: 'offline', description: 'Hall 2' },
        ...{ customAttributes: ['bea', '', ''], ...ewon },
      };
      for (const method of ['GET', 'POST'] as const) {
        const script = createScript(fixture.account, {
          t2maccount: 'plant',
          t2musername: 'ann',
          t2mpassword: PASSWORD,
        });
        const ask = async (service: string, given: Record<string, string> = {}) => {
          const answer = await script.ask(method, service, given);
          assert.equal(answer.status, answer.json.code ?? 200, answer.text);
          return answer;
        };
        const ewons = await ask('getewons', { pool: '' });
        assert.deepEqual(ewons.json, { ewons: [pump, bea], success: true });
        assert.match(ewons.text, /^\{"ewons":\[\{"id":1,"name":.*,"encodedName":.*,"success":true\}$/);
        assert.match(String(ewons.headers['content-type']), /^application\/json/);
        assert.deepEqual((await ask('getewon', { name: 'bea-test' })).json, { ewon: bea, success: true });
        assert.deepEqual((await ask('getewon', { id: '1' })).json, { ewon: pump, success: true });
        const account = (await ask('getaccountinfo')).json;
        assert.deepEqual(account, {
          ...{ accountReference: 'acme_1', accountName: 'Plant', company: 'ACME' },
          customAttributes: ['Line', 'City', ''],
          pools: account.pools,
          ...{ accountType: 'Pro', success: true },
        });
        const [first, north] = account.pools;
        assert.deepEqual([first.name, north.name], ['Default', 'North']);
        assert.ok(Number.isSafeInteger(north.id) && north.id > 0 && north.id !== first.id);
        for (const pool of ['North', String(north.id)])
          assert.deepEqual((await ask('getewons', { pool })).json.ewons, [pump], pool);
        assert.deepEqual((await ask('getewons', { pool: 'x' })).json, refused(410, 'Pool [x] does not exist'));
        const missing = refused(410, 'Device [missing42] does not exist');
        assert.deepEqual((await ask('getewon', { name: 'missing42' })).json, missing);
        assert.equal((await ask('getewon', { id: '999999999999' })).status, 410);
        assert.deepEqual((await ask('getewon')).json, refused(400, 'Missing parameter [name]'));
      }
      for (const secret of [PASSWORD, DEVELOPER]) assert.ok(!fixture.lines.join('\n').includes(secret));
    }),
  );

  test(
    'a script signs in, goes on with its session, and out; the session is no cookie of the page, and ends with the user',
    onAccount(async (fixture) => {
      const { admin, account, clock } = fixture;
      const id = await addUser(fixture, 'ann');
      const script = createScript(account, { t2maccount: 'My account', t2musername: 'ann', t2mpassword: PASSWORD });
      const signedIn = await script.ask('POST', 'login');
      assert.match(signedIn.text, /^\{"t2msession":"[0-9a-f]{32}","success":true\}$/);
      const { t2msession } = signedIn.json;
      const go = createScript(account, { t2msession });
      assert.deepEqual((await go.ask('GET', 'getewons')).json, { ewons: [], success: true });
      const name = `ewon_session_${account.accountId.slice(-8)}`;
      for (const value of [t2msession, `m2web-${t2msession}`]) {
        const asked = { url: '/api/v1/me', headers: { cookie: `${name}=${value}` } };
        assert.equal((await account.adminApp.inject(asked)).statusCode, 401);
      }
      assert.deepEqual((await go.ask('POST', 'logout')).json, { success: true });
      const over = refused(403, `Session ID [${t2msession}] is invalid`);
      for (const service of ['logout', 'getewons']) assert.deepEqual((await go.ask('GET', service)).json, over);
      assert.deepEqual((await script.ask('GET', 'logout')).json, refused(400, 'Missing parameter [t2msession]'));

      const again = async () =>
        createScript(account, { t2msession: (await script.ask('GET', 'login')).json.t2msession });
      const first = await again();
      for (let n = 0; n < 9; n++) {
        clock.jump(1000);
        await again();
      }
      assert.equal((await first.ask('GET', 'getewons')).status, 200);
      clock.jump(1000);
      const last = await again();
      assert.equal((await first.ask('GET', 'getewons')).status, 403, 'of eleven the oldest ends');
      await admin('DELETE', `users/${id}`);
      assert.equal((await last.ask('GET', 'getewons')).status, 403);
      for (const secret of [PASSWORD, t2msession]) assert.ok(!fixture.lines.join('\n').includes(secret));
    }),
  );

  test(
    'what is missing or wrong is said as scripts know it; a wrong password counts as at the page',
    onAccount(async (fixture) => {
      const { account, clock } = fixture;
      await addUser(fixture, 'ann');
      const all = { t2maccount: 'My account', t2musername: 'ann', t2mpassword: PASSWORD, t2mdeveloperid: DEVELOPER };
      const ask = async (given: Record<string, string>, service = 'getewons') =>
        (await createScript(account, {}, { ...given }).ask('POST', service)).json;
      for (const name of Object.keys(all))
        for (const service of ['login', 'getewons']) {
          const rest = Object.fromEntries(Object.entries(all).filter(([one]) => one !== name));
          assert.deepEqual(await ask(rest, service), refused(400, `Missing parameter [${name}]`), service);
        }
      assert.deepEqual(await ask({ ...all, t2mdeveloperid: 'x' }), refused(403, 'Invalid developer ID'));
      assert.deepEqual(await ask({ ...all, t2maccount: 'other' }), INVALID);
      assert.equal((await ask({ ...all, t2maccount: account.accountId })).success, true);
      const twice = await account.adminApp.inject(`/t2mapi/getewons?${new URLSearchParams(all)}&t2mpassword=b`);
      assert.deepEqual(twice.json(), refused(400, 'Invalid parameter [t2mpassword]'));
      for (let n = 0; n < 10; n++) assert.deepEqual(await ask({ ...all, t2mpassword: 'x' }), INVALID);
      assert.match((await ask(all)).message, /^Locked out/);
      clock.jump(15 * MINUTE_MS);
      assert.equal((await ask(all)).success, true);
    }),
  );

  test(
    'a token is taken by POST alone, for M2Web alone, in its pools alone, and tells when it was used',
    onAccount(async (fixture) => {
      const { admin, account } = fixture;
      for (const name of ['North', 'South']) await admin('POST', 'pools', { name });
      await linked(fixture, fixture.device('1524-0071-21'), { name: 'N', pool: 'North' });
      const south = await linked(fixture, fixture.device('1524-0072-21'), { name: 'S', pool: 'South' });
      const made = await addToken(fixture, { pools: ['North'] });
      const by = (token: string) =>
        createScript(account, { t2maccount: 'My account', t2musername: 't2m-api-token', t2mpassword: token });
      const script = by(made.token);
      for (const service of ['login', 'getewons', 'getaccountinfo'])
        assert.equal((await script.ask('GET', service)).json.code, 405, service);
      assert.equal((await admin('GET', 'tokens')).json.tokens[0].usedAt, null);
      const names = async (of: typeof script) =>
        (await of.ask('POST', 'getewons')).json.ewons?.map(({ name }: { name: string }) => name);
      assert.deepEqual(await names(script), ['N']);
      assert.deepEqual((await admin('GET', 'tokens')).json.tokens[0].usedAt, '2026-03-01T12:00:00.000Z');
      assert.deepEqual((await admin('GET', 'tokens')).json.tokens[0].apis, ['M2Web']);
      assert.equal((await script.ask('POST', 'getewon', { name: 'S' })).status, 410);
      for (const id of ['1', '2', '3', '4']) {
        const { text } = await script.ask('POST', 'getewon', { id });
        assert.ok(!text.includes('"S"') && !text.includes(south.deviceId), text);
      }
      const { pools } = (await script.ask('POST', 'getaccountinfo')).json;
      assert.deepEqual(
        pools.map(({ name }: { name: string }) => name),
        ['North'],
      );
      assert.equal((await script.ask('POST', 'getewons', { pool: 'South' })).status, 410);

      const session = createScript(account, { t2msession: (await script.ask('POST', 'login')).json.t2msession });
      assert.deepEqual(await names(session), ['N']);
      const bearer = { url: '/api/v1/ewons', headers: { authorization: `Bearer ${made.token}` } };
      assert.equal((await account.adminApp.inject(bearer)).statusCode, 401, 'not given for the admin API');
      const other = await addToken(fixture, { apis: ['admin'] });
      assert.deepEqual((await by(other.token).ask('POST', 'getewons')).json, INVALID);
      const blind = await addToken(fixture, { permissions: ['log.read'] });
      assert.deepEqual((await by(blind.token).ask('POST', 'getewons')).json, refused(403, 'Not permitted'));
      await admin('DELETE', `tokens/${made.id}`);
      assert.deepEqual((await script.ask('POST', 'getewons')).json, INVALID);
      assert.equal((await session.ask('POST', 'getewons')).json.code, 403);
      for (const { token } of [made, other, blind]) assert.ok(!fixture.lines.join('\n').includes(token));
    }),
  );

  test(
    'a user with two-factor, or who must set it up, or whose password has expired, is told what to do instead',
    onAccount(async (fixture) => {
      const { admin, account } = fixture;
      const policy = { enabled: true, forNewUsers: true, rememberPcs: true, rememberDays: 30 };
      await admin('PATCH', 'two-factor-policy', policy);
      await admin('POST', 'users', { login: 'new', password: PASSWORD, groupIds: [ADMINISTRATORS] });
      const script = createScript(account, { t2maccount: 'My account', t2musername: 'new', t2mpassword: PASSWORD });
      for (const service of ['login', 'getewons'])
        assert.match((await script.ask('POST', service)).json.message, /^Two-factor authentication must be set up/);
      const browser = createBrowser(account);
      await browser.signIn('new', PASSWORD);
      const { uri } = (await browser.ask('POST', 'me/two-factor', { password: PASSWORD })).json;
      const code = codeAt(new URL(uri).searchParams.get('secret') ?? '', fixture.clock.now());
      assert.equal((await browser.ask('POST', 'me/two-factor/confirm', { code })).status, 200);
      for (const service of ['login', 'getewons']) {
        const said = (await script.ask('POST', service)).json;
        assert.deepEqual([said.code, /use an API token$/.test(said.message)], [403, true], said.message);
      }
      await admin('PATCH', 'two-factor-policy', { ...policy, enabled: false });
      assert.equal((await script.ask('POST', 'getewons')).status, 200);
      const expiring = { lengthMin: 8, letter: true, digit: false, special: false, digitOrSpecial: true };
      await admin('PATCH', 'password-policy', { ...expiring, expiryDays: 10, differentPasswords: null });
      await admin('POST', 'users', { login: 'old', password: PASSWORD, groupIds: [ADMINISTRATORS] });
      await admin('PATCH', 'two-factor-policy', { ...policy, forNewUsers: false });
      fixture.clock.jump(11 * DAY_MS);
      const old = createScript(account, { t2maccount: 'My account', t2musername: 'old', t2mpassword: PASSWORD });
      assert.match((await old.ask('POST', 'getewons')).json.message, /^Password expired/);
    }),
  );

  test(
    'the number of an Ewon goes with its place: to the one that replaces it, and back',
    onAccount(async (fixture) => {
      const { admin, account } = fixture;
      await addUser(fixture, 'ann');
      const script = createScript(account, { t2maccount: 'My account', t2musername: 'ann', t2mpassword: PASSWORD });
      const listed = async () =>
        (await script.ask('POST', 'getewons')).json.ewons.map(({ id, name }: { id: number; name: string }) => [
          id,
          name,
        ]);
      const old = await linked(fixture, fixture.device('1524-0071-21'), { name: 'Pump' });
      assert.deepEqual(await listed(), [[1, 'Pump']]);
      await pending(fixture, fixture.device('1524-0072-21'));
      const replace = `registrations/${await fixture.pendingId()}/replace`;
      const by = (await admin('POST', replace, { deviceId: old.deviceId })).json.deviceId;
      assert.deepEqual(await listed(), [[1, 'Pump']]);
      assert.equal((await script.ask('POST', 'getewon', { id: '1' })).json.ewon.name, 'Pump');
      await admin('POST', `ewons/${by}/undo-replacement`, {});
      assert.deepEqual((await listed()).toSorted(), [
        [1, 'Pump'],
        [2, '1524-0072-21'],
      ]);
      await admin('DELETE', `ewons/${old.deviceId}`);
      assert.equal((await script.ask('POST', 'getewon', { id: '1' })).status, 410);
      const [pool] = (await script.ask('POST', 'getaccountinfo')).json.pools;
      assert.equal((await script.ask('POST', 'getewon', { id: String(pool.id) })).status, 410, 'of a pool');
    }),
  );

  test(
    'what is not built says so in the same form, and nothing is answered by a page',
    onAccount(async ({ account }) => {
      const ask = async (method: 'GET' | 'POST', path: string) =>
        account.adminApp.inject({ method, url: `/t2mapi/${path}` });
      for (const service of ['wakeup', 'sendoffline', 'get/Pump+1/rcgi.bin/ParamForm?AST_Param=$dtIV'])
        for (const method of ['GET', 'POST'] as const) {
          const answer = await ask(method, service);
          const word = service.replace(/\/.*/, '');
          const said = refused(501, `Service [${word}] is not available on this server`);
          assert.deepEqual([answer.statusCode, answer.json()], [501, said]);
        }
      assert.deepEqual((await ask('GET', 'nothing')).json(), refused(404, 'Service does not exist'));
      const json = {
        method: 'POST',
        url: '/t2mapi/login',
        headers: { 'content-type': 'text/xml' },
        payload: '<a/>',
      } as const;
      assert.deepEqual((await account.adminApp.inject(json)).json(), refused(415, 'Invalid request'));
      const large = {
        ...json,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        payload: 'a'.repeat(20_000),
      };
      assert.deepEqual((await account.adminApp.inject(large)).json(), refused(413, 'Invalid request'));
    }),
  );

  test(
    'a password that was proved a short while ago costs no sign-in, until what it hung on changes; a wrong one always does; tokens never',
    onAccount(
      async (fixture) => {
        const { account, admin, clock } = fixture;
        const id = await addUser(fixture, 'ann');
        const boss = { login: 'boss', password: PASSWORD, groupIds: [ADMINISTRATORS] }; // Ann would be the last of them
        assert.equal((await admin('POST', 'users', boss)).status, 200);
        const { token } = await addToken(fixture);
        const call = async (t2mpassword: string, t2musername = 'ann') => {
          const script = createScript(account, { t2maccount: 'My account', t2musername, t2mpassword });
          return (await script.ask('POST', 'getewon', { id: '7' })).status;
        };
        const [NO_SUCH_EWON, REFUSED, TOO_MANY] = [410, 403, 429];
        for (let n = 0; n < 100; n++) assert.equal(await call(PASSWORD), NO_SUCH_EWON, `call ${n}`);
        for (const wrong of [TOO_MANY, TOO_MANY]) assert.equal(await call('secret 13'), wrong);
        assert.equal(await call(token, 't2m-api-token'), NO_SUCH_EWON);

        const { groups } = (await admin('GET', 'groups')).json;
        const group = groups.find(({ name }: { name: string }) => name === 'group of ann');
        const changed = async (method: 'POST' | 'PATCH', path: string, body: object) =>
          assert.equal((await admin(method, path, body)).status, 200, path);
        const twoFactor = { enabled: true, forNewUsers: false, rememberPcs: false, rememberDays: 30 };
        const changes = {
          'his group': () =>
            changed('PATCH', `groups/${group.id}`, {
              name: 'x',
              permissions: ['ewons.read', 'log.read'],
              pools: 'all',
            }),
          'his groups': () => changed('PATCH', `users/${id}`, { groupIds: [group.id, ADMINISTRATORS] }),
          'a policy': () => changed('PATCH', 'two-factor-policy', twoFactor),
          'ten minutes': () => clock.advance(10 * MINUTE_MS),
          'his password': () => changed('POST', `users/${id}/password`, { password: 'secret 13' }),
        };
        for (const [what, change] of Object.entries(changes)) {
          await clock.advance(MINUTE_MS);
          assert.equal(await call('secret 12 '), REFUSED, 'the only sign-in of this minute');
          assert.equal(await call(PASSWORD), NO_SUCH_EWON, `before ${what}`);
          await change();
          if (what === 'ten minutes') await call('secret 12 ');
          assert.equal(await call(PASSWORD), TOO_MANY, `after ${what}`);
          await clock.advance(MINUTE_MS);
          const isGood = what !== 'his password';
          assert.equal(await call(PASSWORD), isGood ? NO_SUCH_EWON : REFUSED, `after ${what}, hashed`);
        }
        await clock.advance(MINUTE_MS);
        assert.equal(await call('secret 13'), NO_SUCH_EWON);
        assert.equal((await admin('DELETE', `users/${id}`)).status, 200);
        await clock.advance(MINUTE_MS);
        assert.equal(await call('secret 13'), REFUSED);
      },
      { limits: { signIns: { perSecond: 1 / 50, burst: 1 } } },
    ),
  );

  test(
    'calls with a password are limited though it is known; a sign-in pays each time',
    onAccount(
      async (fixture) => {
        const { account } = fixture;
        await addUser(fixture, 'ann');
        const script = createScript(account, { t2maccount: 'My account', t2musername: 'ann', t2mpassword: PASSWORD });
        const ask = async (service: string) => (await script.ask('POST', service)).status;
        const asked = ['getewons', 'login', 'login', 'getewons', 'getewons', 'getewons'];
        const codes: number[] = [];
        for (const service of asked) codes.push(await ask(service));
        assert.deepEqual(codes, [200, 200, 429, 200, 200, 429]);
      },
      { limits: { signIns: { perSecond: 0.001, burst: 2 }, requests: { perSecond: 0.001, burst: 5 } } },
    ),
  );

  test('a name is encoded as a form encodes it', () => {
    assert.equal(encodedNameOf('eWON  FLEXOCOLOR SM2845'), 'eWON++FLEXOCOLOR+SM2845');
    assert.equal(encodedNameOf('a/b&c+d'), 'a%2Fb%26c%2Bd');
  });
});
