import type { EventMessage } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { ewonRecord } from '../testing/records.ts';
import { eventLine } from './event-line.ts';

const NOW = '2026-03-02T12:00:00.000Z';

suite('line of an event', (test) => {
  const ewon = ewonRecord({ createdAt: '2026-03-01T00:00:00.000Z' });
  const lineAt = (at: string, historical?: true) => {
    const message: EventMessage = {
      ...{ v: 1, at, epoch: 'e', seq: 1, code: 'CARD_GONE', severity: 'warn', text: 'gone' },
      ...(historical && { historical }),
    };
    return eventLine(ewon, message, Date.parse(NOW));
  };
  const cases: readonly (readonly [string, string, true | undefined, string])[] = [
    ['one that comes at once has our time, whatever its clock says', '2026-03-02T11:00:00.000Z', undefined, NOW],
    ['one that comes late has its own', '2026-03-01T11:00:00Z', true, '2026-03-01T11:00:00.000Z'],
    ['late, from a device without a clock: ours', '1970-01-01T00:00:10.000Z', true, NOW],
    ['late, from the future: ours', '2036-01-01T00:00:00.000Z', true, NOW],
  ];
  for (const [name, at, historical, expected] of cases)
    test(name, () => assert.equal(lineAt(at, historical).at, expected));

  test('a code we do not know stands in the text', () => {
    const message = {
      v: 1,
      at: NOW,
      epoch: 'e',
      seq: 1,
      code: 'NEW',
      severity: 'info',
      text: 'of a newer agent',
    } as const;
    const { code, event } = eventLine(ewon, message, Date.parse(NOW));
    assert.deepEqual([code, event], [null, 'NEW: of a newer agent']);
  });
});
