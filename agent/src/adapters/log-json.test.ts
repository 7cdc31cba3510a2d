import type { LogLevel } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { createJsonLog } from './log-json.ts';

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

function logged(from: LogLevel, write: (log: ReturnType<typeof createJsonLog>) => void): readonly string[] {
  const lines: string[] = [];
  write(
    createJsonLog(
      () => from,
      (line) => lines.push(line),
    ),
  );
  return lines;
}

suite('log', (test) => {
  test('a fact is one line of JSON: t, level, area, msg, then its fields', () => {
    const [line = ''] = logged('info', (log) =>
      log.write('warn', 'uplink', 'unreachable', { attempt: 3, nextMs: 8000 }),
    );
    assert.match(
      line,
      /^\{"t":"\d{4}-\d\d-\d\dT[\d:.]+Z","level":"warn","area":"uplink","msg":"unreachable","attempt":3,"nextMs":8000\}\n$/,
    );
  });

  for (const from of LEVELS) {
    test(`from ${from} on, what is below is left out`, () => {
      const lines = logged(from, (log) => LEVELS.forEach((level) => void log.write(level, 'a', 'm')));
      assert.deepEqual(
        lines.map((line) => JSON.parse(line).level),
        LEVELS.slice(LEVELS.indexOf(from)),
      );
    });
  }

  test('line ends and escapes in a value do not leave the line', () => {
    const text = 'a\r\nb\u2028\u001b[31m\0';
    const lines = logged('info', (log) => log.write('info', 'a', text, { text }));
    assert.equal(lines.length, 1);
    assert.match(lines[0] ?? '', /^[^\r\n\x00-\x09\x1b]*\n$/);
    assert.equal(JSON.parse(lines[0] ?? '').text, text);
  });

  test('a field cannot take the place of time, level, area or message', () => {
    const fields = { t: 'x', level: 'debug', area: 'x', msg: 'x', code: 'REGISTERED' };
    const [line = ''] = logged('info', (log) => log.write('info', 'uplink', 'online', fields));
    const { t, level, area, msg, code } = JSON.parse(line);
    assert.deepEqual([level, area, msg, code], ['info', 'uplink', 'online', 'REGISTERED']);
    assert.ok(!Number.isNaN(Date.parse(t)));
  });

  test('a field that cannot be written as JSON does not stop the agent', () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    for (const fields of [{ n: 1n }, { circle }, { f: () => 1 }, { e: new Error('x') }]) {
      const lines = logged('info', (log) => log.write('info', 'a', 'm', fields));
      assert.equal(JSON.parse(lines[0] ?? '').msg, 'm');
    }
  });
});
