import { DAY_MS, HOUR_MS, MINUTE_MS } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { ADMINISTRATORS } from '../core/users.ts';
import type { AccountFixture } from '../testing/account-fixture.ts';
import { codeAt } from '../testing/authenticator.ts';
import { createBrowser, type TestBrowser } from '../testing/browser.ts';
import { onAccount } from '../testing/stories.ts';

const PASSWORD = 'secret 12';
const POLICY = {
  ...{ lengthMin: 8, letter: true, digit: false, special: false, digitOrSpecial: true },
  ...{ expiryDays: null, differentPasswords: null },
};
const TWO_FACTOR = { enabled: true, forNewUsers: false, rememberPcs: true, rememberDays: 30 };

async function addUser({ admin }: AccountFixture, login: string, groupIds: readonly string[] = [ADMINISTRATORS]) {
  const made = await admin('POST', 'users', { login, password: PASSWORD, groupIds });
  assert.equal(made.status, 200, made.text);
  return String(made.json.id);
}

/** What the app of a user shows. */
const codeOf = (uri: string, { clock }: AccountFixture): string =>
  codeAt(new URL(uri).searchParams.get('secret') ?? '', clock.now());

/** What the log warns of. */
async function warnings({ admin }: AccountFixture): Promise<readonly { event: string; code: string | null }[]> {
  return (await admin('GET', 'log')).json.filter(({ severity }: { severity: string }) => severity === 'warn');
}

/** Turns two-factor on. @returns the address that the app was given, and the recovery codes */
async function turnOn(fixture: AccountFixture, browser: TestBrowser) {
  const setup = await browser.ask('POST', 'me/two-factor', { password: PASSWORD });
  assert.match(setup.json.qr.path, /^M\d/);
  const wrong = await browser.ask('POST', 'me/two-factor/confirm', { code: '000000' });
  assert.equal(wrong.json.code, 'TWO_FACTOR_WRONG');
  const on = await browser.ask('POST', 'me/two-factor/confirm', { code: codeOf(setup.json.uri, fixture) });
  assert.equal(on.json.recoveryCodes.length, 10, on.text);
  return { uri: String(setup.json.uri), recoveryCodes: on.json.recoveryCodes as string[] };
}

