import { grkIdOf, sha256Hex } from '@ewon-agent/contracts';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { accountKey, bytesOf, GRK, OTHER_GRK, t2mJson, t2mTxt } from '../testing/cards.ts';
import { judgeCard } from './card.ts';

const key = accountKey();
const txt = t2mTxt();
const otherFiles: readonly string[] = [];

suite('judging a card', (test) => {
  test('T2M.txt alone is usable', () => {
    assert.deepEqual(assertOk(judgeCard({ t2mTxt: txt, otherFiles }, {})), {
      grk: GRK,
      grkId: grkIdOf(GRK),
      note: 'Pump station 3',
      t2mSha256: sha256Hex(txt),
    });
  });

  test('T2M.txt alone is usable where the key is pinned: the account is the configured one', () => {
    assertOk(judgeCard({ t2mTxt: txt, otherFiles }, { pinnedKey: key.jwk }));
  });

  test('with a fitting T2M.json the manifest and its JWS are handed out', () => {
    const card = assertOk(judgeCard({ t2mTxt: txt, t2mJson: t2mJson(txt, key), otherFiles }, { pinnedKey: key.jwk }));
    assert.deepEqual(card.manifest?.accountKey, key.jwk);
    assert.ok(card.manifestJws?.signature);
  });

  test('no T2M.txt: CARD_NO_T2M, even with a T2M.json, naming what is there', () => {
    const files = { t2mJson: t2mJson(txt, key), otherFiles: ['backup.tar', 'comcfg.txt'] };
    assert.equal(assertFault(judgeCard(files, {}), 'CARD_NO_T2M').detail, 'backup.tar, comcfg.txt');
  });

  test('a malformed T2M.txt keeps its own code', () => {
    assertFault(judgeCard({ t2mTxt: bytesOf('T2MKey:\n'), otherFiles }, {}), 'T2M_KEY_FORM');
  });

  test('a malformed T2M.json spoils the card', () => {
    assertFault(judgeCard({ t2mTxt: txt, t2mJson: bytesOf('{}'), otherFiles }, {}), 'T2MJSON_BAD');
  });

  test('T2M.json of another key: T2MJSON_MISMATCH', () => {
    const json = t2mJson(txt, key, { grkId: grkIdOf(OTHER_GRK) });
    assertFault(judgeCard({ t2mTxt: txt, t2mJson: json, otherFiles }, {}), 'T2MJSON_MISMATCH');
  });

  test('T2M.txt whose note was changed after signing: T2MJSON_MISMATCH', () => {
    const files = { t2mTxt: t2mTxt(GRK, 'another note'), t2mJson: t2mJson(txt, key), otherFiles };
    assertFault(judgeCard(files, {}), 'T2MJSON_MISMATCH');
  });

  test('signed by another key than the pinned one: T2MJSON_UNTRUSTED', () => {
    const files = { t2mTxt: txt, t2mJson: t2mJson(txt, accountKey()), otherFiles };
    assertFault(judgeCard(files, { pinnedKey: key.jwk }), 'T2MJSON_UNTRUSTED');
    assertOk(judgeCard(files, {}));
  });

  test('dates are not judged: the clock of a device may stand at 1970', () => {
    const json = t2mJson(txt, key, { notBefore: '2999-01-01T00:00:00Z', notAfter: '1999-01-01T00:00:00Z' });
    assertOk(judgeCard({ t2mTxt: txt, t2mJson: json, otherFiles }, {}));
  });
});
