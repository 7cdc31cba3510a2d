import { assert, suite } from '@ewon-agent/contracts/testing';
import type { AccountFixture } from '../testing/account-fixture.ts';
import { linked, onAccount } from '../testing/stories.ts';

// Whatever is changed is changed member by member, against what is stored at that moment (docs/decisions/0055).

type Thing = {
  readonly path: string;
  /** Where it is read, and which of a list it is. */
  readonly read: string;
  readonly id?: string;
  readonly one: object;
  readonly another: object;
  /** What both make of it. */
  readonly both?: object;
};

const GIVEN = { name: 'a', permissions: ['ewons.read'], pools: ['Default'] };

/** One of each that there is to change, and two people's changes of it. */
async function things(fixture: AccountFixture): Promise<readonly Thing[]> {
  const { admin } = fixture;
  for (const name of ['North', 'South']) await admin('POST', 'pools', { name });
  const made = async (path: string, body: object) => {
    const { json, text } = await admin('POST', path, body);
    assert.ok(json.id, text);
    return { path: `${path}/${json.id}`, read: path, id: String(json.id) };
  };
  const { deviceId } = await linked(fixture, fixture.device('1524-0071-21'), { customFields: ['a', 'b', 'c'] });
  const fields = { one: { customFields: { 1: 'x' } }, another: { customFields: { 3: '' } } };
  const policy = { path: 'policy', read: 'policy' };
  return [
    { ...(await made('groups', GIVEN)), one: { name: 'b' }, another: { permissions: ['log.read'] } },
    { ...(await made('groups', { ...GIVEN, name: 'c' })), one: { pools: ['North'] }, another: { permissions: [] } },
    { ...(await made('tokens', GIVEN)), one: { apis: ['M2Web', 'admin'] }, another: { pools: 'all' } },
    {
      ...(await made('contacts', { name: 'a', email: 'a@b', phone: '' })),
      one: { name: 'b' },
      another: { phone: '1' },
    },
    {
      ...(await made('users', { login: 'ann', password: 'secret 12', customFields: ['a', 'b', 'c'] })),
      ...{ ...fields, both: { customFields: ['x', 'b', ''] } },
    },
    { path: `ewons/${deviceId}`, read: 'ewons', id: deviceId, ...fields, both: { customFields: ['x', 'b', ''] } },
    { path: 'about', read: 'about', one: { company: 'ACME' }, another: { reference: 'r' } },
    {
      ...{ path: 'about', read: 'about', one: { ewonFields: { 2: 'Line' } }, another: { ewonFields: { 3: 'City' } } },
      both: { ewonFields: ['', 'Line', 'City'] },
    },
    { path: 'password-policy', read: 'password-policy', one: { lengthMin: 9 }, another: { expiryDays: 30 } },
    { path: 'password-policy', read: 'password-policy', one: { expiryDays: null }, another: { digit: true } },
    { path: 'two-factor-policy', read: 'two-factor-policy', one: { forNewUsers: true }, another: { rememberDays: 7 } },
    { path: 'auto-registration', read: 'auto-registration', one: { enabled: false }, another: { pool: 'North' } },
    { path: 'log/retention', read: 'log/retention', one: { lines: 5000 }, another: { days: 30 } },
    { path: 'log/retention', read: 'log/retention', one: { days: null }, another: { auditDays: 90 } },
    { ...policy, one: { geolocation: false }, another: { remoteManagement: false } },
    {
      ...{ ...policy, one: { window: { days: ['sun'], from: '02:00', to: '04:00', zone: 'UTC' } } },
      another: { denied: ['a-1.0.0'] },
    },
  ];
}

async function readOf({ admin }: AccountFixture, { read, id }: Thing) {
  const { json } = await admin('GET', read);
  if (id === undefined) return json;
  const list: readonly { id?: string; deviceId?: string }[] = Array.isArray(json) ? json : json[read];
  return list.find((one) => (one.deviceId ?? one.id) === id);
}

const linesOf = async ({ admin }: AccountFixture): Promise<readonly string[]> =>
  (await admin('GET', 'log?limit=1000')).json.map((line: { event: string }) => line.event);

