import { err, ok } from '@ewon-agent/contracts';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { accountKey, bytesOf, GRK, OTHER_GRK, t2mJson, t2mTxt } from '../testing/cards.ts';
import { planExport } from './export-plan.ts';

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
