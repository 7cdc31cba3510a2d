import { MINUTE_MS, type PatchMessage, parseSerial, timestampOf } from '@ewon-agent/contracts';
import { assert, assertOk, type SuiteOptions, suite } from '@ewon-agent/contracts/testing';
import { type LocationRecord, noLocation } from '../core/location.ts';
import type { EwonRecord } from '../core/records.ts';
import type { EwonAsk } from '../store/lists.ts';
import { listsInPools } from '../store/lists-in-pools.ts';
import type { StoreTx } from '../store/store.ts';
import { NOW_MS } from './facts.ts';
import { accountRow, alarmRecord, ewonRecord, registrationRecord } from './records.ts';
import { onStore, type StoreFixture } from './store-fixture.ts';

const ONE = { sort: 'name', order: 'up', limit: 1 } as const;
const NAMES = ['Pump 10', 'pump 9', 'Fan', 'Ärger 1', 'Old'] as const;

/** The obligations of {@link Store} about lists of Ewons that are read page by page. */
export function storeListsSuite(
  name: string,
  makeFixture: () => Promise<StoreFixture>,
  options: Pick<SuiteOptions, 'needs'> = {},
): void {
  const on = onStore(makeFixture);
  const at = (minute: number) => timestampOf(NOW_MS + minute * MINUTE_MS);

  suite(`${name}: lists of Ewons`, options, (test) => {
    test(
      'every sort gives each listed Ewon once, whatever the size of a page, and backwards the same backwards',
      on(async (account, store) => {
        const other = accountRow();
        await store.createAccount(other);
        await store.account(other.accountId).transact((tx) => tx.insertEwon(ewonRecord({ name: 'foreign' })));
        await account.transact(fillEwons);
        const sorts = [
          'name',
          'serial',
          'pool',
          'custom1',
          'firmware',
          'agent',
          'status',
          'lastSeen',
          'alarms',
          'patch',
        ] as const;
        for (const sort of sorts) {
          const up = await account.transact((tx) => allOf(tx, { sort, order: 'up', limit: 2 }));
          const down = await account.transact((tx) => allOf(tx, { sort, order: 'down', limit: 3 }));
          assert.deepEqual(down.toReversed(), up, sort);
          assert.deepEqual(up.toSorted(), NAMES.toSorted(), sort);
        }
        const first = async (sort: EwonAsk['sort'], order: EwonAsk['order']) =>
          (await account.transact((tx) => tx.ewonPage({ sort, order, limit: 1 }))).rows[0]?.name;
        assert.equal(await first('alarms', 'down'), 'Fan');
        assert.equal(await first('status', 'down'), 'pump 9');
        assert.equal(await first('patch', 'down'), 'Pump 10');
        const named = await account.transact((tx) => allOf(tx, { sort: 'name', order: 'up', limit: 9 }));
        assert.deepEqual(named.slice(0, 4), ['Fan', 'Old', 'pump 9', 'Pump 10'], 'as people count');
        const byVersion = async (sort: 'firmware' | 'agent') =>
          (await account.transact((tx) => allOf(tx, { sort, order: 'down', limit: 1 }))).slice(0, 2);
        assert.deepEqual(await byVersion('firmware'), ['Fan', 'Ärger 1'], '14.10s0 is newer than 14.9s3');
        assert.deepEqual(await byVersion('agent'), ['Ärger 1', 'Fan'], '0.10.0 is newer than 0.9.0');
        const [fan] = (await account.transact((tx) => tx.ewonPage({ ...ONE, name: 'Fan' }))).rows;
        assert.ok(fan);
        await account.transact((tx) => tx.updateEwon(fan.deviceId, { firmware: '14.2s0', agent: '0.11.0' }));
        assert.deepEqual(await byVersion('firmware'), ['Ärger 1', 'Fan'], 'a device that was updated');
        assert.deepEqual(await byVersion('agent'), ['Fan', 'Ärger 1']);
      }),
    );

    test(
      'filters and words, which mean themselves',
      on(async (account) => {
        await account.transact(fillEwons);
        const found = (where: Partial<EwonAsk>) =>
          account.transact((tx) => allOf(tx, { sort: 'name', order: 'up', limit: 9, ...where }));
        assert.deepEqual(await found({ words: ['pump'] }), ['pump 9', 'Pump 10']);
        assert.deepEqual(await found({ words: ['pump', '10'] }), ['Pump 10']);
        assert.deepEqual(await found({ words: ['ärger'] }), ['Ärger 1']);
        assert.deepEqual(await found({ words: ['100%_'] }), ['Fan']);
        assert.deepEqual(await found({ words: ['1%9'] }), []);
        assert.deepEqual(await found({ words: ['\\'] }), []);
        assert.deepEqual(await found({ name: 'PUMP 9' }), ['pump 9']);
        assert.deepEqual(await found({ name: 'ärger 1' }), ['Ärger 1']);
        assert.deepEqual([await found({ name: 'pump' }), await found({ name: 'pump%' })], [[], []]);
        assert.deepEqual(await found({ pools: ['North'] }), ['Fan']);
        assert.deepEqual(await found({ pools: [] }), []);
        assert.deepEqual(await found({ link: 'unlinked' }), ['Old']);
        assert.deepEqual(await found({ status: 'online' }), ['pump 9']);
        assert.deepEqual(await found({ alarm: 'open' }), ['Fan']);
        assert.equal((await found({ alarm: 'none' })).length, 4);
        assert.deepEqual(await found({ patch: 'failed' }), ['Pump 10']);
        assert.equal((await found({ patch: 'none' })).length, 4);
        assert.deepEqual(await found({ firmware: '14.9s3' }), ['Ärger 1']);
        assert.deepEqual(await found({ agent: '0.9.0' }), ['Fan']);
        assert.deepEqual(await found({ custom1: 'c1' }), ['pump 9', 'Ärger 1']);
        assert.deepEqual(await found({ custom2: 'DÜ' }), ['Fan'], 'in the middle, in capitals or not');
        assert.deepEqual(await found({ custom1: 'öldüse' }), [], 'in another field');
        assert.deepEqual(await found({ custom2: '%' }), []);
        const linked = await account.transact((tx) => tx.linkedEwons());
        assert.deepEqual(
          linked.map(({ name, online }) => [name, online]),
          [
            ...[
              ['Fan', false],
              ['pump 9', true],
            ],
            ...[
              ['Pump 10', false],
              ['Ärger 1', false],
            ],
          ],
        );
        const counted = await account.transact((tx) => tx.countEwons({ words: ['pump'], pools: ['Default'] }));
        assert.equal(counted, 2);
        const pools = await account.transact((tx) => tx.poolsOfEwons());
        assert.deepEqual(
          [pools.size, [...pools.values()].filter((pool) => pool === 'North')],
          [6, ['North']],
          'also who was replaced',
        );
        const ids = await account.transact((tx) => tx.ewonIds({ pools: ['North'] }));
        assert.equal(ids.length, 1);
        const counts = await account.transact((tx) => tx.ewonCounts());
        assert.deepEqual([counts.total, counts.online, counts.alarms], [5, 1, 2]);
        assert.deepEqual(counts.by.pool, { Default: 4, North: 1 });
        assert.deepEqual(counts.by.patch, { none: 4, failed: 1 });
        assert.deepEqual(Object.entries(counts.by.agent), [
          ['0.1.0', 3],
          ['0.9.0', 1],
          ['0.10.0', 1],
        ]);
        assert.deepEqual((await account.transact((tx) => tx.ewonCounts(['North']))).alarms, 2);
        assert.deepEqual((await account.transact((tx) => tx.ewonCounts(['Default']))).alarms, 0);
      }),
    );

    test(
      'who has a place, with what a map shows of it; who may not have one is counted by who does not allow it',
      on(async (account, store) => {
        const other = accountRow();
        await store.createAccount(other);
        const location = { lat: 50.6, lng: 4.3, accuracy: 12, source: 'gnss', at: at(0) } as const;
        const add = async (tx: StoreTx, ewon: Partial<EwonRecord>, of: Partial<LocationRecord>) => {
          const record = ewonRecord(ewon);
          await tx.insertEwon(record);
          await tx.keepLocation({ ...noLocation(record.deviceId), ...of });
          return record.deviceId;
        };
        await store.account(other.accountId).transact((tx) => add(tx, { name: 'foreign' }, { location }));
        await account.transact(async (tx) => {
          const pump = await add(tx, { name: 'Pump', pool: 'North', online: true }, { location });
          await tx.keepAlarms([alarmRecord({ deviceId: pump })]);
          await add(tx, { name: 'Held', online: true, quarantinedAt: at(0) }, { location });
          await add(tx, { name: 'Unlinked', link: 'unlinked', online: true }, { location });
          await add(tx, { name: 'Gone', link: 'removed' }, { location });
          await add(tx, { name: 'Off' }, { offBy: 'device' });
          await add(tx, { name: 'Unknown', pool: 'North' }, { offBy: 'unknown' });
          await tx.insertEwon(ewonRecord({ name: 'Silent' }));
          const located = (await tx.locatedEwons()).toSorted((a, b) => a.name.localeCompare(b.name));
          assert.deepEqual(
            located.map(({ name, online, alarms }) => [name, online, alarms]),
            [
              ['Held', false, 0],
              ['Pump', true, 1],
              ['Unlinked', false, 0],
            ],
          );
          assert.deepEqual(located[1]?.location, location);
          const counts = await tx.ewonCounts();
          assert.deepEqual([counts.total, counts.located], [6, 3]);
          assert.deepEqual(counts.locationOff, { board: 0, device: 1, account: 0, unknown: 1 });
          const seen = listsInPools(tx, ['North']);
          assert.deepEqual(
            (await seen.locatedEwons()).map(({ name }) => name),
            ['Pump'],
          );
          assert.deepEqual((await seen.ewonCounts()).locationOff, { board: 0, device: 0, account: 0, unknown: 1 });
          assert.deepEqual(await listsInPools(tx, []).locatedEwons(), []);
        });
      }),
    );

    test(
      'while pages are turned, what is added and removed moves no other row',
      on(async (account) => {
        await account.transact(fillEwons);
        const ask = { sort: 'name', order: 'up', limit: 2 } as const;
        const first = await account.transact((tx) => tx.ewonPage(ask));
        await account.transact(async (tx) => {
          await tx.insertEwon(ewonRecord({ name: 'Aaa' }));
          await tx.updateEwon(first.rows[0]?.deviceId as never, { link: 'removed' });
        });
        const rest = await account.transact((tx) => tx.ewonPage({ ...ask, limit: 9, after: first.next as never }));
        assert.deepEqual(
          rest.rows.map((row) => row.name),
          ['pump 9', 'Pump 10', 'Ärger 1'],
        );
      }),
    );

    test(
      'what a person changes is found at once, and what is kept beside an Ewon is told of several at once',
      on(async (account) => {
        await account.transact(async (tx) => {
          const ewon = ewonRecord({ name: 'before' });
          const other = ewonRecord();
          await tx.insertEwon(ewon);
          await tx.insertEwon(other);
          await tx.updateEwon(ewon.deviceId, { name: 'After 7', customFields: ['Ü', '', ''] });
          assert.equal(await tx.countEwons({ custom1: 'ü' }), 1);
          assert.equal(await tx.countEwons({ words: ['before'] }), 0);
          assert.equal(await tx.countEwons({ words: ['after', 'ü'] }), 1);
          await tx.retain(ewon.deviceId, 'patch', patch('idle'));
          const told = await tx.retainedOf([ewon.deviceId, other.deviceId]);
          assert.deepEqual([...told], [[ewon.deviceId, { patch: patch('idle') }]]);
          assert.equal((await tx.retainedOf([])).size, 0);
          assert.equal((await tx.locationsOf([ewon.deviceId])).size, 0);
          assert.deepEqual(await tx.ewonFieldNames(), ['', '', '']);
        });
      }),
    );

    test(
      'properties of many at once; names go round among them, and nothing else of an Ewon changes',
      on(async (account) => {
        const ewons = Array.from({ length: 113 }, (_, i) => ewonRecord({ name: `E${i}`, online: i % 2 === 0 }));
        const turned = ewons.map((ewon, i): EwonRecord => {
          return { ...ewon, name: `E${(i + 1) % ewons.length}`, pool: 'North', customFields: ['Öl', '', ''] };
        });
        const read = await account.transact(async (tx) => {
          for (const ewon of ewons) await tx.insertEwon(ewon);
          await tx.retain(ewons[0]?.deviceId as never, 'patch', patch('failed'));
          await tx.keepProperties(turned.map((ewon) => ({ ...ewon, online: false, note: 'old' })));
          assert.equal(await tx.countEwons({ patch: 'failed', words: ['e1'] }), 1);
          assert.equal(await tx.countEwons({ custom1: 'öl' }), turned.length);
          return tx.ewons({ link: ['linked'] });
        });
        const byId = (a: { deviceId: string }, b: { deviceId: string }) => (a.deviceId < b.deviceId ? -1 : 1);
        assert.deepEqual(read.toSorted(byId), turned.toSorted(byId));
      }),
    );

    test(
      'Ewons of a MAC, and a replacement',
      on(async (account) => {
        await account.transact(async (tx) => {
          const ewon = ewonRecord();
          await tx.insertEwon(ewon);
          const { deviceId } = ewon;
          const facts = { state: 'approved', deviceId, macs: ['00:03:27:aa:bb:cc', '00:03:27:aa:bb:cd'] } as const;
          await tx.insertRegistration(registrationRecord(facts));
          await tx.insertRegistration(registrationRecord({ macs: facts.macs }));
          const of = async (...macs: string[]) => (await tx.ewonsOfMacs(macs)).map((e) => e.deviceId);
          assert.deepEqual(await of('00:03:27:aa:bb:cd', '00:00:00:00:00:00'), [deviceId]);
          assert.deepEqual([await of('00:03:27:aa:bb:ce'), await of()], [[], []]);
          assert.equal(await tx.replacementOf(deviceId), undefined);
          const replaced = {
            deviceId,
            replacedId: ewonRecord().deviceId,
            wasLink: 'linked',
            at: at(0),
            undoneAt: null,
          } as const;
          const later = { ...replaced, deviceId: ewonRecord().deviceId, at: at(2) };
          await tx.keepReplacement(replaced);
          await tx.keepReplacement(later);
          assert.deepEqual(await tx.replacementsSince(at(0)), [later, replaced]);
          assert.deepEqual(await tx.replacementsSince(at(1)), [later]);
          await tx.keepReplacement({ ...replaced, undoneAt: at(1) });
          assert.deepEqual(await tx.replacementOf(deviceId), { ...replaced, undoneAt: at(1) });
          assert.deepEqual(await tx.replacementsSince(at(0)), [later]);
        });
      }),
    );
  });
}

