import { assert, assertFault, assertOk, suite } from '../testing/suite.ts';
import { toUtf8 } from '../validate.ts';
import { ACK_RANGES_MAX, readAck } from './ack.ts';

const read = (value: unknown) => readAck(toUtf8(JSON.stringify(value)));
const ack = { v: 1, epoch: 'e1', ranges: [[1, 7]] };

suite('acknowledgement of the account', (test) => {
  test('ranges of one epoch; what newer accounts add is left alone', () => {
    assert.deepEqual(
      assertOk(
        read({
          ...ack,
          ranges: [
            [1, 7],
            [9, 9],
          ],
          more: true,
        }),
      ).ranges,
      [
        [1, 7],
        [9, 9],
      ],
    );
  });

  test('anything else is refused', () => {
    const many = Array.from({ length: ACK_RANGES_MAX + 1 }, (_, at) => [2 * at, 2 * at]);
    const wrong = [
      ...[{ v: 2 }, { epoch: '' }, { epoch: 'x'.repeat(41) }, { ranges: [] }, { ranges: many }],
      ...[[1], [1, 2, 3], [-1, 2], [1.5, 2], ['1', '2'], 7].map((range) => ({ ranges: [range] })),
    ];
    for (const change of wrong) assertFault(read({ ...ack, ...change }), 'BAD_REQUEST');
  });
});
