import { X509Certificate } from 'node:crypto';
import { toBase64url } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import nacl from 'tweetnacl';
import { LOCKED_OUT_MS } from '../core/lock-out.ts';
import type { AccountFixture } from '../testing/account-fixture.ts';
import { linked, onAccount, pending } from '../testing/stories.ts';

const PASSWORD = 'tr0ub4dor & 3';
const newId = () => toBase64url(nacl.randomBytes(16));

/** An account with a user who may decide about Ewons. @returns its name */
async function withUser({ admin }: AccountFixture, groupIds: readonly string[] = ['administrators']): Promise<string> {
  const made = await admin('POST', 'users', { login: 'Ann', password: PASSWORD, groupIds });
  assert.equal(made.status, 200, made.text);
  return (await admin('GET', 'account')).json.name;
}
const logOf = async ({ admin }: AccountFixture) =>
  (await admin('GET', 'log')).json.map(({ event }: { event: string }) => event);

suite('registration by wizard', { timeoutMs: 120_000 }, (test) => {
  test(
    'a user adds an Ewon at once: grant, Location, the selected pool, a line in the log; auto-registration does not matter',
    onAccount(async (fixture) => {
      const account = await withUser(fixture);
      await fixture.admin('POST', 'pools', { name: 'north' });
      await fixture.admin('PATCH', 'auto-registration', { enabled: false, pool: 'north' });
      const device = fixture.device();
      const joined = await device.wizard({ account, password: PASSWORD });
      assert.equal(joined.status, 200, JSON.stringify(joined.json));
      const { deviceId, name, pool, status, certificate } = joined.json;
      assert.deepEqual([name, pool, status], ['press-4', 'north', 'approved']);
      assert.equal(new X509Certificate(String(certificate)).subject, `CN=${deviceId}`);
      assert.deepEqual(fixture.broker.told, [`admit ${deviceId}`]);
      const polled = await device.poll(joined.headers['location'] ?? '');
      assert.deepEqual([polled.status, polled.json['deviceId']], [200, deviceId]);
      assert.equal((await logOf(fixture)).at(-1), 'Ewon 1524-0071-21 was added as [press-4] by wizard of Ann.');
      assert.equal((await fixture.admin('GET', 'log/lines?called=press-4')).json.lines.length, 1);
      assert.deepEqual((await fixture.admin('GET', 'registrations?state=pending')).json, []);
    }),
  );

  test(
    'the answer was lost: the same id of the same key gives the same grant, without a password; of another key it is refused',
    onAccount(async (fixture) => {
      const account = await withUser(fixture);
      const [device, other, requestId] = [fixture.device(), fixture.device('1524-0072-21'), newId()];
      const unknown = await device.wizard({ account, requestId });
      assert.deepEqual([unknown.status, unknown.json['code']], [404, 'NOT_FOUND']);
      const first = await device.wizard({ account, requestId, password: PASSWORD });
      for (const password of [undefined, PASSWORD, 'wrong by now']) {
        const again = await device.wizard({ account, requestId, ...(password !== undefined && { password }) });
        assert.deepEqual(
          [again.status, again.json, again.headers['location']],
          [200, first.json, first.headers['location']],
        );
      }
      const stolen = await other.wizard({ account, requestId });
      assert.deepEqual([stolen.status, stolen.json['code']], [409, 'REQUEST_REUSED']);
      assert.equal((await fixture.admin('GET', 'ewons')).json.length, 1);
      await fixture.admin('DELETE', `ewons/${first.json['deviceId']}`);
      assert.equal((await device.wizard({ account, requestId })).json['code'], 'UNLINKED');
    }),
  );

  test(
    'a name in use is refused and leaves nothing; the Ewon that had it takes it again, and what waited of it is void',
    onAccount(async (fixture) => {
      const account = await withUser(fixture);
      await linked(fixture, fixture.device('1524-0072-21'), { name: 'press-4' });
      const device = fixture.device();
      await pending(fixture, device);
      const taken = await device.wizard({ account, password: PASSWORD });
      assert.deepEqual([taken.status, taken.json['code']], [409, 'NAME_TAKEN']);
      assert.equal((await fixture.admin('GET', 'registrations?state=pending')).json.length, 1);
      assert.match((await logOf(fixture)).at(-1), /by wizard of Ann was refused: NAME_TAKEN/);
      const first = await device.wizard({ account, password: PASSWORD, name: 'press-5' });
      assert.equal(first.status, 200, JSON.stringify(first.json));
      assert.deepEqual((await fixture.admin('GET', 'registrations?state=pending')).json, []);
      const again = await device.wizard({ account, password: PASSWORD, name: 'press-5' });
      assert.deepEqual([again.status, again.json['status'], again.json['name']], [200, 'replaced', 'press-5']);
      assert.notEqual(again.json['deviceId'], first.json['deviceId']);
    }),
  );

  test(
    'a wrong password, user or account is one refusal; ten lock the user out for 15 minutes; no password is anywhere',
    onAccount(async (fixture) => {
      const account = await withUser(fixture);
      const device = fixture.device();
      for (const wrong of [{ account: 'Other' }, { user: 'nobody' }, { password: 'S3cret typed wrong' }]) {
        const refused = await device.wizard({ account, password: PASSWORD, ...wrong });
        assert.deepEqual([refused.status, refused.json['code']], [401, 'SIGN_IN_FAILED'], JSON.stringify(wrong));
      }
      for (let n = 0; n < 9; n++) await device.wizard({ account, password: 'S3cret typed wrong' });
      const locked = await device.wizard({ account, password: PASSWORD });
      assert.deepEqual([locked.status, locked.json['code']], [429, 'LOCKED_OUT']);
      await fixture.clock.advance(LOCKED_OUT_MS);
      assert.equal(
        (await device.wizard({ account: ` ${account.toUpperCase()}`, password: PASSWORD, user: 'ANN' })).status,
        200,
      );
      const said = fixture.lines.join('\n') + (await fixture.admin('GET', 'log')).text;
      for (const secret of [PASSWORD, 'S3cret typed wrong']) assert.ok(!said.includes(secret), 'no password in a log');
    }),
  );

  test(
    'who may not decide about Ewons of the pool adds none; a bad CSR, a bad name and a nonce used twice are refused',
    onAccount(async (fixture) => {
      const account = await withUser(fixture, []);
      const device = fixture.device();
      const refused = await device.wizard({ account, password: PASSWORD });
      assert.deepEqual([refused.status, refused.json['code']], [403, 'NOT_PERMITTED']);
      for (const bad of [{ name: '' }, { name: ' a' }, { name: 'a\u202e' }, { csr: 'x' }, { user: 'x'.repeat(100) }])
        assert.equal(
          (await device.wizard({ account, password: PASSWORD, ...bad })).json['code'],
          'BAD_REQUEST',
          JSON.stringify(bad),
        );
      assert.deepEqual((await fixture.admin('GET', 'ewons')).json, []);
      assert.ok(
        fixture.broker.told.every(
          (line) => !line.startsWith('admit') || fixture.broker.told.includes(line.replace('admit', 'revoke')),
        ),
      );
    }),
  );

  test(
    'who has still to set up two-factor adds none, as long as the policy asks for codes',
    onAccount(async (fixture) => {
      const policy = { enabled: true, forNewUsers: true, rememberPcs: true, rememberDays: 30 };
      await fixture.admin('PATCH', 'two-factor-policy', policy);
      const account = await withUser(fixture);
      const device = fixture.device();
      const held = await device.wizard({ account, password: PASSWORD });
      assert.equal(held.json['code'], 'TWO_FACTOR_SETUP_NEEDED');
      await fixture.admin('PATCH', 'two-factor-policy', { ...policy, enabled: false });
      assert.equal((await device.wizard({ account, password: PASSWORD })).status, 200);
    }),
  );

  test(
    'a network that tries too many is told to wait',
    onAccount(
      async (fixture) => {
        const account = await withUser(fixture);
        const device = fixture.device();
        for (let n = 0; n < 2; n++) assert.equal((await device.wizard({ account, password: 'x' })).status, 401);
        const limited = await device.wizard({ account, password: PASSWORD });
        assert.deepEqual([limited.status, limited.json['code']], [429, 'RATE_LIMITED']);
        assert.ok(Number(limited.headers['retry-after']) >= 1);
        assert.equal(
          (await device.wizard({ account })).json['code'],
          'NOT_FOUND',
          'asking what became of it tries nothing',
        );
      },
      { limits: { signIns: { perSecond: 1, burst: 2 } } },
    ),
  );
});
