import { timestampOf } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { LOCKED_OUT_MS } from '../core/lock-out.ts';
import { HOLDER } from '../core/users.ts';
import { openAccountFixture, START_MS } from '../testing/account-fixture.ts';

suite('users over the admin API', { timeoutMs: 120_000 }, (test) => {
  test('are added, listed, given another password and removed; never with what they prove themselves with', async () => {
    const { admin, close } = await openAccountFixture();
    assert.deepEqual((await admin('GET', 'users')).json, []);
    const made = await admin('POST', 'users', { login: 'Ann', password: 'secret 12', fullName: 'Ann B' });
    assert.equal(made.status, 200, made.text);
    const { id, ...ann } = made.json;
    assert.deepEqual([ann.login, ann.fullName, ann.twoFactor, ann.groupIds], ['Ann', 'Ann B', 'off', []]);
    const again = await admin('POST', 'users', { login: 'ANN', password: 'secret 12' });
    assert.deepEqual([again.status, again.json.code], [409, 'LOGIN_TAKEN']);
    const weak = await admin('POST', 'users', { login: 'Bob', password: 'secret' });
    assert.deepEqual([weak.status, weak.json.code], [400, 'PASSWORD_UNFIT']);
    for (const login of ['', 'a b', 'x'.repeat(61)])
      assert.equal((await admin('POST', 'users', { login, password: 'secret 12' })).json.code, 'FIELD_UNFIT', login);
    for (const login of ['administrator', 'ADMINISTRATOR', 't2m-api-token']) {
      const reserved = await admin('POST', 'users', { login, password: 'secret 12' });
      assert.deepEqual([reserved.status, reserved.json.code], [409, 'LOGIN_RESERVED'], login);
    }
    const nowhere = await admin('POST', 'users', {
      login: 'Bob',
      password: 'secret 12',
      groupIds: [`g_${'x'.repeat(22)}`],
    });
    assert.equal(nowhere.json.code, 'NOT_FOUND');
    assert.equal((await admin('POST', `users/${id}/password`, { password: 'other 123' })).status, 200);
    const listed = await admin('GET', 'users');
    assert.equal(listed.json.length, 1);
    for (const secret of ['scrypt', 'salt', 'other 123']) assert.ok(!listed.text.includes(secret), secret);
    assert.equal((await admin('DELETE', `users/${id}`)).json.login, 'Ann');
    assert.equal((await admin('DELETE', `users/${id}`)).json.code, 'NOT_FOUND');
    const log = (await admin('GET', 'log')).json.map(
      (line: { name: string; event: string }) => `${line.name}: ${line.event}`,
    );
    assert.deepEqual(log.slice(-3), [
      `${HOLDER.name}: User [Ann] was added: full name "Ann B"; two-factor "off"; password set.`,
      `${HOLDER.name}: The password of user [Ann] was changed.`,
      `${HOLDER.name}: User [Ann] was removed: full name "Ann B".`,
    ]);
    await close();
  });

  test('a group that names no pool would give nothing, and is refused', async () => {
    const { admin, close } = await openAccountFixture();
    const refused = await admin('POST', 'groups', { name: 'g', permissions: ['ewons.read'], pools: [] });
    assert.deepEqual([refused.json.code, refused.json.detail], ['BAD_REQUEST', 'pools: name one at least, or all']);
    await close();
  });

  test('ten failures lock a user out for 15 minutes, also one that there is not; an administrator ends it', async () => {
    const fixture = await openAccountFixture();
    const { admin, clock, close } = fixture;
    const { id } = (await admin('POST', 'users', { login: 'ann', password: 'secret 12' })).json;
    const tryAs = async (login: string, password: string, network: string) => {
      const answer = await fixture.account.checkPassword({ login, password, network });
      return answer.ok ? 'ok' : answer.fault.code;
    };
    for (const login of ['ann', 'nobody']) {
      const failures = await Promise.all(Array.from({ length: 14 }, (_, n) => tryAs(login, 'x', `${login} ${n}`)));
      assert.equal(failures.filter((code) => code === 'SIGN_IN_FAILED').length, 10, 'ten at once are no more than ten');
      assert.equal(failures.filter((code) => code === 'LOCKED_OUT').length, 4);
    }
    assert.equal(await tryAs('ANN', 'secret 12', 'another'), 'LOCKED_OUT');
    assert.ok((await admin('GET', 'users')).json[0].lockedUntil);
    assert.equal((await admin('POST', `users/${id}/unlock`)).json.lockedUntil, null);
    assert.equal(await tryAs('Ann', 'secret 12', 'another'), 'ok');
    await clock.advance(LOCKED_OUT_MS);
    assert.equal(await tryAs('nobody', 'x', 'another'), 'SIGN_IN_FAILED');
    await close();
  });

  test('ten failures of a network lock it out, whomever it tries; a password of its own does not help it', async () => {
    const { admin, account, close } = await openAccountFixture();
    await admin('POST', 'users', { login: 'ann', password: 'secret 12' });
    const tryAs = async (login: string, password: string) => {
      const answer = await account.checkPassword({ login, password, network: '192.0.2.0/24' });
      return answer.ok ? 'ok' : answer.fault.code;
    };
    for (let n = 0; n < 10; n++) {
      assert.equal(await tryAs('ann', 'secret 12'), 'ok');
      assert.equal(await tryAs(`victim${n}`, 'x'), 'SIGN_IN_FAILED');
    }
    for (let n = 0; n < 30; n++) assert.equal(await tryAs('ann', 'secret 12'), 'LOCKED_OUT');
    const lines = (await admin('GET', 'log')).json.filter(({ event }: { event: string }) => /network/.test(event));
    assert.equal(lines[0].event, 'After 10 failed sign-ins network 192.0.2.0/24 is locked out.');
    assert.ok(lines.length <= 20, `${lines.length} lines: a guesser does not fill the log`);
    const locked = (await admin('GET', 'networks/locked')).json;
    assert.deepEqual(locked, [{ network: '192.0.2.0/24', lockedUntil: timestampOf(START_MS + LOCKED_OUT_MS) }]);
    for (const bad of ['nowhere', '1.2.3', '192.0.2.0/25'])
      assert.equal((await admin('POST', 'networks/unlock', { network: bad })).json.code, 'FIELD_UNFIT');
    assert.equal((await admin('POST', 'networks/unlock', { network: '198.51.100.1' })).json.code, 'NOT_FOUND');
    assert.equal((await admin('POST', 'networks/unlock', { network: '192.0.2.0/24' })).status, 200);
    assert.deepEqual((await admin('GET', 'networks/locked')).json, []);
    assert.equal(await tryAs('ann', 'secret 12'), 'ok');
    await close();
  });

  test('a proxy on the machine says from which network somebody comes; from elsewhere nobody is believed about that', async () => {
    const { account, close } = await openAccountFixture();
    let tried = 0;
    const tryFrom = async (remoteAddress: string, said?: string) => {
      const answer = await account.adminApp.inject({
        ...{ method: 'POST', url: '/api/v1/session', remoteAddress },
        ...(said !== undefined && { headers: { 'x-forwarded-for': said } }),
        payload: { login: `user${tried++}`, password: 'x' },
      });
      return String(answer.json().code);
    };
    for (let n = 0; n < 10; n++) await tryFrom('127.0.0.1', '192.0.2.1');
    assert.equal(await tryFrom('127.0.0.1', '10.0.0.1, 192.0.2.1'), 'LOCKED_OUT', 'what a caller made up comes first');
    assert.equal(await tryFrom('127.0.0.1', '198.51.100.1'), 'SIGN_IN_FAILED');
    assert.equal(await tryFrom('127.0.0.1'), 'SIGN_IN_FAILED');
    assert.equal(await tryFrom('192.0.2.9', '198.51.100.1'), 'LOCKED_OUT');
    await close();
  });
});
