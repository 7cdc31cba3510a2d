import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert, assertOk, suite } from '@ewon-agent/contracts/testing';
import { eventsIn } from './events.ts';
import { parseTable, setCell, writeTable } from './table-file.ts';

const fixture = (name: string) => readFileSync(join(import.meta.dirname, '../../fixtures', name));
const table = (bytes: Uint8Array) => assertOk(parseTable(bytes, 'EVENTS_LINE_BAD'));

suite('events of an Ewon', (test) => {
  test('date and time, text, origin, number and id', () => {
    const { events, refused } = eventsIn(table(fixture('events-sd.txt')));
    assert.deepEqual([events.length, refused], [6, []]);
    assert.deepEqual(events[0], {
      line: 1,
      event: {
        localTime: '2016-02-24T14:40:00',
        when: '24/02/2016 14:40:00',
        text: 'bkz-The SD device has been inserted',
        origin: 'udevmon',
        number: 79347,
        id: 1073779147,
        event: 37323,
      },
    });
  });

  test('a file that went around: the rest of an event at the top and a cut one at the end are named', () => {
    const { events, refused } = eventsIn(table(fixture('events-circulated.txt')));
    assert.deepEqual(
      events.map(({ line, event }) => [line, event.event, event.localTime]),
      [
        [2, 22109, '2025-12-31T23:59:59'],
        [3, 23607, '2026-01-01T00:00:01'],
        [4, 22176, undefined],
        [5, 2, undefined],
      ],
    );
    assert.deepEqual(
      refused.map(({ line, reason }) => [line, reason]),
      [
        [1, '4 cells, not 5 or 6'],
        [6, 'a quote that does not end'],
      ],
    );
  });

  const REFUSED = {
    '"a";"b";3;4;5': 'no quoted text and origin',
    '"d";"t";"text";"origin";1;x': 'no number and id at the end',
    '"d";"t";"text";"origin";1;"2"': 'no number and id at the end',
    '"d";"t";"text";"origin";1.5;2': 'no number and id at the end',
    '"d";"t";"text";"origin";-1;2': 'no number and id at the end',
    '1;2;3;4;5;6': 'no quoted text and origin',
    rubbish: '1 cells, not 5 or 6',
  };
  for (const [line, reason] of Object.entries(REFUSED))
    test(`${line} is refused: ${reason}`, () =>
      assert.deepEqual(eventsIn(table(Buffer.from(line))).refused, [{ line: 1, code: 'EVENTS_LINE_BAD', reason }]));

  test('one cell changes, and no other byte', () => {
    const before = fixture('events-sd.txt');
    const { text, rows, ...rest } = table(before);
    const changed = assertOk(setCell(text, { row: rows[1], column: 3 }, 'other'));
    const after = Buffer.from(writeTable({ ...rest, rows, text: changed })).toString();
    assert.equal(after, before.toString().replace('esyncitf', 'other'));
  });
});