suite('signing in by password', { timeoutMs: 120_000 }, (test) => {
  test(
    'gives a session that says who it is; it ends by itself, by the user, with his password, and with him',
    onAccount(async (fixture) => {
      const { admin, account, clock } = fixture;
      const id = await addUser(fixture, 'Ann');
      const [one, two, three] = [createBrowser(account), createBrowser(account), createBrowser(account)];
      assert.equal((await one.trySignIn({ login: 'ann', password: 'secret 13' })).json.code, 'SIGN_IN_FAILED');
      for (const browser of [one, two, three]) await browser.signIn('ann', PASSWORD);
      const me = (await one.ask('GET', 'me')).json;
      assert.deepEqual([me.name, me.isAdministrator, me.user.login], ['Ann', true, 'Ann']);
      const sessions = (await one.ask('GET', 'sessions')).json;
      assert.equal(sessions.length, 3);
      assert.deepEqual([sessions[0].browser, sessions[0].network], ['Test browser', '192.0.2.0/24']);
      const other = sessions.find(({ isThis }: { isThis: boolean }) => !isThis);
      assert.equal((await one.ask('DELETE', `sessions/${other.id}`)).status, 204);
      assert.equal((await one.ask('DELETE', `sessions/${other.id}`)).status, 404);
      const alive = async () =>
        (await Promise.all([one, two, three].map((b) => b.ask('GET', 'me')))).filter(({ status }) => status === 200)
          .length;
      assert.equal(await alive(), 2);
      const wrong = await one.ask('POST', 'me/password', { password: 'x', newPassword: 'other 123' });
      assert.deepEqual([wrong.status, wrong.json.code], [403, 'SIGN_IN_FAILED']);
      assert.equal(
        (await one.ask('POST', 'me/password', { password: PASSWORD, newPassword: 'short' })).json.code,
        'PASSWORD_UNFIT',
      );
      assert.equal(
        (await one.ask('POST', 'me/password', { password: PASSWORD, newPassword: 'other 123' })).status,
        200,
      );
      assert.equal(await alive(), 1, 'his own stays');
      clock.jump(12 * HOUR_MS);
      assert.equal(await alive(), 0);
      for (const browser of [one, two, three]) await browser.signIn('ann', 'other 123');
      assert.equal((await one.ask('POST', `users/${id}/sessions/end`)).json.id, id);
      assert.equal(await alive(), 1, 'that of who asks stays');
      assert.equal((await admin('POST', `users/${id}/sessions/end`)).status, 200);
      assert.equal(await alive(), 0);
      await one.signIn('ann', 'other 123');
      await addUser(fixture, 'boss');
      assert.equal((await admin('DELETE', `users/${id}`)).status, 200);
      assert.equal(await alive(), 0);
      const names = (await admin('GET', 'log')).json.map(
        ({ name, event }: Record<string, string>) => `${name}: ${event}`,
      );
      assert.ok(names.includes('Ann: User [Ann] signed in.'));
      assert.ok(names.includes('administrator: All sessions of user [Ann] were ended.'));
      for (const secret of [PASSWORD, 'other 123', 'secret 13'])
        assert.ok(!fixture.lines.join('\n').includes(secret) && !names.join('\n').includes(secret), secret);
    }),
  );

  test(
    'what his groups say counts at the next request, and by cookie each change needs x-csrf',
    onAccount(async (fixture) => {
      const { admin, account } = fixture;
      const [id, boss] = [await addUser(fixture, 'ann'), await addUser(fixture, 'boss')];
      const ann = createBrowser(account);
      await ann.signIn('ann', PASSWORD);
      assert.equal((await ann.ask('POST', 'pools', { name: 'a' })).status, 200);
      const cookie = [...ann.cookies].map((pair) => pair.join('=')).join('; ');
      const bare = await account.adminApp.inject({
        method: 'POST',
        url: '/api/v1/pools',
        headers: { cookie },
        payload: {},
      });
      assert.equal(bare.json().code, 'NOT_SIGNED_IN');
      await admin('PUT', `users/${id}`, { groupIds: [] });
      assert.equal((await ann.ask('POST', 'pools', { name: 'b' })).json.code, 'NOT_PERMITTED');
      assert.deepEqual((await ann.ask('GET', 'me')).json.permissions, []);
      const last = [
        await admin('PUT', `users/${boss}`, { groupIds: [] }),
        await admin('DELETE', `users/${boss}`),
        await admin('PUT', `users/${boss}`, { fullName: 'B', groupIds: [ADMINISTRATORS] }),
      ].map(({ status, json }) => [status, json.code]);
      assert.deepEqual(last, [
        [409, 'LAST_ADMINISTRATOR'],
        [409, 'LAST_ADMINISTRATOR'],
        [200, undefined],
      ]);
      assert.deepEqual(
        (await admin('GET', 'users')).json.map(({ groupIds }: { groupIds: string[] }) => groupIds.length),
        [0, 1],
      );
    }),
  );

  test(
    'a stricter policy leaves passwords as they are; one that is set then ends, and is replaced at the sign-in, by another',
    onAccount(async (fixture) => {
      const { admin, account, clock } = fixture;
      await addUser(fixture, 'ann');
      const strict = { ...POLICY, lengthMin: 12, special: true, expiryDays: 10, differentPasswords: 2 };
      assert.equal((await admin('PUT', 'password-policy', { ...strict, expiryDays: 9 })).json.code, 'FIELD_UNFIT');
      assert.equal((await admin('PUT', 'password-policy', strict)).status, 200);
      const ann = createBrowser(account);
      clock.jump(400 * DAY_MS);
      await ann.signIn('ann', PASSWORD); // was there before the policy
      const set = (newPassword: string, password = PASSWORD) =>
        ann.ask('POST', 'me/password', { password, newPassword });
      assert.equal((await set('secret 123')).json.code, 'PASSWORD_UNFIT');
      assert.equal((await set('secret 12345')).status, 200);
      clock.jump(10 * DAY_MS);
      const old = { login: 'ann', password: 'secret 12345' };
      const expired = (await ann.trySignIn(old)).json;
      assert.deepEqual([expired.code, expired.rules], ['PASSWORD_EXPIRED', { passwordPolicy: strict }]);
      assert.equal(
        (await ann.trySignIn({ ...old, password: 'x' })).json.code,
        'SIGN_IN_FAILED',
        'says it to him alone',
      );
      assert.equal((await ann.trySignIn({ ...old, newPassword: 'secret 12345' })).json.code, 'PASSWORD_USED_BEFORE');
      assert.equal((await ann.trySignIn({ ...old, newPassword: 'secret 54321' })).status, 200);
      assert.equal((await ann.trySignIn(old)).json.code, 'SIGN_IN_FAILED');
      await ann.signIn('ann', 'secret 54321');
    }),
  );

  test(
    'a wrong password of one who is signed in is a line of the log, and locks him out as any other',
    onAccount(async (fixture) => {
      await addUser(fixture, 'ann');
      const ann = createBrowser(fixture.account);
      await ann.signIn('ann', PASSWORD);
      for (let n = 0; n < 10; n++)
        assert.equal((await ann.ask('POST', 'me/two-factor', { password: 'x' })).json.code, 'SIGN_IN_FAILED');
      assert.equal((await ann.ask('POST', 'me/two-factor', { password: PASSWORD })).json.code, 'LOCKED_OUT');
      const codes = (await warnings(fixture)).map(({ code }) => code);
      assert.ok(codes.includes('SIGN_IN_FAILED') && codes.includes('LOCKED_OUT'), String(codes));
    }),
  );

  test(
    'a flood of sign-ins of one network is held back before a password is looked at',
    onAccount(
      async ({ account }) => {
        const browser = createBrowser(account);
        const codes = [];
        for (let n = 0; n < 4; n++) codes.push((await browser.trySignIn({ login: 'a', password: 'b' })).json.code);
        assert.deepEqual(codes, ['SIGN_IN_FAILED', 'SIGN_IN_FAILED', 'RATE_LIMITED', 'RATE_LIMITED']);
      },
      { limits: { signIns: { perSecond: 0.1, burst: 2 } } },
    ),
  );

  test(
    'answers of the API may be in no frame, are kept by nobody, tell no other host, and are what they say',
    onAccount(async ({ account }) => {
      const { headers } = await createBrowser(account).ask('GET', 'me');
      assert.equal(headers['cache-control'], 'no-store');
      assert.equal(headers['x-content-type-options'], 'nosniff');
      assert.equal(headers['referrer-policy'], 'no-referrer');
      assert.equal(headers['content-security-policy'], "default-src 'none'; frame-ancestors 'none'");
    }),
  );
});

