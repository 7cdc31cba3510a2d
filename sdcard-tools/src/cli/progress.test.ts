import { Readable } from 'node:stream';
import { assert, suite } from '@ewon-agent/contracts/testing';
import type { Form } from './answer.ts';
import { progressOn } from './progress.ts';

/** What is shown of 200 steps. */
function shown(form: Form, terminal: 'yes' | 'no', total = 1000): string {
  const heard: string[] = [];
  const io = { stdin: Readable.from([]), terminal, stdout: () => {}, stderr: (part: string) => void heard.push(part) };
  const progress = progressOn(io, form, 'writing');
  for (let i = 0; i <= 200; i++) progress({ done: (total / 200) * i, total });
  return heard.join('');
}

suite('progress', (test) => {
  test('on a terminal: one line that grows, and ends with the work', () => {
    const text = shown('text', 'yes');
    assert.equal(text.split('\n').length, 2);
    assert.equal(text.split('\r').length, 102, 'no percent twice');
    assert.match(text, /\rwriting \[#{15}\.{15}\] {2}50 %\r/);
    assert.ok(text.endsWith(`\rwriting [${'#'.repeat(30)}] 100 %\n`));
  });

  test('elsewhere: a line at each tenth', () => {
    const lines = shown('text', 'no').trimEnd().split('\n');
    assert.deepEqual(
      lines,
      Array.from({ length: 11 }, (_, i) => `writing: ${i * 10} %`),
    );
  });

  test('beside JSON nothing; and nothing to do is all done', () => {
    assert.equal(shown('json', 'yes') + shown('json', 'no'), '');
    assert.equal(shown('text', 'no', 0), 'writing: 100 %\n');
  });
});
