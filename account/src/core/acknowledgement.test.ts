import { ACK_RANGES_MAX, readAck, toUtf8 } from '@ewon-agent/contracts';
import { assert, assertOk, suite } from '@ewon-agent/contracts/testing';
import { acksOf } from './acknowledgement.ts';

suite('acknowledgement', (test) => {
  test('more ranges than one message may have: several, each sound, together all of them', () => {
    const seqs = Array.from({ length: 2 * ACK_RANGES_MAX + 1 }, (_, i) => i * 2);
    const acks = acksOf('e', seqs).map((ack) => assertOk(readAck(toUtf8(JSON.stringify(ack)))));
    assert.deepEqual(
      acks.map(({ ranges }) => ranges.length),
      [ACK_RANGES_MAX, ACK_RANGES_MAX, 1],
    );
    assert.deepEqual(
      acks.flatMap(({ ranges }) => ranges.map(([from]) => from)),
      seqs,
    );
  });

  test('of nothing there is none', () => assert.deepEqual(acksOf('e', []), []));
});
