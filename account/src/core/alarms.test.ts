import { deviceIdFrom, timestampOf } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { NOW_MS } from '../testing/facts.ts';
import { ALARMS_MAX, type AlarmEvent, type AlarmRecord, alarmsAfter } from './alarms.ts';

const deviceId = deviceIdFrom(new Uint8Array(17));
const event = (seq: number, code: string, severity: AlarmEvent['severity'] = 'error', epoch = 'e1'): AlarmEvent => ({
  ...{ deviceId, epoch, seq, code, severity, text: `${code} ${seq}`, at: timestampOf(NOW_MS + seq * 1000) },
});

/** Plays events one after another; answers the codes that are open at the end. */
function play(events: readonly AlarmEvent[], epochs: readonly string[] = ['e1', 'e2']) {
  let known: readonly AlarmRecord[] = [];
  for (const next of events) {
    const changed = alarmsAfter(known, next, epochs);
    known = [...known.filter(({ code }) => !changed.some((c) => c.code === code)), ...changed];
  }
  return known.filter(({ open }) => open);
}
const codes = (events: readonly AlarmEvent[]) => play(events).map(({ code }) => code);

suite('alarms', (test) => {
  test('an error opens one, others do not; the opposite closes what it is about', () => {
    assert.deepEqual(codes([event(1, 'CARD_DAMAGED'), event(2, 'X_OF_ANOTHER_MAKER'), event(3, 'CARD_GONE', 'warn')]), [
      'CARD_DAMAGED',
      'X_OF_ANOTHER_MAKER',
    ]);
    assert.deepEqual(codes([event(1, 'CARD_DAMAGED'), event(2, 'TLS_EXPIRED'), event(3, 'SD_REMOVED', 'info')]), [
      'TLS_EXPIRED',
    ]);
  });

  test('the same again stays open since the first, and is counted; after its end it is a new one', () => {
    const [twice] = play([event(1, 'CARD_DAMAGED'), event(4, 'CARD_DAMAGED')]);
    assert.deepEqual([twice?.count, twice?.openedAt, twice?.lastAt], [2, event(1, 'x').at, event(4, 'x').at]);
    const [anew] = play([event(1, 'CARD_DAMAGED'), event(2, 'SD_REMOVED', 'info'), event(4, 'CARD_DAMAGED')]);
    assert.deepEqual([anew?.count, anew?.openedAt], [1, event(4, 'x').at]);
  });

  test('in whatever order two servers take them, and however often: what was said last holds', () => {
    const said = [event(1, 'CARD_DAMAGED'), event(2, 'SD_REMOVED', 'info'), event(1, 'TLS_EXPIRED', 'error', 'e2')];
    for (const a of said)
      for (const b of said)
        for (const c of said) {
          if (new Set([a, b, c]).size < 3) continue;
          for (const order of [
            [a, b, c],
            [a, b, c, a],
            [a, a, b, b, c],
          ])
            assert.deepEqual(codes(order), ['TLS_EXPIRED'], order.map(({ text }) => text).join(', '));
        }
  });

  test('a device that makes up codes opens no more than its share', () => {
    const many = Array.from({ length: ALARMS_MAX + 50 }, (_, i) => event(i + 1, `C_${i}`));
    assert.equal(play(many).length, ALARMS_MAX);
    assert.equal(play([...many, event(900, 'C_3')]).find(({ code }) => code === 'C_3')?.count, 2);
  });
});
