import { DAY_MS, RENEWAL_GRACE_MS, timestampOf } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { NOW_MS } from '../testing/facts.ts';
import { ewonRecord } from '../testing/records.ts';
import { decideRenewal } from './renewal.ts';

const { deviceId } = ewonRecord();
const certificate = (serial: string, ageDays: number, revokedAt: string | null = null) => {
  const fromMs = NOW_MS - ageDays * DAY_MS;
  const [notBefore, notAfter] = [timestampOf(fromMs), timestampOf(fromMs + 90 * DAY_MS)];
  return { serial, deviceId, pem: 'PEM', notBefore, notAfter, revokedAt };
};
const AT = timestampOf(NOW_MS);
const GRACE_DAYS = RENEWAL_GRACE_MS / DAY_MS;

function told(certificates: ReturnType<typeof certificate>[], renewalAllowedAt: string | null = null): string {
  const decision = decideRenewal({ nowMs: NOW_MS, ewon: { renewalAllowedAt }, certificates });
  return decision.do === 'again' ? `again ${decision.certificate.serial}` : decision.do;
}

suite('renewal at the account', (test) => {
  test('each age of the newest certificate has one answer', () => {
    const rows = [
      ['again a', [certificate('a', 0)]],
      ['again a', [certificate('a', 59)]],
      ['issue', [certificate('a', 60)]],
      ['issue', [certificate('a', 90 + GRACE_DAYS)]],
      ['wait', [certificate('a', 91 + GRACE_DAYS)]],
      ['again b', [certificate('a', 70), certificate('b', 1)]],
      ['again b', [certificate('b', 1), certificate('a', 70)]],
      ['issue', [certificate('a', 10, AT)]],
      ['wait', []],
    ] as const;
    for (const [wanted, certificates] of rows)
      assert.equal(told([...certificates]), wanted, JSON.stringify(certificates));
  });

  test('what a person allowed is issued, whatever its age', () => {
    assert.equal(told([certificate('a', 2000)], AT), 'issue');
  });
});
