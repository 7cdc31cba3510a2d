import { type CardManifest, type Grk, grkIdOf, jwkOf, sha256Hex, toUtf8 } from '@ewon-agent/contracts';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { formatT2mJson } from '@ewon-agent/sdcard-tools/core/t2m-json';
import nacl from 'tweetnacl';
import { SD0 } from '../testing/fixtures.ts';
import { type CardPolicy, offerFrom } from './card-offer.ts';

const GRK = 'A01-0123456789ABCDEFGHIJKLMNOPQRSTUV' as Grk;
const keys = nacl.sign.keyPair.fromSeed(new Uint8Array(32).fill(7));
const t2mTxt = toUtf8(`T2MKey:${GRK}\r\n`);

/** A card that says itself where its account is; anybody can sign one. */
function cardTo(accountUrl: string) {
  const manifest: CardManifest = {
    v: 1,
    accountUrl,
    accountCa: '-----BEGIN CERTIFICATE-----\n',
    accountKey: jwkOf(keys.publicKey),
    grkId: grkIdOf(GRK),
    t2mSha256: sha256Hex(t2mTxt),
    notBefore: '2026-03-01T12:00:00.000Z',
    receipt: false,
    wipe: false,
  };
  return { t2mTxt, t2mJson: formatT2mJson(manifest, keys.secretKey), otherFiles: [] };
}

const from = (policy: CardPolicy) => ({
  slot: SD0,
  requestId: 'r1',
  device: { jwk: jwkOf(keys.publicKey), csr: 'CSR' },
  policy,
});

suite('card offer', (test) => {
  test('a card leads to the account that it names', () => {
    const offer = assertOk(offerFrom(cardTo('https://account.test/device/v1/directory'), from({})));
    assert.equal(offer.request.account.directoryUrl, 'https://account.test/device/v1/directory');
  });

  test('an address that is no URL is a refused card, not the end of the process', () => {
    for (const url of ['https://[', 'https://account.test:99999/directory', 'https://%/'])
      assertFault(offerFrom(cardTo(url), from({})), 'T2MJSON_BAD');
  });

  test('so is one of the configuration', () => {
    const policy = { account: { directoryUrl: 'https://account.test:99999/directory', ca: 'PEM' } };
    assertFault(offerFrom({ t2mTxt, otherFiles: [] }, from(policy)), 'ACCOUNT_NOT_CONFIGURED');
  });
});
