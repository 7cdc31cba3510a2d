import { err, fingerprintOf, grkIdOf, ok, publicKeyOf } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { accountKey, bytesOf, GRK, t2mJson, t2mTxt } from '../testing/cards.ts';
import { reportCard } from './card-report.ts';

const key = accountKey();
const txt = t2mTxt();
const t2m = { grkId: grkIdOf(GRK), note: 'Pump station 3' };

suite('what inspect says', (test) => {
  test('a card without signature', () => {
    const report = reportCard(ok({ t2mTxt: txt, otherFiles: ['backup.tar'] }));
    assert.deepEqual(report, { outcome: 'CARD_USABLE', t2m, signed: null, files: ['backup.tar', 'T2M.txt'] });
  });

  test('a signed card', () => {
    const json = t2mJson(txt, key, { pool: 'North', notAfter: '2027-01-01T00:00:00Z', receipt: true });
    const report = reportCard(ok({ t2mTxt: txt, t2mJson: json, otherFiles: [] }));
    assert.deepEqual(report.signed, {
      accountUrl: 'https://127.0.0.1:8443/device/v1/directory',
      accountKeyFingerprint: fingerprintOf(publicKeyOf(key.jwk) ?? new Uint8Array()),
      pool: 'North',
      notBefore: '2026-01-01T00:00:00.000Z',
      notAfter: '2027-01-01T00:00:00Z',
      receipt: true,
      wipe: false,
    });
    assert.deepEqual(report.files, ['T2M.txt', 'T2M.json']);
  });

  test('a refused card: why, what next, and what could be read all the same', () => {
    const report = reportCard(ok({ t2mTxt: txt, t2mJson: bytesOf('{}'), otherFiles: [] }));
    assert.equal(report.outcome, 'T2MJSON_BAD');
    assert.deepEqual(report.t2m, t2m);
    assert.equal(report.signed, null);
    assert.ok(report.next);
  });

  test('a card that could not be read', () => {
    const report = reportCard(err('CARD_UNREADABLE', 'EIO at byte 512'));
    assert.equal(report.outcome, 'CARD_UNREADABLE');
    assert.deepEqual([report.t2m, report.signed, report.files], [null, null, []]);
  });

  test('the key is in no report', () => {
    for (const json of [t2mJson(txt, key), bytesOf('{}')]) {
      const report = JSON.stringify(reportCard(ok({ t2mTxt: txt, t2mJson: json, otherFiles: [] })));
      assert.ok(!report.includes(GRK.slice(4, 16)));
    }
  });
});