suite('changes of the admin API', { timeoutMs: 120_000 }, (test) => {
  test(
    'two people who have read the same and change different members at once both have their way',
    onAccount(async (fixture) => {
      for (const thing of await things(fixture)) {
        const { path, one, another, both = { ...one, ...another } } = thing;
        const before = await readOf(fixture, thing);
        const answers = await Promise.all([one, another].map((change) => fixture.admin('PATCH', path, change)));
        for (const { status, text } of answers) assert.equal(status, 200, `${path} ${text}`);
        const after = await readOf(fixture, thing);
        const what = `${path}: ${JSON.stringify(after)}`;
        for (const [member, value] of Object.entries(both)) assert.deepEqual(after[member], value, what);
        const others = Object.keys(before).filter((member) => !(member in both) && !TOLD_ANEW.includes(member));
        for (const member of others) assert.deepEqual(after[member], before[member], `${member} of ${what}`);
      }
    }),
  );

  test(
    'an empty change, and one to what is there already, answer what there is and write nothing into the log; an unknown member is named',
    onAccount(async (fixture) => {
      const { admin } = fixture;
      for (const thing of await things(fixture)) {
        const before = await readOf(fixture, thing);
        const lines = (await linesOf(fixture)).length;
        const same = Object.fromEntries(Object.keys(thing.one).map((member) => [member, before[member] ?? null]));
        for (const change of [undefined, {}, same]) {
          const { status, json, text } = await admin('PATCH', thing.path, change);
          assert.equal(status, 200, `${thing.path} ${text}`);
          for (const member of Object.keys(thing.one)) assert.deepEqual(json[member], before[member], thing.path);
        }
        assert.deepEqual(await readOf(fixture, thing), before, thing.path);
        assert.equal((await linesOf(fixture)).length, lines, `${thing.path}: ${(await linesOf(fixture)).at(-1)}`);
        const unknown = await admin('PATCH', thing.path, { ...thing.one, colour: 'red' });
        assert.deepEqual([unknown.status, unknown.json.code], [400, 'BAD_REQUEST'], thing.path);
        assert.match(unknown.json.detail, /"colour"/);
        assert.deepEqual(await readOf(fixture, thing), before, `${thing.path}: nothing of it`);
      }
    }),
  );

  test(
    'what a change leaves is judged as it is stored: a contact can be reached, and what is of the account goes with all pools',
    onAccount(async (fixture) => {
      const { admin } = fixture;
      const { id } = (await admin('POST', 'contacts', { name: 'a', email: 'a@b', phone: '1' })).json;
      assert.equal((await admin('PATCH', `contacts/${id}`, { email: '' })).status, 200);
      const silent = await admin('PATCH', `contacts/${id}`, { phone: '' });
      assert.deepEqual([silent.status, silent.json.code], [400, 'FIELD_UNFIT'], 'the address is gone already');
      for (const kind of ['groups', 'tokens']) {
        const given = (await admin('POST', kind, { ...GIVEN, pools: 'all' })).json;
        assert.equal((await admin('PATCH', `${kind}/${given.id}`, { pools: ['Default'] })).status, 200);
        const wide = await admin('PATCH', `${kind}/${given.id}`, { permissions: ['account.edit'] });
        assert.match(wide.json.detail, /account.edit is given with all pools only/);
      }
      for (const [path, change, code] of [
        ['about', { company: null }, 'BAD_REQUEST'],
        ['password-policy', { lengthMin: null }, 'BAD_REQUEST'],
        ['about', { ewonFields: { 4: 'x' } }, 'BAD_REQUEST'],
        ['about', { ewonFields: ['x'] }, 'FIELD_UNFIT'],
      ] as const)
        assert.equal((await admin('PATCH', path, change)).json.code, code, JSON.stringify(change));
    }),
  );

  test(
    'a group that lost its last pool is given another name without one',
    onAccount(async (fixture) => {
      const { admin } = fixture;
      await admin('POST', 'pools', { name: 'North' });
      const { id } = (await admin('POST', 'groups', { ...GIVEN, pools: ['North'] })).json;
      assert.equal((await admin('DELETE', 'pools/North')).status, 200);
      const renamed = await admin('PATCH', `groups/${id}`, { name: 'b' });
      assert.deepEqual([renamed.json.name, renamed.json.pools], ['b', []]);
    }),
  );

  test(
    'nothing takes a whole: a route that did would overwrite what others have changed',
    onAccount(async ({ account }) => {
      assert.deepEqual(
        account.adminApp.routeNeeds.filter(({ method }) => method === 'PUT'),
        [],
      );
    }),
  );
});

/** What is issued anew with each policy. */
const TOLD_ANEW = ['version', 'issuedAt'];
