import { type Dice, diceOf } from './dice.ts';

// Files of settings as devices, editors and people leave them. Written without the code that reads them, so that what it should find is known.

/** A made-up file: its bytes in pieces, and what stands in it. */
export type SettingsSample = {
  readonly encoding: 'utf-8' | 'latin-1';
  /** Every line with its end; the mark of the encoding is not among them. */
  readonly lines: readonly SampleLine[];
  readonly bytes: Buffer;
};
export type SampleLine = {
  readonly before: string;
  readonly key?: string;
  readonly value: string;
  readonly after: string;
  readonly end: string;
};

const KEYS = [
  'WANCnx',
  'EthIP',
  'T2MNote',
  'PdpApn',
  'GeolocEnable',
  'WANFbckHostNamesToCheck',
  'FutureThing',
  'x',
  'A_1',
];
const GARBAGE = [
  'no colon',
  ':',
  ':nothing',
  '; comment',
  '# WANCnx 1',
  '1Key:2',
  'Two words:1',
  '\0\0\0',
  'a\rb:1',
  '\x1a',
];

/** Makes the file of a seed. */
export function settingsSample(seed: number): SettingsSample {
  const dice = diceOf(seed);
  const encoding = dice.of('utf-8', 'latin-1');
  const mark = dice.onceIn(4);
  const ends = dice.of(['\r\n'], ['\r\n'], ['\n'], ['\r\n', '\n']);
  const count = dice.below(30);
  const lines = Array.from({ length: count }, (_, i) => {
    const end = i === count - 1 && dice.onceIn(2) ? '' : (ends[dice.below(ends.length)] ?? '\n');
    return { ...lineOf(dice, encoding), end };
  }).filter((line, i) => i < count - 1 || textOf(line) !== '');
  return { encoding, lines, bytes: bytesOf(lines, encoding, mark && encoding === 'utf-8') };
}

/** The bytes of lines; `marked` puts a byte order mark before them. */
export function bytesOf(lines: readonly SampleLine[], encoding: 'utf-8' | 'latin-1', marked = false): Buffer {
  const text = lines.map(textOf).join('');
  return Buffer.concat([
    Buffer.from(marked ? [0xef, 0xbb, 0xbf] : []),
    Buffer.from(text, encoding === 'utf-8' ? 'utf8' : 'latin1'),
  ]);
}

/** Tells whether a sample begins with a byte order mark. */
export function isMarked({ bytes }: SettingsSample): boolean {
  return bytes.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf]));
}

function textOf({ before, value, after, end }: SampleLine): string {
  return before + value + after + end;
}

function lineOf(dice: Dice, encoding: 'utf-8' | 'latin-1'): Omit<SampleLine, 'end'> {
  if (dice.onceIn(8)) return { before: '', value: dice.of('', ' ', '\t  '), after: '' };
  if (dice.onceIn(6)) return { before: '', value: dice.of(GARBAGE[0] ?? '', ...GARBAGE.slice(1)), after: '' };
  const key = dice.of(KEYS[0] ?? '', ...KEYS.slice(1));
  const pad = () => (dice.onceIn(5) ? dice.of(' ', '\t', '   ') : '');
  const value = valueIn(dice, encoding);
  const before = `${pad()}${key}${pad()}:${pad()}`;
  return { before, key, value, after: value === '' ? '' : pad() };
}

function valueIn(dice: Dice, encoding: 'utf-8' | 'latin-1'): string {
  const plain = dice.of(
    '0',
    '1',
    '192.168.0.53',
    'tcp://a.example:443,udp://b:1',
    '',
    'with blanks inside',
    '#_1_//8=',
    'a:b;"c"',
    'x'.repeat(200),
  );
  // a Latin-1 file is told from UTF-8 by at least one letter that UTF-8 cannot have alone
  return dice.onceIn(3)
    ? `${plain}${encoding === 'utf-8' ? dice.of('Süd', '☂', '😀') : dice.of('S\xfcd', '\xb6', '\xff')}x`
    : plain;
}
