import { assert, suite } from '@ewon-agent/contracts/testing';
import { csvText, kindOf, rawText } from './log-lines.ts';
import { rawLine } from './raw-line.ts';
import type { LogRecord } from './records.ts';

const line: LogRecord = {
  ...{ id: 7, at: '2026-03-01T12:00:05.123Z', name: 'Pump 1', subject: 'Ewon', severity: 'info' },
  ...{ code: 'REGISTERED', event: 'Ewon [Pump 1] is online.', deviceId: null },
};

suite('log lines', (test) => {
  test('raw: day; time; name; Ewon or User; event', () => {
    assert.equal(rawLine(line), '2026-03-01; 12:00:05; Pump 1; Ewon; Ewon [Pump 1] is online.');
    assert.equal(rawText([line, line]).split('\r\n').length, 3);
  });
  test('a name with semicolons, line ends or escapes neither moves the fields nor the cursor', () => {
    const hostile = rawLine({ ...line, name: 'a; b\r\nc\x1b[2J\u202e' });
    assert.equal(hostile.split('; ').length, 5);
    assert.match(hostile, /^[ -~]+$/);
  });
  test('letters of any language stay as they are', () => {
    const named = { ...line, name: 'Kühlung НАСОС' };
    assert.ok(rawLine(named).includes('; Kühlung НАСОС; '));
    assert.ok(csvText([named]).includes('"Kühlung НАСОС"'));
  });
  test('csv: quoted, a header, and nothing that a spreadsheet takes for a formula', () => {
    const [head, row] = csvText([{ ...line, name: '=cmd|"x"!A1' }]).split('\r\n');
    assert.equal(head, 'at,name,subject,severity,code,event,deviceId,kind');
    assert.ok(row?.endsWith('"message"'), row);
    assert.ok(row?.includes(`"'=cmd|""x""!A1"`), row);
  });
  test('kinds: an error is an error whoever it is about', () => {
    assert.equal(kindOf({ severity: 'error', subject: 'User' }), 'error');
    assert.equal(kindOf({ severity: 'warn', subject: 'User' }), 'user');
    assert.equal(kindOf({ severity: 'info', subject: 'Ewon' }), 'message');
  });
});
