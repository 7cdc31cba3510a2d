import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { casesOf, diceOf } from '../testing/dice.ts';
import { bytesOf, isMarked, settingsSample } from '../testing/settings-files.ts';
import { parseComcfg, setComcfg, settingValue, writeSettings } from './comcfg.ts';
import { TEXT_MAX_BYTES, TEXT_MAX_LINES } from './text-file.ts';

const fixture = (name: string) => readFileSync(join(import.meta.dirname, '../../fixtures', name));
const FIXTURES = ['comcfg-cellular.txt', 'comcfg-by-hand.txt', 'comcfg-latin-1.txt'];
const latin1 = (text: string) => Buffer.from(text, 'latin1');
const read = (text: string | Buffer) => assertOk(parseComcfg(typeof text === 'string' ? Buffer.from(text) : text));
const set = (text: string | Buffer, key: string, value: string) =>
  Buffer.from(writeSettings(assertOk(setComcfg(read(text), key, value))));

suite('comcfg.txt', (test) => {
  for (const name of FIXTURES)
    test(`${name} comes out byte for byte as it was`, () =>
      assert.deepEqual(Buffer.from(writeSettings(read(fixture(name)))), fixture(name)));

  test('what stands in a file is found, whatever stands around it', () => {
    const file = read(fixture('comcfg-by-hand.txt'));
    assert.deepEqual(file.settings.map(({ line, key, value }) => [line, key, value]).slice(0, 5), [
      [1, 'EthIP', '10.0.0.53'],
      [2, 'WANCnx', '2'],
      [3, 'WANItfProt', '3'],
      [6, 'WANCnx', '4'],
      [7, 'WifiSSID', 'Halle Süd'],
    ]);
    assert.deepEqual(file.refused, [{ line: 5, code: 'COMCFG_LINE_BAD', reason: 'no colon' }]);
    assert.equal(settingValue(file, 'wancnx'), '4', 'of a key that stands twice the last counts');
    assert.equal(settingValue(file, 'WifiSec'), undefined);
    assert.equal(settingValue(read(fixture('comcfg-latin-1.txt')), 'T2MNote'), 'Kühlung Süd');
  });

  const SET: readonly (readonly [what: string, before: string, after: string])[] = [
    ['the value alone changes', 'a:1\r\nWANCnx:1\r\nb:2\r\n', 'a:1\r\nWANCnx:4\r\nb:2\r\n'],
    ['blanks, case and line ends stay', 'a:1\n wancnx : 1 \t\r\nx', 'a:1\n wancnx : 4 \t\r\nx'],
    ['an empty value is filled', 'WANCnx:\r\n', 'WANCnx:4\r\n'],
    ['both places of a key that stands twice', 'WANCnx:1\r\nWANCnx:2', 'WANCnx:4\r\nWANCnx:4'],
    ['a longer name is another key', 'WANCnxX:1\r\n', 'WANCnxX:1\r\nWANCnx:4\r\n'],
    ['a new key goes to the end', 'a:1\r\n', 'a:1\r\nWANCnx:4\r\n'],
    ['a new key goes before blank lines at the end', 'a:1\r\n\r\n \r\n', 'a:1\r\nWANCnx:4\r\n\r\n \r\n'],
    ['a new key ends as the other lines do', 'a:1\nb:2\n', 'a:1\nb:2\nWANCnx:4\n'],
    ['a file without a last line end stays one', 'a:1\r\nb:2', 'a:1\r\nb:2\r\nWANCnx:4'],
    ['an empty file gets one line, as an Ewon writes it', '', 'WANCnx:4\r\n'],
    ['a mark stays before the first line', '\ufeffa:1\n', '\ufeffa:1\nWANCnx:4\n'],
    ['a mark alone', '\ufeff', '\ufeffWANCnx:4\r\n'],
    ['what cannot be read stays', 'rubbish\r\n:\r\n\0\r\n', 'rubbish\r\n:\r\n\0\r\nWANCnx:4\r\n'],
  ];
  for (const [what, before, after] of SET)
    test(`set: ${what}`, () => assert.equal(set(before, 'WANCnx', '4').toString(), after));

  test('set: a value is written in the encoding of the file', () => {
    assert.deepEqual(set(latin1('T2MNote:\xfc\n'), 'T2MNote', 'Süd'), latin1('T2MNote:S\xfcd\n'));
    assert.deepEqual(set('T2MNote:ü\n', 'T2MNote', 'Süd'), Buffer.from('T2MNote:Süd\n'));
    assert.deepEqual(set('T2MNote:u\n', 'T2MNote', 'Süd'), latin1('T2MNote:S\xfcd\n'), 'an Ewon writes Latin-1');
  });

  const REFUSED: readonly (readonly [key: string, value: string])[] = [
    ['WANCnx', '5'],
    ['WANCnx', ''],
    ['EthIP', '10.0.0.256'],
    ['IpsHttpP1', '70000'],
    ['T2MNote', 'x'.repeat(141)],
    ['Other', 'a\r\nWANCnx:1'],
    ['Other', '\0'],
    ['Other', 'x'.repeat(20_000)],
    ['Other', ' a'],
    ['Other', 'a '],
    ['Other', '\u263a'],
    ['Other', '\ud800'],
    ['', '1'],
    ['a:b', '1'],
    ['a\nb', '1'],
    ['__proto__', '1'],
  ];
  for (const [key, value] of REFUSED)
    test(`set: ${JSON.stringify(key)} to ${JSON.stringify(value.slice(0, 20))} is refused`, () =>
      assertFault(setComcfg(read('a:1\r\n'), key, value), 'SETTING_BAD'));

  test('what is too large, or UTF-16, is refused as a whole', () => {
    assertFault(parseComcfg(new Uint8Array(TEXT_MAX_BYTES + 1)), 'TEXT_TOO_LARGE');
    assertFault(parseComcfg(Buffer.from('\n'.repeat(TEXT_MAX_LINES + 1))), 'TEXT_TOO_LARGE');
    assertFault(parseComcfg(Buffer.from('\ufeffa:1', 'utf16le')), 'TEXT_ENCODING');
  });

  test('a line that is too long is kept and named', () => {
    const file = read(`a:${'x'.repeat(20_000)}\r\nb:1\r\n`);
    assert.deepEqual(
      file.refused.map(({ line, code }) => [line, code]),
      [[1, 'TEXT_LINE_TOO_LONG']],
    );
    assert.equal(writeSettings(file).length, 20_009);
  });
});

