import { assert, suite } from '@ewon-agent/contracts/testing';
import { emptyEventFile, eventFileText, eventsBetween, logged } from './event-file.ts';

const MINUTE_MS = 60_000;
/** Events of one minute each, from 1970-01-01 on. */
const filled = (count: number, maxBytes: number) =>
  Array.from({ length: count }, (_, i) => ({ atMs: i * MINUTE_MS, text: `event ${i}`, origin: 'test', id: 1 })).reduce(
    logged,
    emptyEventFile(maxBytes),
  );

suite('file of events', (test) => {
  test('an event is date, time, text, origin, a number and an id, with CRLF', () => {
    const file = logged(emptyEventFile(1000), {
      atMs: Date.UTC(2016, 1, 24, 14, 40),
      text: 'say "hi"',
      origin: 'udevmon',
      id: 1_073_779_147,
    });
    assert.equal(eventFileText(file), '"24/02/2016";"14:40:00";"say \\"hi\\"";"udevmon";79348;1073779147\r\n');
  });

  test('the number counts down', () => {
    assert.deepEqual(
      eventFileText(filled(3, 1000))
        .split('\r\n')
        .map((line) => line.split(';')[4]),
      ['79348', '79347', '79346', undefined],
    );
  });

  test('a full file never grows, keeps the newest, and may begin amid a line', () => {
    for (let count = 1; count < 60; count++) {
      const text = eventFileText(filled(count, 500));
      assert.ok(text.length <= 500, `${count} events: ${text.length} bytes`);
      assert.match(text, new RegExp(`"event ${count - 1}"|File circularized`));
    }
    assert.doesNotMatch(eventFileText(filled(59, 500)), /^"\d\d\/\d\d/);
  });

  test('each time around one event says so, under its published id', () => {
    const circulated = eventFileText(filled(12, 500)).match(/;23607\r\n/g);
    assert.equal(circulated?.length, 1);
    assert.equal(eventFileText(filled(5, 500)).includes(';23607'), false);
  });

  test('the events of a time are whole lines', () => {
    const text = eventsBetween(filled(5, 10_000), 2 * MINUTE_MS, 3 * MINUTE_MS);
    assert.deepEqual(
      text.split('\r\n').map((line) => line.split(';')[2]),
      ['"event 2"', '"event 3"', undefined],
    );
  });
});
