import { err, ok } from '@ewon-agent/contracts';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import {
  type AccountKey,
  accountKey,
  bytesOf,
  GRK,
  manifestFor,
  OTHER_GRK,
  t2mJson,
  t2mTxt,
} from '../testing/cards.ts';
import { planExport, planSignedExport } from './export-plan.ts';

const wanted = { grk: GRK, note: 'Pump station 3' };
const txt = t2mTxt();
const plan = { files: [{ name: 'T2M.txt', bytes: txt }], remove: [] };
const otherFiles: readonly string[] = [];

suite('planning an export', (test) => {
  test('an empty card is written', () => {
    assert.deepEqual(assertOk(planExport(ok({ otherFiles }), wanted, 'refuse')), plan);
  });

  test('a card of the same key is written, with another note as well', () => {
    for (const note of ['', 'other']) {
      assert.deepEqual(assertOk(planExport(ok({ t2mTxt: t2mTxt(GRK, note), otherFiles }), wanted, 'refuse')), plan);
    }
  });

  test('a card of another key needs force', () => {
    const present = ok({ t2mTxt: t2mTxt(OTHER_GRK), otherFiles });
    const { detail } = assertFault(planExport(present, wanted, 'refuse'), 'CARD_TAKEN');
    assert.ok(!detail.includes(OTHER_GRK));
    assert.deepEqual(assertOk(planExport(present, wanted, 'replace')), plan);
  });

  test('a malformed T2M.txt needs force: somebody may want to look at it', () => {
    const present = ok({ t2mTxt: bytesOf('T2MKey:\r\n'), otherFiles });
    assertFault(planExport(present, wanted, 'refuse'), 'CARD_TAKEN');
    assertOk(planExport(present, wanted, 'replace'));
  });

  test('a T2M.json that still fits stays', () => {
    const present = ok({ t2mTxt: txt, t2mJson: t2mJson(txt, accountKey()), otherFiles });
    assert.deepEqual(assertOk(planExport(present, wanted, 'refuse')), plan);
  });

  test('a T2M.json that no longer fits needs force, and goes away', () => {
    const present = ok({ t2mTxt: txt, t2mJson: t2mJson(txt, accountKey()), otherFiles });
    const renamed = { ...wanted, note: 'another note' };
    assertFault(planExport(present, renamed, 'refuse'), 'CARD_TAKEN');
    assert.deepEqual(assertOk(planExport(present, renamed, 'replace')).remove, ['T2M.json']);
  });

  test('a file too large to be read needs force; another fault stays what it is', () => {
    assertFault(planExport(err('CARD_TOO_LARGE'), wanted, 'refuse'), 'CARD_TAKEN');
    assertOk(planExport(err('CARD_TOO_LARGE'), wanted, 'replace'));
    assertFault(planExport(err('CARD_NOT_FAT'), wanted, 'replace'), 'CARD_NOT_FAT');
  });

  test('a note that T2M.txt cannot hold is refused', () => {
    assertFault(planExport(ok({ otherFiles }), { grk: GRK, note: 'ü' }, 'refuse'), 'T2M_ENCODING');
  });
});

suite('planning the export of a signed card', (test) => {
  const account = accountKey();
  const signedBy = (key: AccountKey, ofTxt = txt, changes = {}) => t2mJson(ofTxt, key, changes);
  const card = { grk: GRK, t2mTxt: txt, t2mJson: signedBy(account), manifest: manifestFor(txt, account) };
  const whole = {
    files: [
      { name: 'T2M.json', bytes: card.t2mJson },
      { name: 'T2M.txt', bytes: txt },
    ],
    remove: [],
  };

  test('T2M.txt comes last, so that a card pulled in between is none', () => {
    assert.deepEqual(assertOk(planSignedExport(ok({ otherFiles }), card, 'refuse')), whole);
  });

  test('what the same account signed for the same key before gives way, with another note as well', () => {
    const older = t2mTxt(GRK, 'older');
    for (const present of [
      { t2mTxt: txt },
      { t2mTxt: older },
      { t2mTxt: older, t2mJson: signedBy(account, older, { notBefore: '2025-01-01T00:00:00.000Z' }) },
      { t2mJson: signedBy(account) },
    ])
      assert.deepEqual(assertOk(planSignedExport(ok({ ...present, otherFiles }), card, 'refuse')), whole);
  });

  const taken = {
    'another key': { t2mTxt: t2mTxt(OTHER_GRK) },
    'a malformed T2M.txt': { t2mTxt: bytesOf('T2MKey:\r\n') },
    'a T2M.json of another account': { t2mTxt: txt, t2mJson: signedBy(accountKey()) },
    'a T2M.json for another key': { t2mTxt: txt, t2mJson: signedBy(account, txt, { grkId: '00000000' }) },
    'a malformed T2M.json': { t2mTxt: txt, t2mJson: bytesOf('{}') },
    'a T2M.json alone, of another account': { t2mJson: signedBy(accountKey()) },
  };
  for (const [what, present] of Object.entries(taken)) {
    test(`${what} needs force`, () => {
      const read = ok({ ...present, otherFiles });
      const { detail } = assertFault(planSignedExport(read, card, 'refuse'), 'CARD_TAKEN');
      for (const key of [GRK, OTHER_GRK]) assert.ok(!detail.includes(key.slice(4, 12)), detail);
      assert.deepEqual(assertOk(planSignedExport(read, card, 'replace')), whole);
    });
  }

  test('a file too large to be read needs force; another fault stays what it is', () => {
    assertFault(planSignedExport(err('CARD_TOO_LARGE'), card, 'refuse'), 'CARD_TAKEN');
    assert.deepEqual(assertOk(planSignedExport(err('CARD_TOO_LARGE'), card, 'replace')), whole);
    assertFault(planSignedExport(err('CARD_NOT_FAT'), card, 'replace'), 'CARD_NOT_FAT');
  });
});
