import { assert, suite } from '@ewon-agent/contracts/testing';
import { isTime } from './times.ts';

suite('times', (test) => {
  for (const time of ['2026-03-01T12:00:00Z', '2024-02-29T23:59:59.5Z', '0001-01-01T00:00:00.000Z'])
    test(`${time} is one`, () => assert.ok(isTime(time)));
  for (const time of [
    ...['2026-13-01T00:00:00Z', '2026-00-01T00:00:00Z', '2026-02-30T00:00:00Z', '2025-02-29T00:00:00Z'],
    ...[
      '2026-03-01T25:00:00Z',
      '2026-03-01T24:00:00Z',
      '2026-03-01T12:60:00Z',
      '2026-03-01T12:00:60Z',
      'yesterday',
      '',
    ],
  ])
    test(`"${time}" is none`, () => assert.equal(isTime(time), false));
});