async function fillEwons(tx: StoreTx): Promise<void> {
  const [ten, nine, fan, anger, old] = NAMES.map((name, i) =>
    ewonRecord({
      ...{ name, serial: assertOk(parseSerial(`152${i}-0071-21`)), customFields: [`C${i % 2}`, '', ''] },
      ...(name === 'Fan' && { pool: 'North', note: '100%_', firmware: '14.10s0', agent: '0.9.0' }),
      ...(name === 'Fan' && { customFields: ['C0', 'Öldüse', ''] }),
      ...(name !== 'Fan' && name !== 'Ärger 1' && { firmware: '9.1s0', agent: '0.1.0' }),
      ...(name === 'pump 9' && { online: true, lastSeenAt: timestampOf(NOW_MS) }),
      ...(name === 'Old' && { link: 'unlinked' }),
      ...(name === 'Ärger 1' && { firmware: '14.9s3', agent: '0.10.0' }),
    }),
  );
  if (!ten || !nine || !fan || !anger || !old) throw new Error('this is a bug: five names');
  for (const ewon of [ten, nine, fan, anger, old]) await tx.insertEwon(ewon);
  await tx.insertEwon(ewonRecord({ name: 'Pump gone', link: 'removed' }));
  await tx.keepAlarms([
    alarmRecord({ deviceId: fan.deviceId, code: 'A' }),
    alarmRecord({ deviceId: fan.deviceId, code: 'B' }),
    alarmRecord({ deviceId: nine.deviceId, open: false }),
  ]);
  await tx.retain(ten.deviceId, 'patch', patch('failed'));
}

function patch(state: PatchMessage['state']): PatchMessage {
  return { v: 1, at: timestampOf(NOW_MS), epoch: 'e', seq: 1, state } as PatchMessage;
}

async function allOf(tx: StoreTx, ask: EwonAsk): Promise<readonly string[]> {
  const found: string[] = [];
  let after = ask.after;
  do {
    const page = await tx.ewonPage({ ...ask, ...(after && { after }) });
    found.push(...page.rows.map((row) => row.name));
    after = page.next;
  } while (after);
  return found;
}
