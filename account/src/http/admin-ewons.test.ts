import { DAY_MS } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import type { AccountFixture } from '../testing/account-fixture.ts';
import { linked, onAccount, pending } from '../testing/stories.ts';

/** Asks with a list as its body. */
async function sendCsv(fixture: AccountFixture, path: string, payload: string | Buffer) {
  const headers = { authorization: `Bearer ${fixture.account.adminToken}`, 'content-type': 'text/csv' };
  const answer = await fixture.account.adminApp.inject({ method: 'POST', url: `/api/v1/${path}`, headers, payload });
  return { status: answer.statusCode, json: answer.json() };
}

const events = async (fixture: AccountFixture): Promise<readonly string[]> =>
  (await fixture.admin('GET', 'log')).json.map((line: { event: string }) => line.event);
const names = (answer: { json: { rows: readonly { name: string }[] } }) => answer.json.rows.map(({ name }) => name);
const outcomes = ({ text }: { text: string }) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
const serial = (n: number) => `1600-000${n}-21`;

async function three(fixture: AccountFixture) {
  await fixture.admin('POST', 'pools', { name: 'North' });
  const made = [];
  for (const [i, name] of ['Pump 10', 'Pump 9', 'Fan'].entries())
    made.push(await linked(fixture, fixture.device(serial(i + 1)), { name, ...(i === 2 && { pool: 'North' }) }));
  return made.map(({ deviceId }) => deviceId) as [string, string, string];
}

