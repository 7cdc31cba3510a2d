import { assert, suite } from '@ewon-agent/contracts/testing';
import { figure, spreadCells, table, withSection } from './report.ts';

const first = { name: 'first', title: 'First', body: 'one\n' };
const second = { name: 'second', title: 'Second', body: 'two' };
const RAN_ON = '2026-01-01 · a machine';

suite('report', (test) => {
  test('the first section makes the page, with its command and when and on what it ran', () => {
    const page = withSection(undefined, first, RAN_ON);
    assert.match(page, /^# Benchmarks\n/);
    assert.ok(page.includes('\n## First\n\n`npm run bench -- first` · 2026-01-01 · a machine\n\none\n'));
  });

  test('a section is written in place of the last one of its name; the others and what people wrote stay', () => {
    const both = `${withSection(withSection(undefined, first, RAN_ON), second, RAN_ON)}\nwords of a person\n`;
    const again = withSection(both, { ...first, body: 'new figures' }, RAN_ON);
    assert.equal(again, both.replace('\none\n', '\nnew figures\n'));
  });

  test('the same section written again leaves the page as it is', () => {
    const both = withSection(withSection(undefined, first, RAN_ON), second, RAN_ON);
    assert.equal(withSection(both, second, RAN_ON), both);
    assert.equal(withSection(both, first, RAN_ON), both);
  });

  test('a section whose name begins like another is not taken for it', () => {
    const page = withSection(undefined, { name: 'start-cold', title: 'Cold', body: 'c' }, RAN_ON);
    const more = withSection(page, { name: 'start', title: 'Start', body: 's' }, RAN_ON);
    assert.ok(more.startsWith(page.trimEnd()));
    assert.ok(more.includes('## Start\n'));
  });

  test('a table has words to the left and figures to the right', () => {
    assert.equal(table(['ms', 'n'], [['a', '1']]), '| ms | n |\n| --- | --: |\n| a | 1 |');
  });

  test('a figure shows three digits that count, and never fewer than stand before the point', () => {
    const seen = [0, 0.0614, 0.5, 1, 9.876, 12.345, 999.6, 12_345].map(figure);
    assert.deepEqual(seen, ['0.00', '0.06', '0.50', '1.00', '9.88', '12.3', '1000', '12345']);
  });

  test('a spread comes in the order of its head', () => {
    const cells = spreadCells({ n: 3, median: 2, p5: 1.1, p95: 2.9, min: 1, max: 3 });
    assert.deepEqual(cells, ['3', '2.00', '1.10', '2.90', '1.00', '3.00']);
  });
});