suite('comcfg.txt, generated', { timeoutMs: 60_000 }, (test) => {
  const cases = casesOf(2000);

  test('generated files come out as they were, and what is in them is found', () => {
    for (let seed = 0; seed < cases; seed++) {
      const { bytes, lines } = settingsSample(seed);
      const file = read(bytes);
      assert.ok(bytes.equals(writeSettings(file)), `seed ${seed}`);
      const expected = lines.flatMap(({ key, value }, i) => (key === undefined ? [] : [[i + 1, key, value]]));
      assert.deepEqual(
        file.settings.map(({ line, key, value }) => [line, key, value]),
        expected,
        `seed ${seed}`,
      );
    }
  });

  test('setting one value changes its bytes and no others', () => {
    for (let seed = 0; seed < cases; seed++) {
      const sample = settingsSample(seed);
      const keys = sample.lines.flatMap(({ key }) => key ?? []);
      const key = keys[diceOf(seed).below(keys.length + 1)];
      if (key === undefined) continue;
      const value = { EthIP: '10.9.8.7', T2MNote: 'n', PdpApn: 'a.b' }[key] ?? '1';
      const expected = bytesOf(
        sample.lines.map((line) => (line.key === key ? { ...line, value } : line)),
        sample.encoding,
        isMarked(sample),
      );
      assert.ok(expected.equals(set(sample.bytes, key, value)), `seed ${seed}, ${key}`);
    }
  });
});