suite('two-factor', { timeoutMs: 120_000 }, (test) => {
  test(
    'a code is needed then, each is good once, and recovery codes once each',
    onAccount(async (fixture) => {
      const { account, clock, admin } = fixture;
      const id = await addUser(fixture, 'ann');
      const ann = createBrowser(account);
      await ann.signIn('ann', PASSWORD);
      const { uri, recoveryCodes } = await turnOn(fixture, ann);
      assert.match(uri, /^otpauth:\/\/totp\/My%20account:ann\?/);
      const claim = { login: 'ann', password: PASSWORD };
      let network = 0;
      const tryWith = async (code?: string) =>
        (await createBrowser(account, `198.51.${network++}.1`).trySignIn({ ...claim, code })).json.code ?? 'in';
      assert.equal(await tryWith(), 'TWO_FACTOR_NEEDED');
      assert.equal(await tryWith(codeOf(uri, fixture)), 'TWO_FACTOR_WRONG', 'it turned it on');
      clock.jump(MINUTE_MS);
      const code = codeOf(uri, fixture);
      assert.deepEqual(
        [await tryWith(` ${code.slice(0, 3)} ${code.slice(3)}`), await tryWith(code)],
        ['in', 'TWO_FACTOR_WRONG'],
      );
      const [first = '', second = ''] = recoveryCodes;
      assert.deepEqual([await tryWith(first.toUpperCase()), await tryWith(first)], ['in', 'TWO_FACTOR_WRONG']);
      assert.equal(await tryWith(second.replaceAll('-', ' ')), 'in');
      const [user] = (await admin('GET', 'users')).json;
      assert.deepEqual([user.twoFactor, user.recoveryCodes], ['on', 8]);
      for (let n = 0; n < 12; n++) await tryWith('123456');
      assert.equal(await tryWith(recoveryCodes[5]), 'LOCKED_OUT', 'codes are not guessed either');
      const answer = await account.checkPassword({ ...claim, network: 'n' });
      assert.equal(!answer.ok && answer.fault.code, 'LOCKED_OUT');
      await admin('POST', `users/${id}/unlock`);
      assert.equal((await admin('POST', `users/${id}/two-factor/reset`)).json.twoFactor, 'off');
      assert.equal(await tryWith(), 'in');
      assert.ok(!fixture.lines.join('\n').includes(new URL(uri).searchParams.get('secret') ?? '-'));
    }),
  );

  test(
    'who has the password alone gains no tries by asking without a code',
    onAccount(async (fixture) => {
      const { account } = fixture;
      await addUser(fixture, 'ann');
      const ann = createBrowser(account);
      await ann.signIn('ann', PASSWORD);
      await turnOn(fixture, ann);
      let network = 0;
      const tryWith = async (code?: string) =>
        (await createBrowser(account, `198.51.${network++}.1`).trySignIn({ login: 'ann', password: PASSWORD, code }))
          .json.code;
      for (let n = 0; n < 9; n++) assert.equal(await tryWith('123456'), 'TWO_FACTOR_WRONG');
      assert.deepEqual([await tryWith(), await tryWith()], ['TWO_FACTOR_NEEDED', 'TWO_FACTOR_NEEDED']);
      assert.equal(await tryWith('123456'), 'TWO_FACTOR_WRONG', 'the tenth');
      assert.equal(await tryWith(), 'LOCKED_OUT');
      const lines = (await warnings(fixture)).map(({ code, event }) => `${code} ${event}`);
      assert.equal(lines.at(0), 'TWO_FACTOR_WRONG A sign-in as [ann] from 198.51.0.0/24 failed.');
      assert.equal(lines.at(-1), 'LOCKED_OUT After 10 failed sign-ins [ann] is locked out.');
    }),
  );

  test(
    'a new password that is refused takes no code',
    onAccount(async (fixture) => {
      const { account, admin, clock } = fixture;
      await admin('PUT', 'password-policy', { ...POLICY, expiryDays: 10, differentPasswords: 2 });
      await addUser(fixture, 'ann');
      const ann = createBrowser(account);
      await ann.signIn('ann', PASSWORD);
      const { recoveryCodes } = await turnOn(fixture, ann);
      clock.jump(10 * DAY_MS);
      const claim = { login: 'ann', password: PASSWORD, code: recoveryCodes[0] };
      const codeWith = async (newPassword?: string) =>
        (await ann.trySignIn({ ...claim, newPassword })).json.code ?? 'in';
      assert.equal(await codeWith(), 'PASSWORD_EXPIRED');
      assert.equal(await codeWith('short'), 'PASSWORD_UNFIT');
      assert.equal(await codeWith(PASSWORD), 'PASSWORD_USED_BEFORE');
      assert.equal(await codeWith('secret 54321'), 'in');
    }),
  );

  test(
    'a PC is remembered until the period ends that counts from the day it was turned on, and as long as the policy allows it',
    onAccount(async (fixture) => {
      const { account, clock, admin } = fixture;
      const id = await addUser(fixture, 'ann');
      const pc = createBrowser(account);
      await pc.signIn('ann', PASSWORD);
      const { uri } = await turnOn(fixture, pc);
      clock.jump(29 * DAY_MS);
      await pc.signIn('ann', PASSWORD, { code: codeOf(uri, fixture), remember: true });
      const again = async () => (await pc.trySignIn({ login: 'ann', password: PASSWORD })).json.code ?? 'in';
      assert.equal(await again(), 'in');
      assert.equal(
        (await createBrowser(account).trySignIn({ login: 'ann', password: PASSWORD })).json.code,
        'TWO_FACTOR_NEEDED',
      );
      await admin('PUT', 'two-factor-policy', { ...TWO_FACTOR, rememberPcs: false });
      const needed = (await pc.trySignIn({ login: 'ann', password: PASSWORD })).json;
      assert.deepEqual([needed.code, needed.rules], ['TWO_FACTOR_NEEDED', { rememberPcs: false }]);
      const wrong = (await pc.trySignIn({ login: 'ann', password: 'x' })).json;
      assert.deepEqual([wrong.code, wrong.rules], ['SIGN_IN_FAILED', undefined], 'says it to him alone');
      await admin('PUT', 'two-factor-policy', TWO_FACTOR);
      assert.equal(await again(), 'in');
      assert.equal((await admin('POST', `users/${id}/pcs/forget`)).json.id, id);
      assert.equal(await again(), 'TWO_FACTOR_NEEDED', 'an Administrator had them forgotten');
      assert.equal((await admin('GET', 'log')).json.at(-1).event, 'Remembered PCs of user [ann] were forgotten.');
      clock.jump(MINUTE_MS);
      await pc.signIn('ann', PASSWORD, { code: codeOf(uri, fixture), remember: true });
      assert.equal(await again(), 'in');
      clock.jump(DAY_MS);
      assert.equal(await again(), 'TWO_FACTOR_NEEDED', 'thirty days after that day');
      await admin('PUT', 'two-factor-policy', { ...TWO_FACTOR, enabled: false });
      assert.equal(await again(), 'in');
    }),
  );

  test(
    'where the policy has it for new users, such a one sets it up before anything else',
    onAccount(async (fixture) => {
      const { account, admin } = fixture;
      await addUser(fixture, 'old');
      await admin('PUT', 'two-factor-policy', { ...TWO_FACTOR, forNewUsers: true });
      await addUser(fixture, 'new');
      const [old, fresh] = [createBrowser(account), createBrowser(account)];
      await old.signIn('old', PASSWORD);
      assert.equal((await old.ask('GET', 'ewons')).status, 200);
      await fresh.signIn('new', PASSWORD);
      assert.equal((await fresh.ask('GET', 'ewons')).json.code, 'TWO_FACTOR_SETUP_NEEDED');
      assert.deepEqual((await fresh.ask('GET', 'me')).json.permissions, []);
      await turnOn(fixture, fresh);
      assert.equal((await fresh.ask('GET', 'ewons')).status, 200);
    }),
  );
});

