import { assert, suite } from '@ewon-agent/contracts/testing';
import { parseInstantValues } from './instant-values.ts';

const HEADER = '"TagId";"TagName";"Value";"AlStatus";"AlType";"Quality"';
const block = (...lines: readonly string[]) => [HEADER, ...lines].join('\r\n');
const read = (line: string) => {
  const values = parseInstantValues(block(line));
  return values?.readings[0] ?? values?.refused[0]?.reason;
};

suite('instant values', (test) => {
  test('numbers and strings are read in the order of the Ewon', () => {
    const text = `${block('1;"Level";40.5;0;0;65472', '2;"Running";1;0;0;65472', '2003;"Batch";"A-17";0;0;65472')}\r\n`;
    assert.deepEqual(parseInstantValues(text), {
      readings: [
        { tag: 'Level', value: 40.5, quality: 'good' },
        { tag: 'Running', value: 1, quality: 'good' },
        { tag: 'Batch', value: 'A-17', quality: 'good' },
      ],
      refused: [],
    });
  });

  test('an Ewon without tags has a header only', () => {
    assert.deepEqual(parseInstantValues(`${HEADER}\r\n`), { readings: [], refused: [] });
  });

  for (const text of ['', 'SerNum:1524-0071-21\r\n', '<html>login</html>', '"TagId";"Value"\n1;2'])
    test(`${JSON.stringify(text)} is no block of instant values`, () => {
      assert.equal(parseInstantValues(text), undefined);
    });

  const VALUES = [
    ['-3', -3],
    ['1e3', 1000],
    ['.5', 0.5],
    ['"12"', '12'],
    ['""', ''],
    ['"a;b"', 'a;b'],
    ['"say \\"hi\\" \\\\"', 'say "hi" \\'],
    ['"it\\\'s"', "it's"],
  ] as const;
  for (const [written, value] of VALUES)
    test(`the value ${written} is ${JSON.stringify(value)}`, () => {
      assert.deepEqual(read(`1;"T";${written};0;0;65472`), { tag: 'T', value, quality: 'good' });
    });

  const QUALITIES = { 65472: 'good', 192: 'good', 216: 'good', 64: 'uncertain', 0: 'bad', 24: 'bad', 128: 'bad' };
  for (const [written, quality] of Object.entries(QUALITIES))
    test(`quality ${written} is ${quality}`, () => {
      assert.deepEqual(read(`1;"T";5;0;0;${written}`), { tag: 'T', value: 5, quality });
    });

  const REFUSED = {
    '1;"T";nan;0;0;0': 'not a number: nan',
    '1;"T";1e999;0;0;0': 'out of range: 1e999',
    '1;"T': 'a quote that does not end',
    '1;"T"x;5;0;0;0': 'a quote that does not end',
    '1;"";5;0;0;0': 'no name',
    '1;"T"': 'no value',
    [`1;"${'x'.repeat(65)}";5;0;0;0`]: 'a name of 65 characters',
  };
  for (const [line, reason] of Object.entries(REFUSED))
    test(`${line.slice(0, 20)} is refused: ${reason}`, () => {
      assert.equal(read(line), reason);
    });

  test('a line that is refused takes no other with it, and is named by its number', () => {
    const values = parseInstantValues(block('1;"A";x;0;0;0', '2;"B";2;0;0;65472'));
    assert.deepEqual(values?.refused, [{ line: 2, code: 'TAGS_LINE_BAD', reason: 'not a number: x' }]);
    assert.deepEqual(
      values?.readings.map(({ tag }) => tag),
      ['B'],
    );
  });

  test('columns are found by their name', () => {
    const values = parseInstantValues('"Quality";"TagName";"Extra";"Value"\n64;"T";9;7');
    assert.deepEqual(values?.readings, [{ tag: 'T', value: 7, quality: 'uncertain' }]);
  });
});
