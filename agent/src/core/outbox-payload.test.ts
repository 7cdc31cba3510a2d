import { readMessage } from '@ewon-agent/contracts';
import { assert, assertOk, suite } from '@ewon-agent/contracts/testing';
import { payloadOf } from './outbox-payload.ts';

const at = '2026-03-01T12:00:00.000Z';

suite('what an entry of the outbox is on the wire', (test) => {
  test('is the body with its head, as the account reads it', () => {
    const body = { at, code: 'REGISTERED', severity: 'info', text: 'Halle "Süd" {1}' };
    const entry = { epoch: 'e-1', seq: 7, body: JSON.stringify(body) };
    const bytes = (historical: boolean) => new TextEncoder().encode(payloadOf(entry, { historical }));
    const head = { v: 1, epoch: 'e-1', seq: 7 };
    assert.deepEqual({ ...assertOk(readMessage.event(bytes(false))) }, { ...head, ...body });
    assert.deepEqual({ ...assertOk(readMessage.event(bytes(true))) }, { ...head, historical: true, ...body });
  });

  test('is JSON whatever the body is', () => {
    for (const body of ['{}', '{ }', ' {"a":{}}', '{"a":"}"}\n', '{"a":[{"b":1}]}']) {
      const parsed = JSON.parse(payloadOf({ epoch: '"\\', seq: 1, body }, { historical: false }));
      assert.deepEqual(parsed, { v: 1, epoch: '"\\', seq: 1, ...JSON.parse(body) }, body);
    }
  });
});
