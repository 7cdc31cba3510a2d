import { assert, suite } from '@ewon-agent/contracts/testing';
import { type AuditEntry, auditLine, auditText, readAudit } from './audit.ts';

const AT = '2026-11-26T10:00:00.123Z';
const LOGIN: AuditEntry = { at: AT, from: 'serial', person: 'ada', did: 'login' };
const COMMAND: AuditEntry = { at: AT, from: 'local', person: 'local', did: 'command', detail: 'show status' };

suite('the audit of consoles', (test) => {
  test('what is kept is read back, without a line that was torn, and shown', () => {
    const text = `${auditLine(LOGIN)}\n${auditLine(COMMAND)}\n`;
    assert.deepEqual(readAudit(text), [LOGIN, COMMAND]);
    assert.deepEqual(auditText(readAudit(text)), [
      '2026-11-26T10:00:00Z serial ada login',
      '2026-11-26T10:00:00Z local  local command: show status',
    ]);
    for (let cut = 0; cut < text.length; cut += 1) {
      const all = readAudit(`${text.slice(0, cut)}\n${auditLine(LOGIN)}\n`);
      assert.ok(all.length <= 3 && all.at(-1)?.did === 'login');
    }
    assert.deepEqual(readAudit('null\n[]\n{"at":1}\n\n'), []);
  });

  test('what is typed stays one harmless line of bounded length', () => {
    const line = auditLine({ ...COMMAND, detail: `a\n\x1b[2J"${'x'.repeat(1000)}` });
    assert.ok(line.length < 400 && !/[\n\x1b]/.test(line));
    assert.match(auditText(readAudit(line))[0] ?? '', /command: a\\x0a\\x1b\[2J"xxx/);
  });
});