suite('admin API: the list of Ewons', { timeoutMs: 60_000 }, (test) => {
  test(
    'whole without a question; with one a page, its total, and the place of the next',
    onAccount(async (fixture) => {
      await three(fixture);
      assert.equal((await fixture.admin('GET', 'ewons')).json.length, 3);
      const first = await fixture.admin('GET', 'ewons?sort=name&order=up&limit=2');
      assert.deepEqual([names(first), first.json.total], [['Fan', 'Pump 9'], 3]);
      const rest = await fixture.admin('GET', `ewons?sort=name&order=up&limit=2&after=${first.json.next}`);
      assert.deepEqual([names(rest), rest.json.next], [['Pump 10'], null]);
      assert.deepEqual(names(await fixture.admin('GET', 'ewons?search=PUMP%2010')), ['Pump 10']);
      assert.deepEqual(names(await fixture.admin('GET', 'ewons?name=pump%209')), ['Pump 9']);
      assert.deepEqual(names(await fixture.admin('GET', 'ewons?name=pump')), [], 'the whole name');
      assert.deepEqual(names(await fixture.admin('GET', 'ewons?pool=North&status=offline')), ['Fan']);
      const { total, by, fields } = (await fixture.admin('GET', 'ewons/counts')).json;
      assert.deepEqual([total, by.pool, fields], [3, { Default: 2, North: 1 }, ['', '', '']]);
      assert.deepEqual((await fixture.admin('GET', 'ewons/places')).json, []);
    }),
  );

  test(
    'a question that is none is refused: columns, places of another order, places that are none',
    onAccount(async (fixture) => {
      await three(fixture);
      const { next } = (await fixture.admin('GET', 'ewons?sort=name&limit=1')).json;
      const bad = ['sort=x', 'status=x', 'x=1', `sort=pool&after=${next}`, 'after=W10', 'after=%00'];
      for (const query of bad) {
        const { status, json } = await fixture.admin('GET', `ewons?${query}`);
        assert.deepEqual([status, json.code], [400, 'BAD_REQUEST'], query);
      }
    }),
  );

  test(
    'properties are changed, with what became of what in the log; the same again says nothing',
    onAccount(async (fixture) => {
      const [ten] = await three(fixture);
      const change = { name: 'Pump 11', pool: 'North', customFields: ['', 'B', ''] };
      const done = await fixture.admin('PATCH', `ewons/${ten}`, change);
      assert.deepEqual([done.json.name, done.json.pool, done.json.customFields], ['Pump 11', 'North', ['', 'B', '']]);
      const line = 'Ewon [Pump 10] was changed: name "Pump 10" → "Pump 11"; pool "Default" → "North"; ';
      const after = await events(fixture);
      assert.equal(after.at(-1), `${line}custom field 2 "" → "B".`);
      await fixture.admin('PATCH', `ewons/${ten}`, change);
      assert.equal((await events(fixture)).length, after.length);
      const refused = async (id: string, body: object) => (await fixture.admin('PATCH', `ewons/${id}`, body)).json.code;
      assert.equal(await refused(ten, { name: 'Fan' }), 'NAME_TAKEN');
      assert.equal(await refused(ten, { pool: 'South' }), 'NOT_FOUND');
      assert.equal(await refused(ten, { name: ' x' }), 'FIELD_UNFIT');
      assert.equal(await refused('d_none', { name: 'x' }), 'NOT_FOUND');
    }),
  );

  test(
    'a custom field is filtered by alone, also for an order on all that are found',
    onAccount(async (fixture) => {
      const [ten, nine] = await three(fixture);
      await fixture.admin('PATCH', `ewons/${ten}`, { customFields: ['Müller AG', '', ''] });
      await fixture.admin('PATCH', `ewons/${nine}`, { customFields: ['', 'Müller AG', ''] });
      assert.deepEqual(names(await fixture.admin('GET', `ewons?custom1=${encodeURIComponent('MÜLLER')}`)), ['Pump 10']);
      assert.deepEqual(names(await fixture.admin('GET', `ewons?custom2=ag&agent=0.1.0`)), ['Pump 9']);
      assert.deepEqual(names(await fixture.admin('GET', 'ewons?agent=0.1')), [], 'the whole version');
      const moved = await fixture.admin('POST', 'ewons/bulk', {
        ...{ do: 'move', pool: 'North', where: { custom1: 'müller' } },
      });
      assert.deepEqual(
        outcomes(moved).map((line) => line.name),
        ['Pump 10'],
      );
    }),
  );

  test(
    'the next page is there also after a name that is all numbers',
    onAccount(async (fixture) => {
      const [ten] = await three(fixture);
      await fixture.admin('PATCH', `ewons/${ten}`, { name: '1a'.repeat(50) });
      const first = await fixture.admin('GET', 'ewons?sort=name&limit=1');
      assert.deepEqual(names(first), ['1a'.repeat(50)]);
      assert.deepEqual(names(await fixture.admin('GET', `ewons?sort=name&limit=1&after=${first.json.next}`)), ['Fan']);
    }),
  );

  test(
    'many at once: each with its outcome, by their ids or by a filter',
    onAccount(async (fixture) => {
      const [ten, nine, fan] = await three(fixture);
      const gone = `d_${'a'.repeat(26)}`;
      const moved = outcomes(
        await fixture.admin('POST', 'ewons/bulk', { do: 'move', pool: 'North', ewons: [ten, gone, nine] }),
      );
      assert.deepEqual(
        moved.map((line) => [line.id, line.done, line.of, line.ok, line.problem?.code]),
        [
          [ten, 1, 3, true, undefined],
          [gone, 2, 3, false, 'NOT_FOUND'],
          [nine, 3, 3, true, undefined],
        ],
      );
      assert.equal((await fixture.admin('GET', 'ewons?pool=North')).json.total, 3);
      const [renewed] = outcomes(await fixture.admin('POST', 'ewons/bulk', { do: 'renew', ewons: [fan] }));
      assert.equal(renewed.problem.code, 'CONFLICT');
      const forgotten = outcomes(
        await fixture.admin('POST', 'ewons/bulk-forget', { do: 'forget', where: { search: 'pump' } }),
      );
      assert.deepEqual(
        forgotten.map((line) => line.name),
        ['Fan', 'Pump 9', 'Pump 10'],
        'the note of each card is searched as well',
      );
      assert.equal((await fixture.admin('GET', 'ewons')).json.length, 0);
      const wrong = { do: 'forget', ewons: [fan] };
      assert.equal(
        (await fixture.admin('POST', 'ewons/bulk', wrong)).json.code,
        'BAD_REQUEST',
        'is another permission',
      );
      const bad = [{ do: 'move', ewons: [fan] }, { do: 'forget', pool: 'North', ewons: [fan] }, { do: 'forget' }];
      for (const body of [...bad, { do: 'forget', where: { x: 1 } }, { do: 'forget', ewons: [] }])
        assert.equal((await fixture.admin('POST', 'ewons/bulk', body)).json.code, 'BAD_REQUEST', JSON.stringify(body));
    }),
  );

  test(
    'an order for all that are found is refused as a whole when others came or went since somebody counted them',
    onAccount(async (fixture) => {
      await three(fixture);
      const where = { pool: 'Default' };
      const total = async () => (await fixture.admin('GET', 'ewons?pool=Default')).json.total;
      assert.equal(await total(), 2);
      await linked(fixture, fixture.device(serial(4)), { name: 'Newcomer' });
      const orders = { bulk: { do: 'move', pool: 'North' }, 'bulk-forget': { do: 'forget' } } as const;
      for (const [path, order] of Object.entries(orders)) {
        for (const count of [2, 4]) {
          const { status, json } = await fixture.admin('POST', `ewons/${path}`, { ...order, where, count });
          const detail = `3 found, the order is for ${count}`;
          assert.deepEqual([status, json.code, json.detail], [409, 'BULK_COUNT_CHANGED', detail]);
        }
      }
      assert.equal(await total(), 3, 'nothing was done');
      const withIds = { do: 'forget', ewons: [`d_${'a'.repeat(26)}`], count: 1 };
      assert.equal((await fixture.admin('POST', 'ewons/bulk-forget', withIds)).json.code, 'BAD_REQUEST');
      const done = outcomes(await fixture.admin('POST', 'ewons/bulk-forget', { do: 'forget', where, count: 3 }));
      assert.deepEqual([done.length, await total()], [3, 0]);
    }),
  );

  test(
    'many are approved with names by a template, and rejected',
    onAccount(async (fixture) => {
      for (const n of [1, 2, 3, 4]) await pending(fixture, fixture.device(serial(n)));
      const waiting = (await fixture.admin('GET', 'registrations?state=pending')).json;
      const id = (n: number) => waiting.find((r: { serial: string }) => r.serial === serial(n)).id;
      const body = {
        do: 'approve',
        registrations: [id(1), id(2)],
        template: 'Pump {n} ({serial})',
        set: { description: 'd' },
      };
      const done = outcomes(await fixture.admin('POST', 'registrations/bulk', body));
      assert.deepEqual(
        done.map((line) => line.name),
        [`Pump 1 (${serial(1)})`, `Pump 2 (${serial(2)})`],
      );
      const same = { do: 'approve', registrations: [id(3), id(4)], template: 'One' };
      const second = outcomes(await fixture.admin('POST', 'registrations/bulk', same));
      assert.deepEqual([second[0].name, second[1].problem.code], ['One', 'NAME_TAKEN']);
      const rejected = outcomes(
        await fixture.admin('POST', 'registrations/bulk', { do: 'reject', registrations: [id(4), 'none'] }),
      );
      assert.deepEqual([rejected[0].ok, rejected[1].problem.code], [true, 'NOT_FOUND']);
      const bad = { do: 'approve', registrations: [id(1)], set: { name: 'x' } };
      assert.equal((await fixture.admin('POST', 'registrations/bulk', bad)).json.code, 'BAD_REQUEST');
      const unknown = { do: 'approve', registrations: [id(3)], template: 'Pump {N}' };
      for (const path of ['registrations/bulk', 'registrations/bulk?dryRun=1'])
        assert.equal(
          (await fixture.admin('POST', path, unknown)).json.detail,
          'template: {N} stands for nothing; there are {serial}, {note}, {model}, {n}',
        );
    }),
  );

  test(
    'approving is tried: names are told as they would be, taken and impossible ones with the reason, and nothing is done',
    onAccount(async (fixture) => {
      await linked(fixture, fixture.device(serial(1)), { name: 'Pump 1' });
      for (const n of [2, 3, 4]) await pending(fixture, fixture.device(serial(n)));
      const waiting = (await fixture.admin('GET', 'registrations?state=pending')).json;
      const id = (n: number) => waiting.find((r: { serial: string }) => r.serial === serial(n)).id;
      const body = { do: 'approve', registrations: [id(2), id(3), 'none'], template: 'Pump {n}' };
      const lines = outcomes(await fixture.admin('POST', 'registrations/bulk?dryRun=1', body));
      assert.deepEqual(
        lines.map((line) => line.problem?.code ?? line.name),
        ['NAME_TAKEN', 'Pump 2', 'NOT_FOUND'],
      );
      const same = outcomes(await fixture.admin('POST', 'registrations/bulk?dryRun=1', { ...body, template: 'One' }));
      assert.deepEqual([same[0].name, same[1].problem.code], ['One', 'NAME_TAKEN'], 'two of the list with one name');
      const one = (how: object) => fixture.admin('POST', `registrations/${id(4)}/approve?dryRun=1`, how);
      assert.equal((await one({ name: 'Pump 1' })).json.code, 'NAME_TAKEN');
      assert.equal((await one({ pool: 'Nowhere' })).json.code, 'NOT_FOUND');
      const free = { name: 'Pump 4', pool: 'Default', description: '', customFields: ['', '', ''] };
      assert.deepEqual((await one({ name: 'Pump 4' })).json, free);
      assert.equal((await fixture.admin('GET', 'registrations?state=pending')).json.length, 3);
      const bad = { do: 'reject', registrations: [id(4)] };
      assert.equal((await fixture.admin('POST', 'registrations/bulk?dryRun=1', bad)).json.code, 'BAD_REQUEST');
      assert.equal((await fixture.admin('POST', 'registrations/bulk?dryRun=2', body)).json.code, 'BAD_REQUEST');
    }),
  );

  test(
    'a list is tried as it would be done: the uses of its key end, and Ewons of one serial number are counted on',
    onAccount(async (fixture) => {
      const [key] = (await fixture.admin('GET', 'grks')).json;
      for (let n = 0; n < 3; n++) await pending(fixture, fixture.device(serial(1)));
      await fixture.admin('PATCH', `grks/${key.id}`, { usesMax: 2 });
      const waiting = (await fixture.admin('GET', 'registrations?state=pending')).json;
      const body = { do: 'approve', registrations: waiting.map(({ id }: { id: string }) => id) };
      const said = (answer: { text: string }) => outcomes(answer).map((line) => line.problem?.code ?? line.name);
      const tried = said(await fixture.admin('POST', 'registrations/bulk?dryRun=1', body));
      assert.deepEqual(tried, [serial(1), `${serial(1)} (2)`, 'GRK_USED_UP']);
      assert.deepEqual(said(await fixture.admin('POST', 'registrations/bulk', body)), tried);
    }),
  );

  test(
    'a list that was exported, edited and imported: tried first, then all of it, and with one fault nothing',
    onAccount(async (fixture) => {
      const [ten, nine] = await three(fixture);
      await fixture.admin('PATCH', `ewons/${ten}`, { description: '=HYPERLINK("x")' });
      const exported = await fixture.admin('GET', 'ewons/export?bom=1');
      assert.match(String(exported.headers['content-type']), /^text\/csv/);
      assert.ok(exported.text.startsWith('\ufeffdeviceId,serial,name,pool,'));
      assert.ok(exported.text.includes(`"'=HYPERLINK(""x"")"`), exported.text);
      assert.equal(exported.text.split('\r\n').length, 5);
      const again = await sendCsv(fixture, 'ewons/import', exported.text);
      assert.deepEqual([again.json.changed, again.json.unchanged], [0, 3], 'what was exported is what is there');

      const edited = `deviceId;name;pool\r\n${ten};Pump 9;North\r\n${nine};Pump 10;North\r\n`;
      const tried = await sendCsv(fixture, 'ewons/import?dryRun=1', edited);
      assert.deepEqual([tried.status, tried.json.changed], [200, 2]);
      assert.deepEqual(tried.json.first, [
        { line: 2, name: 'Pump 10', changes: ['name "Pump 10" → "Pump 9"', 'pool "Default" → "North"'] },
        { line: 3, name: 'Pump 9', changes: ['name "Pump 9" → "Pump 10"', 'pool "Default" → "North"'] },
      ]);
      assert.equal((await fixture.admin('GET', 'ewons?pool=North')).json.total, 1, 'only tried');
      const faulty = await sendCsv(fixture, 'ewons/import', edited.replace('Pump 10;North', 'Pump 10;South'));
      assert.deepEqual(faulty.json.first, []);
      assert.deepEqual(faulty.json.faults, [{ line: 3, column: 'pool', text: 'there is no pool "South"' }]);
      assert.equal((await fixture.admin('GET', 'ewons?pool=North')).json.total, 1, 'nothing of it');
      assert.equal((await sendCsv(fixture, 'ewons/import', edited)).json.changed, 2);
      assert.deepEqual(names(await fixture.admin('GET', 'ewons?pool=North&sort=serial')), ['Pump 9', 'Pump 10', 'Fan']);
      const log = await events(fixture);
      assert.equal(log.at(-1), 'A list of 2 Ewons was imported, 2 were changed.');
      assert.ok(log.some((event) => event.includes('[Pump 10] was changed: name "Pump 10" → "Pump 9"')));
      assert.equal((await sendCsv(fixture, 'ewons/import', '"never closed')).json.code, 'EWON_LIST_BAD');
      for (const letters of [Buffer.from(edited, 'utf16le'), Buffer.from('PK\x03\x04\x14\0', 'latin1')]) {
        const { status, json } = await sendCsv(fixture, 'ewons/import', letters);
        assert.deepEqual([status, json.code], [400, 'CSV_NOT_UTF8']);
      }
      const latin1 = Buffer.from(`deviceId;name\r\n${ten};Pümpe\r\n`, 'latin1');
      const refused = await sendCsv(fixture, 'ewons/import', latin1);
      assert.equal(refused.json.code, 'CSV_NOT_UTF8');
      assert.match(refused.json.next, /CSV UTF-8/);
      assert.equal((await fixture.admin('POST', 'ewons/import', {})).json.code, 'BAD_REQUEST');
    }),
  );
});

