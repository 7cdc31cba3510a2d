import { accountIdFrom, type JwsType } from '@ewon-agent/contracts';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import {
  announced,
  bytesOf,
  linkTrusting,
  policyDocument,
  type Signer,
  signedAs,
  signer,
} from '../testing/account-signer.ts';
import { ACCOUNT } from '../testing/fixtures.ts';
import { openFromAccount } from './account-trust.ts';

const [one, two, three, stranger] = [signer(1), signer(2), signer(3), signer(9)] as const;
const chain = [announced(one, two), announced(two, three, { number: 3 })];
const open = (known: readonly Signer[], message: object, typ: JwsType = 'ewon-policy') =>
  openFromAccount(bytesOf(message), typ, { accountId: ACCOUNT, keys: linkTrusting(...known).accountKeys });
const signedBy = (by: Signer, keys: Parameters<typeof signedAs>[3] = []) =>
  signedAs(by, 'ewon-policy', policyDocument(), keys);
const keysAfter = (known: readonly Signer[], message: object) => assertOk(open(known, message)).keys;

suite('trust in the account', (test) => {
  test('what a known key signed is opened, and the keys stay', () => {
    assert.deepEqual(keysAfter([one], signedBy(one)), [one.jwk]);
  });

  test('a key that is announced counts beside the one before, until it has signed something', () => {
    assert.deepEqual(keysAfter([one], signedBy(one, chain.slice(0, 1))), [one.jwk, two.jwk]);
    assert.deepEqual(keysAfter([one, two], signedBy(two, chain.slice(0, 1))), [two.jwk]);
  });

  test('who was away for one change, or for two, follows the chain', () => {
    assert.deepEqual(keysAfter([one], signedBy(two, chain.slice(0, 1))), [two.jwk]);
    assert.deepEqual(keysAfter([one], signedBy(three, chain)), [three.jwk]);
    assert.deepEqual(keysAfter([one], signedBy(two, chain)), [two.jwk, three.jwk]);
  });

  test('who has moved on passes over what was announced before', () => {
    assert.deepEqual(keysAfter([two], signedBy(three, chain)), [three.jwk]);
    assert.deepEqual(keysAfter([three], signedBy(three, chain)), [three.jwk]);
  });

  const refused: Readonly<Record<string, readonly [readonly Signer[], object]>> = {
    'a key that nobody announced': [[one], signedBy(stranger)],
    'a key that a stranger announced': [[one], signedBy(stranger, [announced(stranger, stranger)])],
    'a key that was announced for another account': [
      [one],
      signedBy(two, [announced(one, two, { accountId: accountIdFrom(new Uint8Array(17).fill(7)) })]),
    ],
    'a link of the chain that is missing': [[one], signedBy(three, chain.slice(1))],
    'a chain in the wrong order': [[one], signedBy(three, chain.toReversed())],
    'the old key, once a newer one has signed': [[two], signedBy(one, chain)],
    'no key is known': [[], signedBy(one, chain)],
  };
  for (const [what, [known, message]] of Object.entries(refused))
    test(`refused: ${what}`, () => void assertFault(open(known, message), 'BAD_SIGNATURE'));

  test('refused: one bit of payload or signature is another', () => {
    const { signed } = signedBy(one);
    const payload = Buffer.from(signed.payload, 'base64url');
    payload[20] = (payload[20] ?? 0) ^ 1;
    assertFault(open([one], { v: 1, signed: { ...signed, payload: payload.toString('base64url') } }), 'BAD_SIGNATURE');
    const signature = Buffer.from(signed.signature, 'base64url');
    signature[3] = (signature[3] ?? 0) ^ 1;
    const tampered = { ...signed, signature: signature.toString('base64url') };
    assertFault(open([one], { v: 1, signed: tampered }), 'BAD_SIGNATURE');
  });

  test('refused: one thing in place of another, and what is none', () => {
    assertFault(open([one], signedBy(one), 'ewon-cmd'), 'BAD_REQUEST');
    for (const none of [{}, { v: 1 }, { v: 1, signed: 'x' }, { v: 1, signed: { ...signedBy(one).signed, header: {} } }])
      assertFault(open([one], none), 'BAD_REQUEST');
  });
});
