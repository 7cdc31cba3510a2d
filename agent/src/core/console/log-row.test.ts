import { assert, suite } from '@ewon-agent/contracts/testing';
import { logRow } from './log-row.ts';

suite('a fact of the log at a console', (test) => {
  const AT = Date.UTC(2026, 10, 26, 4, 5, 6);
  test('has its time, level, area and words, and code and detail where it has them', () => {
    assert.equal(logRow(AT, { level: 'info', area: 'agent', msg: 'online' }), '04:05:06 info agent: online');
    const fields = { code: 'UPLINK_UNREACHABLE', detail: 'a:1', attempt: 3 };
    const row = '04:05:06 warn uplink: unreachable (UPLINK_UNREACHABLE) a:1';
    assert.equal(logRow(AT, { level: 'warn', area: 'uplink', msg: 'unreachable', fields }), row);
  });
  test('leaves out what is no text', () => {
    const fields = { code: 7, detail: { a: 1 } };
    assert.equal(logRow(0, { level: 'warn', area: 'a', msg: 'b', fields }), '00:00:00 warn a: b');
  });
});
