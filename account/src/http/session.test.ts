import { HOUR_MS } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { ADMINISTRATORS } from '../core/users.ts';
import type { AccountFixture } from '../testing/account-fixture.ts';
import { createBrowser } from '../testing/browser.ts';
import { onAccount } from '../testing/stories.ts';

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** A browser: no token, what it was given by Set-Cookie. */
function browser(fixture: AccountFixture) {
  const ask = async (method: Method, path: string, headers: Record<string, string> = {}, body?: object) => {
    const url = `/api/v1/${path}`;
    const answer = await fixture.account.adminApp.inject({ method, url, headers, ...(body && { payload: body }) });
    return { status: answer.statusCode, json: answer.body ? answer.json() : {}, cookie: answer.headers['set-cookie'] };
  };
  return {
    ask,
    async signIn() {
      const once = (await fixture.account.makeSignInLink()).split('#once=')[1];
      const { status, json, cookie } = await ask('POST', 'session', {}, { once });
      assert.equal(status, 200);
      return { once, csrf: String(json.csrf), cookie: String(cookie).split(';')[0] ?? '', setCookie: String(cookie) };
    },
  };
}

suite('who may use the admin API', (test) => {
  test(
    'nobody without a token or a session, on any route',
    onAccount(async (fixture) => {
      const { ask } = browser(fixture);
      const routes: Record<Method, readonly string[]> = {
        GET: ['account', 'registrations', 'ewons', 'pools', 'log', 'events', 'auto-registration', 'grks', 'grks/x/key'],
        POST: [
          ...['registrations/x/approve', 'registrations/x/replace', 'registrations/x/reject', 'registrations/reject'],
          ...['grks/renew', 'grks/import', 'pools', 'one-time-links'],
        ],
        PATCH: ['auto-registration'],
        DELETE: ['session', 'ewons/x', 'pools/x'],
      };
      const strangers: Record<string, string>[] = [
        {},
        { authorization: 'Bearer wrong' },
        { cookie: 'ewon_session_x=y' },
      ];
      for (const method of ['GET', 'POST', 'PATCH', 'DELETE'] as const)
        for (const path of routes[method])
          for (const headers of strangers)
            assert.equal((await ask(method, path, headers)).json.code, 'NOT_SIGNED_IN', `${method} ${path}`);
    }),
  );

  test(
    'a one-time link signs one browser in, once, within a day',
    onAccount(async (fixture) => {
      const { ask, signIn } = browser(fixture);
      const { once, cookie, setCookie } = await signIn();
      assert.match(setCookie, /HttpOnly; SameSite=Strict; Path=\//);
      assert.equal((await ask('GET', 'account', { cookie })).status, 200);
      assert.equal((await ask('POST', 'session', {}, { once })).json.code, 'NOT_SIGNED_IN');
      assert.equal((await ask('POST', 'session', {}, { once: 'x' })).json.code, 'NOT_SIGNED_IN');
      assert.equal((await ask('POST', 'session', {}, {})).json.code, 'BAD_REQUEST');
      const late = (await fixture.account.makeSignInLink()).split('#once=')[1];
      fixture.clock.jump(24 * HOUR_MS);
      assert.equal((await ask('POST', 'session', {}, { once: late })).json.code, 'NOT_SIGNED_IN');
    }),
  );

  test(
    'whoever holds the machine makes another link, and the log says it; no user does, whatever he may: its session would outlive him',
    onAccount(async (fixture) => {
      const made = await fixture.admin('POST', 'one-time-links');
      assert.equal(made.status, 200, made.text);
      const { name, event } = (await fixture.admin('GET', 'log')).json.at(-1);
      assert.deepEqual([name, event], ['administrator', 'A one-time sign-in link was made.']);
      assert.equal((await createBrowser(fixture.account).trySignIn({ once: made.json.once })).status, 200);
      const ann = { login: 'ann', password: 'secret 12' };
      await fixture.admin('POST', 'users', { ...ann, groupIds: [ADMINISTRATORS] });
      const browser = createBrowser(fixture.account);
      await browser.signIn(ann.login, ann.password);
      const refused = await browser.ask('POST', 'one-time-links', {});
      assert.deepEqual([refused.status, refused.json.code], [403, 'NOT_PERMITTED']);
    }),
  );

  test(
    'an Administrator ends all sessions of one-time links, and links that nobody opened; his own stays',
    onAccount(async (fixture) => {
      const { ask, signIn } = browser(fixture);
      const [lost, present] = [await signIn(), await signIn()];
      const link = (await fixture.account.makeSignInLink()).split('#once=')[1];
      const own = { cookie: present.cookie, 'x-csrf': present.csrf };
      assert.equal((await ask('POST', 'one-time-links/end', own)).status, 204);
      assert.equal((await ask('GET', 'account', { cookie: lost.cookie })).status, 401);
      assert.equal((await ask('GET', 'account', own)).status, 200);
      assert.equal((await ask('POST', 'session', {}, { once: link })).json.code, 'NOT_SIGNED_IN');
      const { event } = (await fixture.admin('GET', 'log')).json.at(-1);
      assert.equal(event, 'All sessions of one-time links were ended, and links that were not opened yet.');
      await fixture.admin('POST', 'one-time-links/end');
      assert.equal((await ask('GET', 'account', own)).status, 401);
    }),
  );

  test(
    'behind a proxy that ends TLS the cookie goes by HTTPS only, and so does all that a browser asks then',
    onAccount(async ({ account }) => {
      const signIn = async (headers: Record<string, string>, remoteAddress = '127.0.0.1') => {
        const payload = { once: (await account.makeSignInLink()).split('#once=')[1] };
        const url = '/api/v1/session';
        const answer = await account.adminApp.inject({ method: 'POST', url, headers, payload, remoteAddress });
        assert.equal(answer.statusCode, 200, answer.body);
        const isSecure = /; Secure(;|$)/.test(String(answer.headers['set-cookie']));
        return [isSecure, answer.headers['strict-transport-security']];
      };
      const https = { 'x-forwarded-proto': 'https' };
      assert.deepEqual(await signIn(https), [true, 'max-age=31536000']);
      assert.deepEqual(await signIn({ 'x-forwarded-proto': 'http' }), [false, undefined]);
      assert.deepEqual(await signIn({}), [false, undefined]);
      assert.deepEqual(
        await signIn(https, '192.0.2.9'),
        [false, undefined],
        'only a proxy on this machine is believed',
      );
    }),
  );

  test(
    'by cookie, what changes something needs the value given at sign-in; a reload finds it again',
    onAccount(async (fixture) => {
      const { ask, signIn } = browser(fixture);
      const { csrf, cookie } = await signIn();
      const add = (headers: Record<string, string>, name: string) => ask('POST', 'pools', headers, { name });
      assert.equal((await add({ cookie }, 'a')).json.code, 'NOT_SIGNED_IN');
      assert.equal((await add({ cookie, 'x-csrf': `${csrf}x` }, 'a')).json.code, 'NOT_SIGNED_IN');
      assert.equal((await add({ 'x-csrf': csrf }, 'a')).json.code, 'NOT_SIGNED_IN');
      assert.equal((await add({ cookie, 'x-csrf': csrf }, 'a')).status, 200);
      assert.equal((await ask('GET', 'account', { cookie })).json.csrf, csrf);
    }),
  );

  test(
    'a session ends after twelve hours, or when its browser signs out',
    onAccount(async (fixture) => {
      const { ask, signIn } = browser(fixture);
      const first = await signIn();
      await ask('DELETE', 'session', { cookie: first.cookie, 'x-csrf': first.csrf });
      assert.equal((await ask('GET', 'account', { cookie: first.cookie })).status, 401);
      const second = await signIn();
      fixture.clock.jump(12 * HOUR_MS - 1);
      assert.equal((await ask('GET', 'account', { cookie: second.cookie })).status, 200);
      fixture.clock.jump(1);
      assert.equal((await ask('GET', 'account', { cookie: second.cookie })).status, 401);
    }),
  );
});