suite('API tokens', { timeoutMs: 120_000 }, (test) => {
  test(
    'are letters and digits, shown once, may what they are given, tell when they were used, and end when they are deleted',
    onAccount(async ({ admin, account, clock }) => {
      const scope = { name: 'M2Web script', permissions: ['ewons.read'], pools: 'all' };
      const made = (await admin('POST', 'tokens', scope)).json;
      assert.match(made.token, /^[A-Za-z0-9]{40}$/);
      const listed = await admin('GET', 'tokens');
      assert.ok(!listed.text.includes(made.token) && !listed.text.includes('tokenHash'));
      assert.deepEqual([listed.json.tokens[0].prefix, listed.json.tokens[0].usedAt], [made.token.slice(0, 8), null]);
      const ask = async (path: string) => {
        const headers = { authorization: `Bearer ${made.token}` };
        return (await account.adminApp.inject({ url: `/api/v1/${path}`, headers })).statusCode;
      };
      clock.jump(MINUTE_MS);
      assert.deepEqual([await ask('ewons'), await ask('log')], [200, 403]);
      assert.equal((await admin('GET', 'tokens')).json.tokens[0].usedAt, new Date(clock.now()).toISOString());
      const renamed = await admin('PUT', `tokens/${made.id}`, { ...scope, name: 'b', permissions: ['log.read'] });
      assert.deepEqual([renamed.json.name, await ask('ewons'), await ask('log')], ['b', 403, 200]);
      for (const permission of ['users', 'tokens', 'policies'])
        assert.equal((await admin('POST', 'tokens', { ...scope, permissions: [permission] })).json.code, 'BAD_REQUEST');
      await admin('DELETE', `tokens/${made.id}`);
      assert.equal(await ask('log'), 401);
      for (let n = 0; n < 100; n++) await admin('POST', 'tokens', scope);
      assert.equal((await admin('POST', 'tokens', scope)).json.code, 'API_TOKENS_FULL');
    }),
  );
});

