import { type CardReceipt, RESULT_TXT_MAX_BYTES, toUtf8 } from '@ewon-agent/contracts';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { RECEIPT } from '../testing/cards.ts';
import { withReceipt } from './result-txt.ts';

const OTHER = { ...RECEIPT, serial: '1524-0072-21', code: 'GRK_REVOKED' } as CardReceipt;
const HEADER = '"Time";"Serial";"Fingerprint";"GrkId";"Outcome";"NextStep"\r\n';
const LINE =
  '"2026-03-01T12:00:00.000Z";"1524-0071-21";"4f2a-90c1-77be-03d5";"0a1b2c3d";"REGISTRATION_PENDING";' +
  '"Approve the Ewon on the account page."\r\n';
const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');
const after = (present: string | undefined, receipt: CardReceipt) =>
  textOf(assertOk(withReceipt(present === undefined ? undefined : toUtf8(present), receipt)));

suite('RESULT.TXT', (test) => {
  test('the first receipt brings the names of the columns', () => {
    assert.equal(after(undefined, RECEIPT), HEADER + LINE);
    assert.equal(after('', RECEIPT), HEADER + LINE);
  });

  test('each device has one line, and its newest counts', () => {
    const both = after(after(undefined, RECEIPT), OTHER);
    assert.equal(both.split('\r\n').length, 4);
    const again = after(both, { ...RECEIPT, code: 'REGISTERED' });
    assert.equal(again.split('\r\n').length, 4);
    assert.match(again, /"1524-0072-21".*"GRK_REVOKED".*\r\n.*"1524-0071-21".*"REGISTERED"/);
    assert.ok(!again.includes('REGISTRATION_PENDING'));
  });

  test('lines of somebody else are kept byte for byte, also those that are no text', () => {
    const foreign = Uint8Array.of(0xff, 0x00, 0xe9, 0x0d, 0x0a);
    const written = assertOk(withReceipt(foreign, RECEIPT));
    assert.deepEqual([...written.subarray(0, 5)], [...foreign]);
    assert.equal(textOf(written.subarray(5)), LINE);
  });

  test('a full list is told, and not shortened', () => {
    const full = toUtf8(`${'x'.repeat(RESULT_TXT_MAX_BYTES - 2)}\r\n`);
    assertFault(withReceipt(full, RECEIPT), 'CARD_FULL');
  });
});
