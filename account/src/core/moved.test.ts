import { timestampOf } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { NOW_MS } from '../testing/facts.ts';
import type { Location } from './location.ts';
import { judgeMove } from './moved.ts';

const at = timestampOf(NOW_MS);
/** A place so many metres north of the first one. */
function place(metres: number, accuracy: number, source: Location['source'] = 'gnss'): Location {
  return { lat: 52 + metres / 111_195, lng: 5, accuracy, source, at };
}

suite('whether an Ewon moved', (test) => {
  const rows: readonly (readonly [string, Location | null, Location, 'there' | 'away', 'home' | 'now'])[] = [
    ['the first place is where it belongs', null, place(0, 10), 'there', 'now'],
    ['900 m are no move, however exact', place(0, 5), place(900, 5), 'there', 'home'],
    ['1100 m between two fixes are', place(0, 5), place(1100, 5), 'away', 'home'],
    ['cells that overlap may be the same place', place(0, 2000, 'cell'), place(3900, 2000, 'cell'), 'there', 'home'],
    ['cells that do not are a move', place(0, 2000, 'cell'), place(4100, 2000, 'cell'), 'away', 'home'],
    ['a country is no move from a cell in it', place(0, 2000, 'cell'), place(90_000, 148_000, 'ip'), 'there', 'home'],
    [
      'nor the cell from the country, and it is more exact',
      place(0, 148_000, 'ip'),
      place(90_000, 2000),
      'there',
      'now',
    ],
    ['a country that it is not in is a move', place(0, 2000, 'cell'), place(300_000, 148_000, 'ip'), 'away', 'home'],
    ['what is hardly more exact does not take over', place(0, 10), place(600, 8), 'there', 'home'],
  ];
  for (const [what, home, now, is, next] of rows)
    test(what, () => {
      const verdict = judgeMove(home, now);
      assert.equal(verdict.is, is);
      assert.deepEqual(verdict.home, next === 'now' ? now : home);
    });
});
