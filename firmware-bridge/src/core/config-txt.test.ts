import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { parseConfig, setConfig, setConfigCell, writeConfig } from './config-txt.ts';

const fixture = (name: string) => readFileSync(join(import.meta.dirname, '../../fixtures', name), 'latin1');
const read = (text: string) => assertOk(parseConfig(Buffer.from(text, 'latin1')));
const written = (file: Parameters<typeof writeConfig>[0]) => Buffer.from(writeConfig(file)).toString('latin1');
const set = (text: string, key: string, value: string) =>
  written(assertOk(setConfig(read(text), { section: 'System', key }, value)));

suite('config.txt', (test) => {
  test('sections, settings and lists are told apart', () => {
    const { sections, refused } = read(fixture('config-flexy.txt'));
    assert.deepEqual(
      sections.map(({ name, settings, columns, rows }) => [name, settings.length, columns.length, rows.length]),
      [
        ['System', 11, 0, 0],
        ['TagList', 0, 8, 3],
        ['UserList', 0, 8, 2],
        ['Unheard', 1, 0, 0],
      ],
    );
    assert.equal(sections[1]?.rows[0]?.cells[2]?.text, 'Tank "A", level');
    assert.deepEqual(refused, []);
  });

  test('lines that fit nowhere are named', () => {
    assert.deepEqual(
      read(fixture('config-by-hand.txt')).refused.map(({ line, code, reason }) => [line, code, reason]),
      [
        [7, 'CONFIG_LINE_BAD', 'no colon'],
        [9, 'CONFIG_LINE_BAD', 'outside of any section'],
        [13, 'CONFIG_LINE_BAD', 'a quote that does not end'],
        [14, 'CONFIG_LINE_BAD', '4 cells, 3 columns'],
        [16, 'CONFIG_LINE_BAD', 'no colon'],
      ],
    );
  });

  test('a setting changes in its section and nowhere else', () => {
    const before = fixture('config-flexy.txt');
    assert.equal(set(before, 'NtpEnable', '0'), before.replace('NtpEnable:1', 'NtpEnable:0'));
    assert.equal(set(before, 'NTPMaxDistance', '30'), before.replace('Hosts:\r\n', 'Hosts:\r\nNTPMaxDistance:30\r\n'));
    assert.equal(set(':A\nx:1\n:System\nx:2\n:\n', 'x', '3'), ':A\nx:1\n:System\nx:3\n:\n');
    assert.equal(set(':System', 'x', '3'), ':System\r\nx:3');
  });

  test('one cell of a list changes, in its quotes or without', () => {
    const before = fixture('config-flexy.txt');
    const cell = (line: number, column: string, value: string) => setConfigCell(read(before), { line, column }, value);
    assert.equal(
      written(assertOk(cell(18, 'Description', 'a "b"; c'))),
      before.replace('"";"MEM"', '"a \\"b\\"; c";"MEM"'),
    );
    assert.equal(written(assertOk(cell(17, 'Coef', '0.5'))), before.replace(';0.1;0;1', ';0.5;0;1'));
    for (const [line, column, value] of [
      [17, 'Coef', '1;2'],
      [17, 'Coef', '"'],
      [17, 'Name', 'a\nb'],
      [17, 'Nothing', '1'],
      [16, 'Name', 'x'],
      [3, 'Name', 'x'],
      [99, 'Name', 'x'],
      [17, 'Name', 'x'.repeat(20_000)],
    ] as const)
      assertFault(cell(line, column, value), 'SETTING_BAD');
  });

  test('a section that is not there, or is a list, takes no setting', () => {
    const file = read(fixture('config-flexy.txt'));
    for (const section of ['Nothing', 'UserList', ''])
      assertFault(setConfig(file, { section, key: 'a' }, '1'), 'SETTING_BAD');
    assertFault(setConfig(file, { section: 'System', key: 'a:b' }, '1'), 'SETTING_BAD');
  });
});
