import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { casesOf, type Dice, diceOf } from '../testing/dice.ts';
import { receiverStream } from '../testing/nmea-streams.ts';
import { FILE_PARSERS, type ParsedRecord } from './parsed-record.ts';
import { STREAM_BEGUN, STREAM_PARSERS } from './stream-record.ts';

// Nothing that comes in may throw, take long, or give a record that cannot be printed.

const FIXTURES = join(import.meta.dirname, '../../fixtures');
const SAMPLES: readonly (readonly [name: string, bytes: Buffer])[] = [
  ...readdirSync(FIXTURES).map((name): [string, Buffer] => [name, readFileSync(join(FIXTURES, name))]),
  [
    'nmea',
    Buffer.from(
      receiverStream('ublox', 1, { seconds: 3, accidentOnceIn: 9 })
        .map(({ text }) => `${text}\r\n`)
        .join(''),
      'latin1',
    ),
  ],
];

/** Reads bytes as each format; streams in two pieces. */
function readAll(bytes: Buffer): void {
  for (const read of Object.values(FILE_PARSERS)) {
    const records = read(bytes);
    if (records.ok) check(records.value, bytes);
    else assert.match(records.fault.code, /^[A-Z_]+$/);
  }
  const text = bytes.toString('latin1');
  const middle = text.length >> 1;
  for (const read of Object.values(STREAM_PARSERS)) {
    const [begun, first] = read(STREAM_BEGUN, text.slice(0, middle));
    const [going, more] = read(begun, text.slice(middle));
    check([...first, ...more, ...read(going, undefined)[1]], bytes);
  }
}

/** Records stand in the order of the lines, no more than there are. */
function check(records: readonly ParsedRecord[], bytes: Buffer): void {
  let before = 0;
  for (const record of records) {
    assert.ok(record.line > before && record.line <= bytes.length, JSON.stringify(record));
    before = record.line;
    if ('refused' in record) assert.ok(typeof record['reason'] === 'string' && record['reason'] !== '');
  }
  assert.ok(JSON.stringify(records).length < 2000 + 200 * bytes.length);
}

function mutated(sample: Buffer, other: Buffer, dice: Dice): Buffer {
  const bytes = Buffer.from(sample);
  for (let left = 1 + dice.below(5); left > 0; left--) {
    const at = dice.below(Math.max(1, bytes.length));
    bytes[at] = dice.of(dice.below(256), ...Buffer.from('\r\n"\\;:,$*+ \0\xff', 'latin1'));
  }
  const [from, to] = [dice.below(bytes.length + 1), dice.below(other.length + 1)];
  return dice.onceIn(2) ? bytes : Buffer.concat([bytes.subarray(0, from), other.subarray(to)]);
}

suite('any bytes whatever', { timeoutMs: 100_000 }, (test) => {
  test('fixtures cut at each byte', () => {
    for (const [name, bytes] of SAMPLES)
      for (let at = 0; at <= bytes.length; at += name === 'nmea' || name.startsWith('config-flexy') ? 3 : 1)
        readAll(bytes.subarray(0, at));
  });

  test('fixtures with bytes changed, and put together from two', () => {
    for (let seed = 0; seed < casesOf(1000); seed++) {
      const dice = diceOf(seed);
      const sample = () => SAMPLES[dice.below(SAMPLES.length)]?.[1] ?? Buffer.alloc(0);
      readAll(mutated(sample(), sample(), dice));
    }
  });

  test('random bytes', () => {
    for (let seed = 0; seed < casesOf(500); seed++) {
      const dice = diceOf(seed);
      const few = dice.onceIn(2);
      readAll(
        Buffer.from(
          Array.from({ length: dice.below(400) }, () =>
            few ? (Buffer.from('\r\n";\\:,$*AT+1 ')[dice.below(15)] ?? 0) : dice.below(256),
          ),
        ),
      );
    }
  });

  const HOSTILE = [
    '"',
    ';',
    '\\',
    '"\\',
    ' ',
    '\t',
    ':',
    '1',
    '$',
    ',',
    '*',
    '+',
    'A',
    '"";',
    ' :',
    '\xff',
    '#_1_',
    'A01-',
    '-',
    '.',
    '\0',
  ];
  test('128 KiB of the same, in one line or in lines of the longest kind, takes no longer than text of that size may', () => {
    for (const piece of HOSTILE)
      for (const width of [2 ** 17, 16_000, 900]) {
        const line = piece.repeat(Math.ceil(width / piece.length));
        const text = `${line}\n`.repeat(Math.ceil(2 ** 17 / (line.length + 1)));
        const begin = performance.now();
        readAll(Buffer.from(text, 'latin1'));
        // 20 to 200 ms on a slow machine; what grows with the square of a line would take minutes
        assert.ok(
          performance.now() - begin < 5000,
          `${JSON.stringify(piece)} in lines of ${width}: ${performance.now() - begin} ms`,
        );
      }
  });
});
