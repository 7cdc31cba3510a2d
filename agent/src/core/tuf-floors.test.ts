import { assert, suite } from '@ewon-agent/contracts/testing';
import { NO_FLOORS, snapshotBelow, type TufFloors, timestampBelow } from './tuf-floors.ts';

const floors: TufFloors = {
  root: 3,
  timestamp: { version: 7, snapshot: 5, signedBy: ['t1', 't2'] },
  snapshot: { version: 5, meta: { 'targets.json': 4 }, signedBy: ['s1'] },
};
const keysOf = (keyIds: readonly string[], threshold = 1) => ({ keyIds, threshold });
const keys = { timestamp: keysOf(['t1', 't2', 't3'], 2), snapshot: keysOf(['s1']) };

suite('floors of versions', (test) => {
  test('a timestamp, and the snapshot that it names, are at the floor or above', () => {
    const cases: [version: number, snapshot: number, isBelow: boolean][] = [
      [7, 5, false],
      [8, 6, false],
      [6, 9, true],
      [9, 4, true],
      [-1, 5, true],
    ];
    for (const [version, snapshot, isBelow] of cases)
      assert.equal(
        timestampBelow(floors, keys, { version, snapshot }) !== undefined,
        isBelow,
        `${version} ${snapshot}`,
      );
    assert.equal(timestampBelow(NO_FLOORS, keys, { version: 1, snapshot: 1 }), undefined);
  });

  test('a snapshot names all that it named, in no older version; more may come', () => {
    assert.equal(snapshotBelow(floors, keys, { 'targets.json': 4, 'more.json': 1 }), undefined);
    assert.equal(snapshotBelow(floors, keys, { 'targets.json': 3 })?.found, 'older');
    assert.equal(snapshotBelow(floors, keys, {})?.found, 'dropped');
    assert.equal(snapshotBelow(floors, keys, Object.create({ 'targets.json': 9 }))?.found, 'dropped');
  });

  test('a floor holds while as many of those who signed it may still sign as are asked for', () => {
    const low = { version: 1, snapshot: 1 };
    const cases: [keyIds: readonly string[], threshold: number, holds: boolean][] = [
      [['t1', 't2'], 2, true],
      [['t1', 't9'], 1, true],
      [['t1', 't9'], 2, false], // one of two was taken away
      [['t1', 't2', 't3'], 3, false],
      [['t8', 't9'], 1, false],
      [[], 1, false],
    ];
    for (const [keyIds, threshold, holds] of cases) {
      const timestamp = keysOf(keyIds, threshold);
      assert.equal(timestampBelow(floors, { ...keys, timestamp }, low) !== undefined, holds, keyIds.join());
    }
  });
});