suite('account information', (test) => {
  test(
    'is set, with names of custom fields and contacts',
    onAccount(async ({ admin }) => {
      const about = { name: 'Plant', company: 'ACME', address: 'Street 1', reference: 'r' };
      const fields = { ewonFields: ['Line', '', ''], userFields: ['Badge', '', ''] };
      assert.equal((await admin('PUT', 'about', { ...about, ...fields })).status, 200);
      assert.deepEqual((await admin('GET', 'about')).json, { ...about, ...fields });
      assert.equal((await admin('GET', 'account')).json.name, 'Plant');
      const contact = { name: 'Bob', email: 'bob@acme.test', phone: '' };
      const { id } = (await admin('POST', 'contacts', contact)).json;
      await admin('PUT', `contacts/${id}`, { ...contact, phone: '1' });
      assert.deepEqual((await admin('GET', 'contacts')).json, [{ id, ...contact, phone: '1' }]);
      assert.equal((await admin('POST', 'contacts', { ...contact, email: 'no address' })).status, 400);
      for (const path of ['contacts', `contacts/${id}`]) {
        const silent = { ...contact, email: '', phone: ' ' };
        const refused = await admin(path === 'contacts' ? 'POST' : 'PUT', path, silent);
        assert.equal(refused.status, 400, 'nobody could reach him');
      }
      await admin('DELETE', `contacts/${id}`);
      assert.equal((await admin('DELETE', `contacts/${id}`)).status, 404);
    }),
  );
});
