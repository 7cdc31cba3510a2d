import { deviceIdFrom, HOUR_MS, MINUTE_MS } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { NOW_MS } from '../testing/facts.ts';
import { afterVerdict } from './locating.ts';
import { noLocation } from './location.ts';

const DEVICE = deviceIdFrom(new Uint8Array(17).fill(1));
const ABOUT = { evidenceKey: 'e 1', nowMs: NOW_MS };

suite('when a place is looked for again', (test) => {
  test('a service that fails is asked after a minute, then twice as long each time, up to six hours; an answer ends it', () => {
    const failed = { location: null, passed: [{ source: 'wifi', why: 'service failed' }] } as const;
    let record = noLocation(DEVICE);
    const waits: number[] = [];
    for (let n = 0; n < 12; n++) {
      record = afterVerdict(record, { verdict: failed, ...ABOUT });
      waits.push((Date.parse(record.dueAt ?? '') - NOW_MS) / MINUTE_MS);
    }
    assert.deepEqual(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360, (6 * HOUR_MS) / MINUTE_MS]);
    const done = afterVerdict(record, { verdict: { location: null, passed: [] }, ...ABOUT });
    assert.deepEqual([done.dueAt, done.tries, done.evidenceKey], [null, 0, 'e 1']);
  });
});
