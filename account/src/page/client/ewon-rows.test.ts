import type { Timestamp } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import type { Ewon, EwonRow, Place } from './api-types.ts';
import { allowedRows, changedRows, patchFacts } from './ewon-rows.ts';
import { anEwon } from './testing/rows.ts';

const pump = anEwon({ name: 'Pump 4' });
const fan = anEwon({ name: 'Fan' });
const place: Place = { lat: 50.62, lng: 4.33, accuracy: 12, source: 'gnss', at: pump.createdAt };

suite('rows of Ewons that change', (test) => {
  test('a changed one stays in its place with all that it is now, and what only the list tells of it', () => {
    const undoUntil = '2026-12-01T00:00:00.000Z' as Timestamp;
    const rows: readonly EwonRow[] = [{ ...pump, location: place, undoUntil }, fan];
    const now: Ewon = { ...pump, status: 'offline' };
    assert.deepEqual(changedRows(rows, [now]), [{ ...now, undoUntil }, fan]);
    assert.deepEqual(rows[0], { ...pump, location: place, undoUntil }, 'not in place');
  });

  test('removed and replaced ones go, unlinked ones stay, and strangers are not added', () => {
    for (const link of ['removed', 'replaced'] as const)
      assert.deepEqual(changedRows([pump, fan], [{ ...pump, link }]), [fan], link);
    assert.equal(changedRows([pump], [{ ...pump, link: 'unlinked' }])[0]?.link, 'unlinked');
    const rows = [pump];
    assert.ok(changedRows(rows, [fan]) === rows, 'the very same');
  });

  test('while geolocation is off no place is kept; while it is on, each is', () => {
    const rows = [{ ...pump, location: place }, fan];
    assert.doesNotMatch(JSON.stringify(allowedRows(rows, { geolocation: false })), /50\.62/);
    assert.ok(allowedRows(rows, { geolocation: true }) === rows);
    assert.ok(allowedRows([fan], { geolocation: false })[0] === fan);
  });

  test('patches hang on what an Ewon tells of them, on who it is and what it runs, and not on when it was heard', () => {
    const patch = { epoch: 'e1', seq: 1, state: 'idle' } as NonNullable<Ewon['patch']>;
    const table: readonly (readonly [Partial<Ewon>, boolean])[] = [
      [{ alarms: 3, lastSeen: pump.createdAt, pool: 'North' }, false],
      [{ patch }, true],
      [{ status: 'offline' }, true],
      [{ link: 'removed' }, true],
      [{ name: 'Pump 5' }, true],
      [{ firmware: '22.1s3' }, true],
      [{ agent: '0.2.0' }, true],
    ];
    for (const [change, isOfPatches] of table)
      assert.equal(patchFacts({ ...pump, ...change }) !== patchFacts(pump), isOfPatches, JSON.stringify(change));
    assert.notEqual(patchFacts({ ...pump, patch: { ...patch, seq: 2 } }), patchFacts({ ...pump, patch }));
  });
});
