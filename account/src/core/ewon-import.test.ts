import { parseSerial } from '@ewon-agent/contracts';
import { assert, assertOk, suite } from '@ewon-agent/contracts/testing';
import { ewonRecord } from '../testing/records.ts';
import { planImport } from './ewon-import.ts';

const serial = (n: number) => assertOk(parseSerial(`1600-000${n}-21`));
const [a, b, c] = [1, 2, 3].map((n) => ewonRecord({ name: `E${n}`, serial: serial(n) })) as [
  ReturnType<typeof ewonRecord>,
  ReturnType<typeof ewonRecord>,
  ReturnType<typeof ewonRecord>,
];
const plan = (...lines: readonly (readonly string[])[]) =>
  planImport(
    lines.map((cells, i) => ({ line: i + 1, cells })),
    { ewons: [a, b, c], pools: ['Default', 'North'] },
    255,
  );
const said = (of: ReturnType<typeof plan>) => of.faults.map(({ line, column }) => `${line} ${column}`);

suite('import of properties', (test) => {
  test('what is given changes, what is not stays; who is named as he is does not change', () => {
    const { changes, unchanged, faults } = plan(
      ['serial', 'pool', 'custom2'],
      [a.serial, 'North', "'=1"],
      [b.serial, b.pool, b.customFields[1]],
    );
    assert.deepEqual(faults, []);
    assert.deepEqual(changes, [
      {
        deviceId: a.deviceId,
        line: 2,
        to: { name: 'E1', pool: 'North', description: 'd', customFields: ['1', '=1', '3'] },
      },
    ]);
    assert.equal(unchanged, 1);
  });

  test('two that swap their names do nothing wrong; two of one name do', () => {
    assert.equal(plan(['deviceId', 'name'], [a.deviceId, 'E2'], [b.deviceId, 'E1']).changes.length, 2);
    assert.deepEqual(said(plan(['deviceId', 'name'], [a.deviceId, 'E3'])), ['2 name']);
    assert.deepEqual(said(plan(['deviceId', 'name'], [a.deviceId, 'X'], [b.deviceId, 'X'])), ['3 name']);
  });

  test('every fault is told with its line and column, and one fault changes nothing', () => {
    const told = plan(
      ['deviceId', 'serial', 'name', 'pool', 'description'],
      [a.deviceId, '', 'new', 'Default', ''],
      [b.deviceId, '', '', 'South', 'x'.repeat(256)],
      ['d_none', '', 'x', 'Default', ''],
      ['', '1600-0009-21', 'x', 'Default', ''],
      [a.deviceId, '', 'y', 'Default', ''],
      [c.deviceId, '', 'E3', 'Default', '', 'too many'],
      ['', '', '', '', ''],
    );
    assert.deepEqual(said(told), [
      ...['3 name', '3 pool', '3 description', '4 deviceId', '5 serial', '6 ', '7 ', '8 serial'],
    ]);
    assert.deepEqual(told.changes, []);
  });

  test('a name is kept in NFC, one that cannot be seen is a fault, and one from before that stays is none', () => {
    const before = { ...a, name: 'Press 3\u00ad' };
    const planned = (name: string) =>
      planImport(
        [
          { line: 1, cells: ['deviceId', 'name', 'description'] },
          { line: 2, cells: [a.deviceId, name, 'new'] },
        ],
        { ewons: [before], pools: ['Default', 'North'] },
        255,
      );
    assert.equal(planned(before.name).changes[0]?.to.name, before.name);
    assert.equal(planned('Pu\u0308mpe').changes[0]?.to.name, 'P\u00fcmpe');
    assert.deepEqual(said(planned('\u200b')), ['2 name']);
  });

  test('a head that nobody understands is a fault of its line alone', () => {
    assert.deepEqual(said(plan(['serial', 'nmae'], [a.serial, 'x'])), ['1 nmae']);
    assert.deepEqual(said(plan(['name'], ['x'])), ['1 ']);
    assert.deepEqual(said(plan(['serial', 'serial'])), ['1 serial']);
    assert.deepEqual(said(plan()), ['1 ']);
  });

  test('columns that only tell are passed over', () => {
    assert.deepEqual(plan(['serial', 'model', 'status'], [a.serial, 'X', 'Y']), {
      ...{ changes: [], unchanged: 1, faults: [] },
    });
  });
});
