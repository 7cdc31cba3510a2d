import { type Code, T2M_JSON_MAX_BYTES } from '@ewon-agent/contracts';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { accountKey, bytesOf, manifestFor, t2mJson, t2mTxt } from '../testing/cards.ts';
import { formatT2mJson, readT2mJson } from './t2m-json.ts';

const key = accountKey();
const txt = t2mTxt();
const whole = t2mJson(txt, key);
const jws: Record<string, string> = JSON.parse(Buffer.from(whole).toString());
const changed = (changes: object) => bytesOf(JSON.stringify({ ...jws, ...changes }));
const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

const REFUSED: readonly [what: string, file: Uint8Array, code: Code][] = [
  ['no byte', new Uint8Array(), 'T2MJSON_BAD'],
  ['no JSON', bytesOf('hello'), 'T2MJSON_BAD'],
  ['JSON that is no JWS', bytesOf('[1]'), 'T2MJSON_BAD'],
  ['null', bytesOf('null'), 'T2MJSON_BAD'],
  ['not UTF-8', Uint8Array.of(0x7b, 0xff, 0x7d), 'T2MJSON_BAD'],
  ['cut in the middle', whole.slice(0, 200), 'T2MJSON_BAD'],
  ['a member too many', changed({ header: {} }), 'T2MJSON_BAD'],
  ['another alg', changed({ protected: base64url({ alg: 'none', typ: 'ewon-card' }) }), 'T2MJSON_BAD'],
  ['another typ', changed({ protected: base64url({ alg: 'Ed25519', typ: 'ewon-policy' }) }), 'T2MJSON_BAD'],
  ['a manifest without members', changed({ payload: base64url({}) }), 'T2MJSON_BAD'],
  ['a manifest of version 2', changed({ payload: base64url({ ...manifestFor(txt, key), v: 2 }) }), 'T2MJSON_BAD'],
  ['plain HTTP', changed({ payload: base64url(manifestFor(txt, key, { accountUrl: 'http://x/' })) }), 'T2MJSON_BAD'],
  [
    'a key of 31 bytes',
    changed({ payload: base64url(manifestFor(txt, { ...key, jwk: { ...key.jwk, x: 'A'.repeat(42) } })) }),
    'T2MJSON_BAD',
  ],
  [
    'another payload under the same signature',
    changed({ payload: base64url(manifestFor(txt, key, { wipe: true })) }),
    'T2MJSON_SIGNATURE_BAD',
  ],
  ['a signature of another key', formatT2mJson(manifestFor(txt, key), accountKey().secretKey), 'T2MJSON_SIGNATURE_BAD'],
  ['a signature of zeros', changed({ signature: 'A'.repeat(86) }), 'T2MJSON_SIGNATURE_BAD'],
  ['a byte more than 64 KiB', new Uint8Array(T2M_JSON_MAX_BYTES + 1).fill(0x20), 'CARD_TOO_LARGE'],
];

suite('T2M.json', (test) => {
  test('what is written reads back, with the very JWS', () => {
    const read = assertOk(readT2mJson(whole));
    assert.deepEqual(read.manifest, manifestFor(txt, key));
    assert.deepEqual(read.jws, jws);
  });

  for (const [what, file, code] of REFUSED) {
    test(`${what}: ${code}`, () => {
      assertFault(readT2mJson(file), code);
    });
  }
});
