// test-timeout: 300 s
import { COMMAND_NAMES, type Grk, grkIdOf } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import fastify from 'fastify';
import { GROUP_TEMPLATES, PERMISSIONS, type Permission, POOL_PERMISSIONS } from '../core/permissions.ts';
import { ADMINISTRATORS } from '../core/users.ts';
import { type AccountFixture, openAccountFixture } from '../testing/account-fixture.ts';
import { createBrowser, type Method, type TestBrowser } from '../testing/browser.ts';
import { linked, onAccount, pending } from '../testing/stories.ts';
import { demandNeeds, type RouteNeeds } from './doorkeeper.ts';

const PASSWORD = 'secret 12';
/** A stream without an end, and what would end the session that is tried with. */
const NOT_TRIED = ['/api/v1/events', '/api/v1/session'];
/** For other accounts, by a right of their own: handover.test.ts tries it with every session and without. */
const HANDOVER = '/api/v1/handover';

type Group = { readonly permissions: readonly string[]; readonly pools: 'all' | readonly string[] };

/** Signs in a user who may what a group gives, or whatever is asked of the built-in one. */
async function browserOf(fixture: AccountFixture, login: string, group: Group | 'administrators' | 'none') {
  const groupIds = group === 'administrators' ? [ADMINISTRATORS] : [];
  if (typeof group === 'object') {
    const made = await fixture.admin('POST', 'groups', { name: `group of ${login}`, ...group });
    assert.equal(made.status, 200, made.text);
    groupIds.push(made.json.id);
  }
  const user = await fixture.admin('POST', 'users', { login, password: PASSWORD, groupIds });
  assert.equal(user.status, 200, user.text);
  const browser = createBrowser(fixture.account);
  await browser.signIn(login, PASSWORD);
  return { ...browser, userId: String(user.json.id), groupId: groupIds[0] ?? '' };
}

const routesOf = ({ account }: AccountFixture): readonly RouteNeeds[] =>
  account.adminApp.routeNeeds.filter(({ url }) => !NOT_TRIED.includes(url) && !url.startsWith(HANDOVER));

/** What requests need that their routes alone do not say: all of these. A body goes to the route that changes something. */
const BY_BODY: readonly { readonly url: string; readonly body?: object; readonly needs: readonly Permission[] }[] = [
  { url: '/api/v1/policy', body: { geolocation: true }, needs: ['privacy'] },
  { url: '/api/v1/policy', body: { remoteManagement: true }, needs: ['privacy'] },
  { url: '/api/v1/policy', body: { window: null }, needs: ['patches'] },
  { url: '/api/v1/policy', body: { denied: [] }, needs: ['patches'] },
  { url: '/api/v1/policy', body: { held: [] }, needs: ['patches'] },
  { url: '/api/v1/policy', body: { confirm: false }, needs: ['patches'] },
  { url: '/api/v1/policy', body: { geolocation: true, denied: [] }, needs: ['privacy', 'patches'] },
  { url: '/api/v1/registrations/:id/candidates', needs: ['registrations.read', 'ewons.read'] },
  { url: '/api/v1/log/retention', body: { lines: 1000, days: 1, auditDays: 1 }, needs: ['policies'] },
  ...COMMAND_NAMES.filter((name) => name !== 'move').map((name) => ({
    url: '/api/v1/ewons/:id/commands',
    body: { name, arguments: name === 'patch' ? { path: 'p' } : {} },
    needs: name === 'forget' ? (['commands', 'ewons.forget'] as const) : (['commands'] as const),
  })),
];

async function ask(browser: Pick<TestBrowser, 'ask'>, { method, url }: RouteNeeds, ids: Record<string, string> = {}) {
  const path = url.replace('/api/v1/', '').replaceAll(/:(\w+)/g, (_, name) => encodeURIComponent(ids[name] ?? 'x'));
  return browser.ask(method as Method, path, method === 'GET' || method === 'HEAD' ? undefined : {});
}