suite('admin API: replacing and undoing', (test) => {
  test(
    'candidates are proposed by evidence; a replacement is undone, and both sides say so',
    onAccount(async (fixture) => {
      const first = fixture.device(serial(1));
      const old = await linked(fixture, first, { name: 'Pump', description: 'Hall' });
      const before = (await first.poll(old.location)).json.certificate;
      await linked(fixture, fixture.device(serial(2)), { name: 'Other' });
      const board = fixture.device(serial(1));
      await pending(fixture, board);
      const id = await fixture.pendingId();
      const candidates = (await fixture.admin('GET', `registrations/${id}/candidates`)).json;
      assert.equal(candidates[0].ewon.name, 'Pump');
      assert.ok(candidates[0].reasons.some((reason: { is: string }) => reason.is === 'serial'));
      assert.equal((await fixture.admin('GET', 'registrations/none/candidates')).status, 404);

      const replaced = await fixture.admin('POST', `registrations/${id}/replace`, { deviceId: old.deviceId });
      const by: string = replaced.json.deviceId;
      assert.ok((await events(fixture)).includes(`Ewon ${serial(1)} gave its place as [Pump] to Ewon ${serial(1)}.`));
      assert.ok(!fixture.broker.admitted.has(old.deviceId as never));

      assert.equal((await first.poll(old.location)).json.code, 'UNLINKED');
      const [undoable, ...others] = (await fixture.admin('GET', 'replacements')).json;
      assert.deepEqual([undoable.deviceId, undoable.name, undoable.replaced.serial], [by, 'Pump', serial(1)]);
      assert.equal(Date.parse(undoable.until) - Date.parse(undoable.at), 7 * DAY_MS);
      assert.deepEqual(others, []);
      const undoUntil = async () =>
        (await fixture.admin('GET', 'ewons?sort=name')).json.rows.map((row: { undoUntil?: string }) => row.undoUntil);
      assert.deepEqual(await undoUntil(), [undefined, '2026-03-08T12:00:00.000Z'], 'Other, Pump');

      const undone = await fixture.admin('POST', `ewons/${by}/undo-replacement`);
      assert.deepEqual(
        [undone.json.back.name, undone.json.back.description, undone.json.back.link, undone.json.by.name],
        ['Pump', 'Hall', 'linked', serial(1)],
      );
      const grant = (await first.poll(old.location)).json;
      assert.deepEqual([grant.name, grant.deviceId], ['Pump', old.deviceId]);
      assert.ok(grant.certificate && grant.certificate !== before, 'a new one; the old one stays revoked');
      assert.ok(fixture.broker.admitted.has(old.deviceId as never));
      const log = await events(fixture);
      assert.ok(log.includes(`Ewon ${serial(1)} was given back its place as [Pump].`));
      assert.ok(log.includes(`Ewon ${serial(1)} lost the place of [Pump] again and is called [${serial(1)}].`));
      assert.equal((await fixture.admin('POST', `ewons/${by}/undo-replacement`)).json.code, 'NOT_FOUND');
      assert.deepEqual((await fixture.admin('GET', 'replacements')).json, []);
      assert.deepEqual(await undoUntil(), [undefined, undefined, undefined]);
      const listed = (await fixture.admin('GET', 'ewons?sort=name&search=1600-0001')).json;
      assert.equal(listed.total, 2);
    }),
  );

  test(
    'an Ewon that was called by its serial number is given that back, and its successor of the same one another',
    onAccount(async (fixture) => {
      const old = await linked(fixture, fixture.device(serial(1)));
      await pending(fixture, fixture.device(serial(1)));
      const path = `registrations/${await fixture.pendingId()}/replace`;
      const by = (await fixture.admin('POST', path, { deviceId: old.deviceId })).json;
      assert.equal(by.name, serial(1));
      const { status, json } = await fixture.admin('POST', `ewons/${by.deviceId}/undo-replacement`);
      assert.deepEqual([status, json.back?.name, json.by?.name], [200, serial(1), `${serial(1)} (2)`]);
    }),
  );

  test(
    'an Ewon that is given back its place goes where the other was, when its pool is no more',
    onAccount(async (fixture) => {
      await fixture.admin('POST', 'pools', { name: 'Old' });
      const old = await linked(fixture, fixture.device(serial(1)), { name: 'Pump', pool: 'Old' });
      await pending(fixture, fixture.device(serial(2)));
      const path = `registrations/${await fixture.pendingId()}/replace`;
      const by = (await fixture.admin('POST', path, { deviceId: old.deviceId })).json.deviceId;
      await fixture.admin('PATCH', `ewons/${by}`, { pool: 'Default' });
      assert.equal((await fixture.admin('DELETE', 'pools/Old')).status, 200);
      const { back } = (await fixture.admin('POST', `ewons/${by}/undo-replacement`)).json;
      assert.deepEqual([back.name, back.pool, back.link], ['Pump', 'Default', 'linked']);
    }),
  );

  test(
    'after a week, or when a third has the name, it is too late; who has not been replaced cannot be given back',
    onAccount(async (fixture) => {
      const old = await linked(fixture, fixture.device(serial(1)), { name: 'Pump' });
      await pending(fixture, fixture.device(serial(2)));
      const path = `registrations/${await fixture.pendingId()}/replace`;
      const by = (await fixture.admin('POST', path, { deviceId: old.deviceId })).json.deviceId;
      await fixture.admin('PATCH', `ewons/${by}`, { name: 'Moved' });
      const third = await linked(fixture, fixture.device(serial(3)), { name: 'Pump' });
      const undo = async (id: string) => (await fixture.admin('POST', `ewons/${id}/undo-replacement`)).json.code;
      assert.equal(await undo(by), 'NAME_TAKEN');
      assert.equal(await undo(third.deviceId), 'NOT_FOUND');
      await fixture.admin('PATCH', `ewons/${third.deviceId}`, { name: 'Third' });
      assert.equal((await fixture.admin('GET', 'replacements')).json.length, 1);
      fixture.clock.jump(7 * DAY_MS + 1);
      assert.equal(await undo(by), 'CONFLICT');
      assert.deepEqual((await fixture.admin('GET', 'replacements')).json, []);
    }),
  );
});
