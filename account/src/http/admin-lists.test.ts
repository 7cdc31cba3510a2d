import { DAY_MS } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import type { AccountFixture } from '../testing/account-fixture.ts';
import { linked, onAccount, pending } from '../testing/stories.ts';

const lines = async (fixture: AccountFixture, query: string) => (await fixture.admin('GET', `log/lines?${query}`)).json;
const events = (page: { lines: readonly { event: string }[] }) => page.lines.map(({ event }) => event);

suite('admin API: the log page by page', (test) => {
  test(
    'the newest first, page by page, filtered, sorted by a column',
    onAccount(async (fixture) => {
      const { deviceId } = await linked(fixture, fixture.device(), { name: 'Pump' });
      const ofPump = await lines(fixture, `ewon=${deviceId}`);
      await fixture.admin('DELETE', `ewons/${deviceId}`);
      const called = events(await lines(fixture, 'called=Pump'));
      assert.deepEqual(called.slice(0, 1), ['Ewon [Pump] was removed from the account.']);
      assert.equal((await lines(fixture, 'called=pump')).lines.length, 0, 'exactly');
      assert.ok(ofPump.lines.length > 0);
      for (const name of ['A', 'B', 'C']) await fixture.admin('POST', 'pools', { name });
      const first = await lines(fixture, 'limit=2');
      assert.deepEqual(events(first), ['Pool [C] was added.', 'Pool [B] was added.']);
      const second = await lines(fixture, `limit=2&after=${first.next}`);
      assert.equal(second.lines[0].event, 'Pool [A] was added.');
      assert.deepEqual(events(await lines(fixture, 'text=pool%20%5Bb')), ['Pool [B] was added.']);
      assert.ok((await lines(fixture, `ewon=${deviceId}`)).lines.every((line: { name: string }) => line.name !== 'A'));
      const { lines: ofUser } = await lines(fixture, 'user=administrator');
      assert.ok(ofUser.length > 3 && ofUser.every((line: { name: string }) => line.name === 'administrator'));
      assert.equal((await lines(fixture, 'from=2026-03-01T12:00:01Z')).lines.length, 0);
      assert.equal((await lines(fixture, 'to=2026-03-01T12:00:00Z')).lines.length, 0);
      const sorted = events(await lines(fixture, 'sort=event&order=down&limit=3'));
      assert.deepEqual(sorted, sorted.toSorted().toReversed());
      for (const query of ['sort=x', 'after=x', 'ewon=x', `sort=event&after=${first.next}`])
        assert.equal((await lines(fixture, query)).code, 'BAD_REQUEST', query);
    }),
  );

  test(
    'exports have every line that is asked for, oldest first, raw in the documented order',
    onAccount(async (fixture) => {
      await linked(fixture, fixture.device(), { name: 'Pump' });
      const raw = (await fixture.admin('GET', 'log/export?format=text')).text.trimEnd().split('\r\n');
      assert.match(raw.at(-1) ?? '', /; administrator; User; The log was exported as text\.$/);
      assert.match(raw[0] ?? '', /^2026-03-01; 12:00:00; [^;]+; (Ewon|User); [^;]+$/);
      const all = (await fixture.admin('GET', 'log?limit=999')).json.length;
      assert.equal(raw.length, all);
      const csv = await fixture.admin('GET', 'log/export?kind=user&bom=1');
      assert.ok(csv.text.startsWith('\ufeffat,name,subject,severity,code,event,deviceId,kind\r\n'));
      assert.match(csv.text, /was exported as text\.","","user"\r\n/);
      assert.ok(!csv.text.includes('"Ewon"'));
      assert.match(String(csv.headers['content-disposition']), /account-log\.csv/);
      const old = (await fixture.admin('GET', 'log?form=raw&limit=999999')).text;
      assert.equal(old.trimEnd().split('\r\n').length, all + 2, 'each export is a line of its own');
      await fixture.admin('GET', 'log/export?text=pump&called=Pump&from=2026-01-01T00:00:00Z');
      assert.equal(
        (await lines(fixture, 'limit=1')).lines[0].event,
        'A part of the log was exported as csv: Ewon "Pump"; from "2026-01-01T00:00:00.000Z"; by words.',
      );
    }),
  );

  test(
    'how long lines are kept is set, and kept to at the next round',
    onAccount(async (fixture) => {
      assert.deepEqual((await fixture.admin('GET', 'log/retention')).json, {
        ...{ lines: 100_000, days: null, auditDays: 400 },
      });
      assert.equal((await fixture.admin('PATCH', 'log/retention', { lines: 5 })).json.code, 'FIELD_UNFIT');
      const young = await fixture.admin('PATCH', 'log/retention', { lines: 2000, auditDays: 0 });
      assert.equal(young.json.code, 'FIELD_UNFIT');
      const set = await fixture.admin('PATCH', 'log/retention', { lines: 2000, days: 30 });
      assert.deepEqual(set.json, { lines: 2000, days: 30, auditDays: 400 });
      assert.deepEqual((await fixture.admin('GET', 'log/retention')).json, set.json);
      assert.equal(
        (await lines(fixture, 'limit=1')).lines[0].event,
        'How long lines of the log are kept was changed: lines 100000 → 2000; days none → 30.',
      );
      await fixture.admin('PATCH', 'log/retention', { lines: 2000, days: 30, auditDays: 90 });
      const again = await fixture.admin('PATCH', 'log/retention', { lines: 2000, days: 30 });
      assert.equal(again.json.auditDays, 90, 'what is not said stays');
      assert.match((await lines(fixture, 'limit=1')).lines[0].event, /: days of users and decisions 400 → 90\.$/);
    }),
  );
});

suite('admin API: several keys', (test) => {
  test(
    'a key with a pool, a limit and an end: what it is worth, what it lets in, and what revoking it ends',
    onAccount(async (fixture) => {
      await fixture.admin('POST', 'pools', { name: 'North' });
      const made = await fixture.admin('POST', 'grks', { pool: 'North', usesMax: 2, note: 'Site 7' });
      const { id } = made.json;
      assert.deepEqual([made.json.pool, made.json.usesMax, made.json.uses], ['North', 2, 0]);
      const { key } = (await fixture.admin('GET', `grks/${id}/key`)).json;
      const ask = async (serial: string) => {
        const device = fixture.device(serial);
        return device.register(await device.request(key));
      };
      assert.equal((await ask('1600-0001-21')).status, 202);
      assert.equal((await ask('1600-0002-21')).status, 202);
      const third = await ask('1600-0003-21');
      assert.deepEqual([third.status, third.json.code], [429, 'GRK_USED_UP']);

      await fixture.admin('GET', `grks/${id}/export?form=txt`);
      const [first] = (await fixture.admin('GET', 'registrations?state=pending')).json;
      const approved = await fixture.admin('POST', `registrations/${first.id}/approve`, {});
      assert.equal(approved.json.pool, 'North');
      assert.deepEqual((await fixture.admin('GET', `grks/${id}/worth`)).json, {
        ...{ grkId: id, waiting: 1, cards: 1, ewons: 1, renewed: { usesMax: 2, expiresAt: null } },
      });
      await fixture.admin('PATCH', `grks/${id}`, { usesMax: 3 });
      assert.equal((await ask('1600-0003-21')).status, 202);

      const renewed = await fixture.admin('POST', 'grks/renew', { grkId: id });
      assert.deepEqual([renewed.json.voided, renewed.json.usesMax, renewed.json.note], [2, 3, 'Site 7']);
      const revoked = await fixture.admin('DELETE', `grks/${renewed.json.id}`);
      assert.deepEqual(revoked.json, { voided: 0 });
      assert.equal((await fixture.admin('DELETE', `grks/${renewed.json.id}`)).json.code, 'CONFLICT');
      assert.equal((await fixture.admin('GET', 'grks/00000000/worth')).status, 404);
    }),
  );

  test(
    'what may not be set is refused; a key with a pool of its own keeps it when the account changes its own',
    onAccount(async (fixture) => {
      for (const name of ['North', 'South']) await fixture.admin('POST', 'pools', { name });
      const code = async (body: object) => (await fixture.admin('POST', 'grks', body)).json.code;
      assert.equal(await code({ pool: 'West' }), 'NOT_FOUND');
      assert.equal(await code({ expiresAt: '2020-01-01T00:00:00Z' }), 'FIELD_UNFIT');
      assert.equal(await code({ usesMax: 0 }), 'FIELD_UNFIT');
      await fixture.admin('POST', 'grks', { pool: 'North' });
      await fixture.admin('PATCH', 'auto-registration', { enabled: true, pool: 'South' });
      const pools = (await fixture.admin('GET', 'grks')).json.map((key: { pool: string }) => key.pool);
      assert.deepEqual(pools.toSorted(), ['North', 'South']);
    }),
  );

  test(
    'renewing: an end to come stays, one that is over is as far away again; what is told before is what is made',
    onAccount(async (fixture) => {
      const end = (days: number) => new Date(fixture.clock.now() + days * DAY_MS).toISOString();
      const renew = async (id: string) => {
        const { renewed } = (await fixture.admin('GET', `grks/${id}/worth`)).json;
        const { json } = await fixture.admin('POST', 'grks/renew', { grkId: id });
        assert.deepEqual(renewed, { expiresAt: json.expiresAt, usesMax: json.usesMax });
        return json;
      };
      const ends = end(10);
      const { id } = (await fixture.admin('POST', 'grks', { expiresAt: ends, usesMax: 3 })).json;
      const early = await renew(id);
      assert.equal(early.expiresAt, ends);
      await fixture.clock.advance(12 * DAY_MS);
      assert.equal((await renew(early.id)).expiresAt, end(10));
    }),
  );

  test(
    'an approval beyond the limit is refused',
    onAccount(async (fixture) => {
      const [{ id }] = (await fixture.admin('GET', 'grks')).json;
      await pending(fixture, fixture.device('1600-0001-21'));
      await pending(fixture, fixture.device('1600-0002-21'));
      await fixture.admin('PATCH', `grks/${id}`, { usesMax: 1 });
      const codes = [];
      for (const { id: one } of (await fixture.admin('GET', 'registrations?state=pending')).json)
        codes.push((await fixture.admin('POST', `registrations/${one}/approve`, {})).json.code);
      assert.deepEqual(codes, [undefined, 'GRK_USED_UP']);
    }),
  );
});