suite('permissions', { timeoutMs: 240_000 }, (test) => {
  test('a route that does not say what it needs keeps the server from starting', async () => {
    const app = fastify();
    demandNeeds(app, []);
    assert.throws(() => app.get('/api/v1/new', async () => 'leak'), /GET \/api\/v1\/new does not declare/);
    await app.close();
  });

  test(
    'every route with every permission: what needs another is refused, with 0 leaks; whoever is not signed in gets nowhere',
    onAccount(async (fixture) => {
      const routes = routesOf(fixture);
      assert.ok(routes.length > 100, String(routes.length));
      const stranger = createBrowser(fixture.account);
      for (const route of routes)
        assert.equal((await ask(stranger, route)).status, 401, `a stranger: ${route.method} ${route.url}`);
      const given: readonly (Permission | 'none')[] = ['none', ...PERMISSIONS.filter((one) => one !== 'policies')];
      for (const permission of given) {
        const group = permission === 'none' ? 'none' : ({ permissions: [permission], pools: 'all' } as const);
        const browser = await browserOf(fixture, permission, group);
        for (const route of routes) {
          const { status, text, json } = await ask(browser, route);
          const may = route.needs.some((need) => need === 'anyone' || need === permission);
          const what = `${permission}: ${route.method} ${route.url} ${text}`;
          if (may) assert.ok(status !== 401 && json.code !== 'NOT_PERMITTED', what);
          else assert.equal(status, 403, what);
        }
      }
    }),
  );

  test(
    'what a body asks for more than its route: enough with all that it needs, refused without any of it, whatever else is given',
    onAccount(async (fixture) => {
      const { deviceId } = await linked(fixture, fixture.device('1524-0071-21'));
      await pending(fixture, fixture.device('1524-0072-21'));
      const registration = await fixture.pendingId();
      const given = PERMISSIONS.filter((one) => one !== 'policies');
      const browsers = new Map<string, Awaited<ReturnType<typeof browserOf>>>();
      const browserWith = async (permissions: readonly Permission[]) => {
        const key = permissions.join(' ');
        const group = permissions.includes('policies') ? 'administrators' : ({ permissions, pools: 'all' } as const);
        const browser = browsers.get(key) ?? (await browserOf(fixture, `user-${browsers.size}`, group));
        browsers.set(key, browser);
        return browser;
      };
      for (const { url, body, needs } of BY_BODY) {
        const isRead = (one: RouteNeeds) => one.method === 'GET' || one.method === 'HEAD';
        const routes = routesOf(fixture).filter((one) => one.url === url && isRead(one) === (body === undefined));
        const method = routes[0]?.method;
        const path = url.replace('/api/v1/', '').replace(':id', url.includes('ewons') ? deviceId : registration);
        const what = (permissions: readonly Permission[]) =>
          `${method} ${path} ${JSON.stringify(body)} by ${permissions}`;
        const wanting = needs.map((need) => given.filter((one) => one !== need));
        for (const permissions of wanting) {
          const { status, json } = await (await browserWith(permissions)).ask(method as Method, path, body);
          assert.deepEqual([status, json.code], [403, 'NOT_PERMITTED'], what(permissions));
        }
        const done = await (await browserWith(needs)).ask(method as Method, path, body);
        assert.equal(done.status, 200, `${what(needs)}: ${done.text}`);
      }
    }),
  );

  test(
    'Ewons are forgotten, and proposed for a request, in the pools only where he may that as well',
    onAccount(async (fixture) => {
      const { admin } = fixture;
      for (const name of ['North', 'South']) await admin('POST', 'pools', { name });
      const north = await linked(fixture, fixture.device('1524-0071-21'), { name: 'Ewon N', pool: 'North' });
      const south = await linked(fixture, fixture.device('1524-0072-21'), { name: 'Ewon S', pool: 'South' });
      await pending(fixture, fixture.device('1524-0073-21'));
      const waiting = await fixture.pendingId();
      const both = { permissions: ['commands', 'registrations.read', 'registrations.decide'], pools: 'all' } as const;
      const ann = await browserOf(fixture, 'ann', both);
      const some = { name: 'some', permissions: ['ewons.read', 'ewons.forget'], pools: ['North'] };
      const { id } = (await admin('POST', 'groups', some)).json;
      const user = { login: 'bob', password: PASSWORD, groupIds: [ann.groupId, id] };
      assert.equal((await admin('POST', 'users', user)).status, 200);
      const bob = createBrowser(fixture.account);
      await bob.signIn('bob', PASSWORD);
      const names = async (browser: TestBrowser) =>
        (await browser.ask('GET', `registrations/${waiting}/candidates`)).json.map(
          ({ ewon }: { ewon: { name: string } }) => ewon.name,
        );
      assert.deepEqual(await names(bob), ['Ewon N']);
      const forget = async (deviceId: string) =>
        (await bob.ask('POST', `ewons/${deviceId}/commands`, { name: 'forget' })).status;
      assert.deepEqual([await forget(south.deviceId), await forget(north.deviceId)], [403, 200]);
    }),
  );

  test(
    'Administrators may everything, and nobody else the policies',
    onAccount(async (fixture) => {
      const ann = await browserOf(fixture, 'ann', 'administrators');
      for (const route of routesOf(fixture)) {
        const { status, json, text } = await ask(ann, route);
        if (route.url === '/api/v1/one-time-links') assert.equal(json.code, 'NOT_PERMITTED', 'no user makes a holder');
        else assert.ok(status !== 401 && json.code !== 'NOT_PERMITTED', `${route.method} ${route.url} ${text}`);
      }
      const given = await fixture.admin('POST', 'groups', { name: 'g', permissions: ['policies'], pools: 'all' });
      assert.equal(given.json.code, 'BAD_REQUEST');
    }),
  );

  test(
    'what is in other pools is not there: no list, no id, no stream, no line of the log, no count',
    onAccount(async (fixture) => {
      const { admin } = fixture;
      for (const name of ['North', 'South']) await admin('POST', 'pools', { name });
      const north = await linked(fixture, fixture.device('1524-0071-21'), { name: 'Ewon N', pool: 'North' });
      const south = await linked(fixture, fixture.device('1524-0072-21'), { name: 'Ewon S', pool: 'South' });
      const command = await admin('POST', `ewons/${south.deviceId}/commands`, { name: 'status' });
      const [key] = (await admin('GET', 'grks')).json; // of the pool Default
      await pending(fixture, fixture.device('1524-0073-21'));
      const waiting = await fixture.pendingId();
      const limited = await browserOf(fixture, 'ann', { permissions: [...POOL_PERMISSIONS], pools: ['North'] });
      const hidden = [
        south.deviceId,
        'Ewon S',
        '1524-0072-21',
        '1524-0073-21',
        'South',
        waiting,
        key.id,
        command.json.id,
      ];
      const ids = [south.deviceId, waiting, key.id, command.json.id];
      for (const route of routesOf(fixture))
        for (const id of route.url.includes(':') ? ids : ['']) {
          const answer = await ask(limited, route, { id, name: 'South', path: id });
          const what = `${route.method} ${route.url} ${id}: ${answer.text}`;
          for (const secret of hidden) assert.ok(!answer.text.includes(secret), `${what} tells ${secret}`);
          if (route.url.includes(':')) assert.ok([400, 403, 404].includes(answer.status), what);
        }
      assert.deepEqual((await limited.ask('GET', 'pools')).json, ['North']);
      const names = (await limited.ask('GET', 'ewons')).json.map(({ name }: { name: string }) => name);
      assert.deepEqual(names, ['Ewon N']);
      assert.ok((await limited.ask('GET', 'log?form=raw')).text.includes('Ewon N'));
      const approved = await limited.ask('POST', `registrations/${waiting}/approve`, { pool: 'North' });
      assert.equal(approved.json.code, 'NOT_FOUND');
      assert.equal((await admin('GET', 'registrations?state=pending')).json.length, 1, 'it waits still');
      assert.equal((await limited.ask('POST', `ewons/${north.deviceId}/commands`, { name: 'status' })).status, 200);
    }),
  );

  test(
    'an Ewon in another pool is no candidate, although it is of the device that asks; deciding ends its link all the same',
    onAccount(async (fixture) => {
      const { admin } = fixture;
      for (const name of ['North', 'South']) await admin('POST', 'pools', { name });
      const device = fixture.device('1524-0072-21');
      const south = await linked(fixture, device, { name: 'Ewon S', pool: 'South' });
      const [key] = (await admin('GET', 'grks')).json;
      const command = await admin('POST', `ewons/${south.deviceId}/commands`, { name: 'status' });
      await admin('PATCH', `grks/${key.id}`, { pool: 'North' });
      await pending(fixture, device); // it has forgotten that it was linked
      const waiting = await fixture.pendingId();
      const limited = await browserOf(fixture, 'ann', { permissions: [...POOL_PERMISSIONS], pools: ['North'] });
      const candidates = await limited.ask('GET', `registrations/${waiting}/candidates`);
      assert.deepEqual([candidates.status, candidates.json], [200, []]);
      const approved = await limited.ask('POST', `registrations/${waiting}/approve`, {});
      assert.deepEqual([approved.status, approved.json.pool], [200, 'North']);
      const ewons: readonly { deviceId: string; link: string }[] = (await admin('GET', 'ewons')).json;
      assert.equal(ewons.find(({ deviceId }) => deviceId === south.deviceId)?.link, 'unlinked');
      const commands: readonly { id: string; state: string }[] = (await admin('GET', 'commands')).json;
      assert.equal(commands.find(({ id }) => id === command.json.id)?.state, 'failed', 'nobody is there to take it');
    }),
  );

  test(
    'who manages keys sees the ids of all of them, also where he may make cards in one pool only',
    onAccount(async (fixture) => {
      for (const pool of ['North', 'South']) {
        await fixture.admin('POST', 'pools', { name: pool });
        await fixture.admin('POST', 'grks', { pool });
      }
      const maker = await browserOf(fixture, 'ann', { permissions: ['keys.export'], pools: ['North'] });
      const both = await browserOf(fixture, 'bob', { permissions: ['keys.manage'], pools: 'all' });
      const bob = await fixture.admin('PATCH', `users/${both.userId}`, { groupIds: [both.groupId, maker.groupId] });
      assert.equal(bob.status, 200, bob.text);
      const pools = async ({ ask: asks }: TestBrowser) =>
        (await asks('GET', 'grks')).json.map(({ pool }: { pool: string }) => pool).sort();
      assert.deepEqual([await pools(maker), await pools(both)], [['North'], ['Default', 'North', 'South']]);
    }),
  );

  test(
    'a replacement in another pool is not undone, and the broker is not told a word of it',
    onAccount(async (fixture) => {
      const { admin } = fixture;
      for (const name of ['North', 'South']) await admin('POST', 'pools', { name });
      const old = await linked(fixture, fixture.device('1524-0071-21'), { pool: 'South' });
      await pending(fixture, fixture.device('1524-0072-21'));
      const path = `registrations/${await fixture.pendingId()}/replace`;
      const by = (await admin('POST', path, { deviceId: old.deviceId })).json.deviceId;
      const limited = await browserOf(fixture, 'ann', { permissions: [...POOL_PERMISSIONS], pools: ['North'] });
      const told = fixture.broker.told.length;
      assert.equal((await limited.ask('POST', `ewons/${by}/undo-replacement`, {})).json.code, 'NOT_FOUND');
      assert.deepEqual(fixture.broker.told.slice(told), []);
      assert.deepEqual((await limited.ask('GET', 'replacements')).json, []);
      assert.equal((await admin('GET', 'replacements')).json[0].deviceId, by);
      // the request came in another pool than the Ewons are in
      const southern = await browserOf(fixture, 'bob', { permissions: [...POOL_PERMISSIONS], pools: ['South'] });
      assert.equal((await southern.ask('GET', 'replacements')).json[0]?.deviceId, by);
      const blind = await browserOf(fixture, 'eve', { permissions: ['registrations.decide'], pools: ['South'] });
      assert.deepEqual((await blind.ask('GET', 'replacements')).json, []);
    }),
  );

  test(
    'the log says who decided about an Ewon; of whoever holds the machine it says no more than what was done',
    onAccount(async (fixture) => {
      const { admin } = fixture;
      const ann = await browserOf(fixture, 'ann', 'administrators');
      const decide = async (serial: string, order: string, body: object = {}) => {
        await pending(fixture, fixture.device(serial));
        const done = await ann.ask('POST', `registrations/${await fixture.pendingId()}/${order}`, body);
        assert.equal(done.status, 200, done.text);
        return String(done.json.deviceId);
      };
      await decide('1524-0070-21', 'reject');
      const first = await decide('1524-0071-21', 'approve', { name: 'Pump' });
      const second = await decide('1524-0072-21', 'replace', { deviceId: first });
      await ann.ask('POST', `ewons/${second}/undo-replacement`, {});
      await ann.ask('DELETE', `ewons/${first}`);
      await admin('DELETE', `ewons/${second}`);
      const log: readonly { event: string }[] = (await admin('GET', 'log')).json;
      const events = log.map(({ event }) => event);
      for (const event of [
        ...['Ewon 1524-0070-21 was rejected (by ann).', 'Ewon 1524-0071-21 was approved as [Pump] (by ann).'],
        ...[
          'Ewon 1524-0072-21 took the place of [Pump] (by ann).',
          'Ewon [Pump] was removed from the account (by ann).',
        ],
        'Ewon 1524-0071-21 was given back its place as [Pump] (by ann).',
        'Ewon [1524-0072-21] was removed from the account.',
      ])
        assert.ok(events.includes(event), `${event} in ${events.join('\n')}`);
    }),
  );

  test(
    'a use of a key counts, although who approves does not see the key',
    onAccount(async (fixture) => {
      const { admin } = fixture;
      await admin('POST', 'pools', { name: 'South' });
      const [key] = (await admin('GET', 'grks')).json;
      await pending(fixture, fixture.device('1524-0071-21'));
      const first = await fixture.pendingId();
      await pending(fixture, fixture.device('1524-0072-21'));
      await admin('PATCH', `grks/${key.id}`, { pool: 'South', usesMax: 1 });
      const limited = await browserOf(fixture, 'ann', { permissions: [...POOL_PERMISSIONS], pools: ['Default'] });
      assert.equal((await limited.ask('POST', `registrations/${first}/approve`, {})).status, 200);
      assert.equal((await admin('GET', 'grks')).json[0].uses, 1);
      const second = await fixture.pendingId();
      const refused = await limited.ask('POST', `registrations/${second}/approve`, {});
      assert.equal(refused.json.code, 'GRK_USED_UP');
    }),
  );

  test(
    'a technician sees his pool and exports a card of its key, and that is all',
    onAccount(async (fixture) => {
      const { admin } = fixture;
      await admin('POST', 'pools', { name: 'North' });
      await admin('PATCH', 'auto-registration', { enabled: true, pool: 'North' });
      const key = 'A01-0123456789ABCDEFGHIJKLMNOPQRSTUV' as Grk;
      assert.equal((await admin('POST', 'grks/import', { key })).json.pool, 'North');
      const template = GROUP_TEMPLATES.find(({ name }) => name === 'Technicians');
      const tech = await browserOf(fixture, 'tech', { permissions: template?.permissions ?? [], pools: ['North'] });
      const exported = await tech.ask('GET', `grks/${grkIdOf(key)}/export?form=txt`);
      assert.deepEqual([exported.status, exported.text.includes(key)], [200, true]);
      const may = new Set(['ewons.read', 'keys.export', 'anyone', 'nobody']);
      for (const route of routesOf(fixture))
        if (!route.needs.some((need) => may.has(need)))
          assert.equal((await ask(tech, route)).json.code ?? 'NOT_PERMITTED', 'NOT_PERMITTED', route.url);
      const line = (await admin('GET', 'log')).json.findLast(({ event }: { event: string }) => /exported/.test(event));
      assert.equal(line.name, 'tech', 'the log names who did it');
    }),
  );

  test(
    'nobody gives what he has not, and nobody but an Administrator touches one',
    onAccount(async (fixture) => {
      const { admin } = fixture;
      await admin('POST', 'pools', { name: 'North' });
      const boss = await browserOf(fixture, 'boss', 'administrators');
      const clerk = await browserOf(fixture, 'clerk', { permissions: ['users', 'ewons.read'], pools: 'all' });
      const ask = async (method: Method, path: string, body?: object) =>
        (await clerk.ask(method, path, body)).json.code;
      const user = { login: 'eve', password: PASSWORD };
      const more = { name: 'more', permissions: ['commands'], pools: 'all' };
      assert.equal(await ask('POST', 'users', { ...user, groupIds: [ADMINISTRATORS] }), 'NOT_PERMITTED');
      assert.equal(await ask('POST', 'groups', more), 'NOT_PERMITTED');
      assert.equal(await ask('PATCH', `users/${clerk.userId}`, { groupIds: [ADMINISTRATORS] }), 'NOT_PERMITTED');
      assert.equal(await ask('PATCH', `groups/${clerk.groupId}`, { ...more, name: 'g' }), 'NOT_PERMITTED');
      for (const path of [`users/${boss.userId}/password`, `users/${boss.userId}/two-factor/reset`])
        assert.equal(await ask('POST', path, { password: 'other 123' }), 'NOT_PERMITTED');
      assert.equal(await ask('DELETE', `users/${boss.userId}`), 'NOT_PERMITTED');
      assert.equal(
        await ask('POST', 'groups', { name: 'less', permissions: ['ewons.read'], pools: ['North'] }),
        undefined,
      );
      const mixed = await admin('POST', 'groups', { name: 'mixed', permissions: ['patches'], pools: ['North'] });
      assert.equal(mixed.json.code, 'BAD_REQUEST', 'of the account as a whole: with all pools only');
    }),
  );

  test('another account knows nothing of this one: its cookies, tokens, users, groups and Ewons are unknown there', async () => {
    const [one, two] = [await openAccountFixture(), await openAccountFixture()];
    const { deviceId } = await linked(one, one.device());
    const ann = await browserOf(one, 'ann', 'administrators');
    const scope = { name: 'program', permissions: ['ewons.read'], pools: 'all' };
    const token = (await one.admin('POST', 'tokens', scope)).json;
    const group = (await one.admin('POST', 'groups', { ...scope, name: 'g' })).json;
    const foreign = createBrowser(two.account);
    for (const [, value] of ann.cookies) {
      // under the name that it has there
      const name = `ewon_session_${two.account.accountId.slice(-8)}`;
      foreign.cookies.set(name, value);
    }
    for (const authorization of [`Bearer ${token.token}`, `Bearer ${one.account.adminToken}`])
      for (const { method, url } of routesOf(two)) {
        const answer = await two.account.adminApp.inject({ method: method as Method, url, headers: { authorization } });
        assert.equal(answer.statusCode, 401, `${method} ${url}`);
      }
    for (const route of routesOf(two)) assert.equal((await ask(foreign, route)).status, 401, route.url);
    assert.equal((await foreign.trySignIn({ login: 'ann', password: PASSWORD })).json.code, 'SIGN_IN_FAILED');
    const known = await browserOf(two, 'bob', 'administrators');
    // what a patch is called is no id of an account
    for (const route of routesOf(two).filter(({ url }) => /:(id|name)/.test(url)))
      for (const id of [deviceId, ann.userId, token.id, group.id]) {
        const answer = await ask(known, route, { id, name: id, path: id });
        assert.ok([400, 404, 403].includes(answer.status), `${route.method} ${route.url} ${answer.text}`);
      }
    await Promise.all([one.close(), two.close()]);
  });
});
