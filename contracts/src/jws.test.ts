import fc from 'fast-check';
import { FlattenedSign, flattenedVerify, type JWSHeaderParameters } from 'jose';
import nacl from 'tweetnacl';
import {
  type FlattenedJws,
  fromBase64url,
  isSignedBy,
  jwkOf,
  openJws,
  publicKeyOf,
  signJws,
  toBase64url,
} from './jws.ts';
import { assert, assertFault, assertOk, suite } from './testing/suite.ts';

const pair = nacl.sign.keyPair.fromSeed(new Uint8Array(32).fill(7));
const other = nacl.sign.keyPair.fromSeed(new Uint8Array(32).fill(8));
const jwk = jwkOf(pair.publicKey);
const privateJwk = { ...jwk, d: toBase64url(pair.secretKey.subarray(0, 32)) };
const good = signJws({ typ: 'ewon-card' }, '{"v":1}', pair.secretKey);

/** Signs any header whatever, as somebody would who has the key and means ill. */
function forged(header: string | object, payload = '{"v":1}'): FlattenedJws {
  const head = toBase64url(typeof header === 'string' ? header : JSON.stringify(header));
  const body = toBase64url(payload);
  const signature = nacl.sign.detached(Buffer.from(`${head}.${body}`), pair.secretKey);
  return { protected: head, payload: body, signature: toBase64url(signature) };
}

suite('jws and the library jose', (test) => {
  const headers = {
    'a typ alone': { typ: 'ewon-card' },
    'nonce, url and jwk': { typ: 'ewon-reg', nonce: 'n-1', url: 'https://a.test/r', jwk },
    'nonce, url and kid': { typ: 'ewon-reg', nonce: 'n-2', url: 'https://a.test/r', kid: 'https://a.test/r/1' },
  } as const;
  const payloads = ['', '{}', 'line 4 · Halle Süd', JSON.stringify({ big: 'x'.repeat(10_000) })];

  for (const [name, header] of Object.entries(headers)) {
    test(`what jose signs with ${name} is opened and verified here`, async () => {
      for (const payload of payloads) {
        const signer = new FlattenedSign(new TextEncoder().encode(payload));
        const signed = await signer.setProtectedHeader({ alg: 'Ed25519', ...header }).sign(privateJwk);
        const opened = assertOk(openJws(signed, header.typ));
        assert.deepEqual(opened.header, { alg: 'Ed25519', ...header });
        assert.equal(Buffer.from(opened.payload).toString(), payload);
        assert.ok(isSignedBy(opened, pair.publicKey));
        assert.ok(!isSignedBy(opened, other.publicKey));
      }
    });

    test(`what is signed here with ${name} is verified by jose`, async () => {
      for (const payload of payloads) {
        const verified = await flattenedVerify(signJws(header, payload, pair.secretKey), jwk, {
          algorithms: ['Ed25519'],
        });
        assert.deepEqual(verified.protectedHeader, { alg: 'Ed25519', ...header } as JWSHeaderParameters);
        assert.equal(Buffer.from(verified.payload).toString(), payload);
      }
    });
  }

  test('bytes that are not text survive signing and opening', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (payload) => {
        const opened = assertOk(openJws(signJws({ typ: 'ewon-cmd' }, payload, pair.secretKey), 'ewon-cmd'));
        assert.deepEqual(opened.payload, payload);
      }),
      { numRuns: 50 },
    );
  });
});

suite('jws refused', (test) => {
  const refused = (name: string, value: unknown) =>
    test(name, () => void assertFault(openJws(value, 'ewon-card'), 'BAD_REQUEST'));
  const head = { alg: 'Ed25519', typ: 'ewon-card' };

  test('the forged ones would be good but for their header', () => {
    assert.ok(isSignedBy(assertOk(openJws(forged(head), 'ewon-card')), pair.publicKey));
    assert.deepEqual(forged(head), good);
  });

  for (const typ of [
    'ewon-reg',
    'ewon-policy',
    'ewon-cmd',
    'EWON-CARD',
    'JWT',
    '',
    1,
    null,
    ['ewon-card'],
    undefined,
  ]) {
    refused(`typ ${JSON.stringify(typ)} where a card is wanted`, forged({ ...head, typ }));
  }
  for (const alg of [
    'none',
    'None',
    'HS256',
    'EdDSA',
    'ES256',
    'ed25519',
    '',
    null,
    undefined,
    ['Ed25519'],
    { x: 1 },
  ]) {
    refused(`alg ${JSON.stringify(alg)}`, forged({ ...head, alg }));
  }
  const extra = {
    crit: ['exp'],
    b64: false,
    jku: 'https://evil.test',
    x5c: [],
    x5u: 'https://evil.test',
    cty: 'JWT',
    exp: 1,
  };
  for (const [name, value] of Object.entries(extra))
    refused(`the header member ${name}`, forged({ ...head, [name]: value }));
  refused('the unencoded payload of RFC 7797', forged({ ...head, b64: false, crit: ['b64'] }));
  for (const name of ['nonce', 'url', 'kid']) refused(`${name} that is not text`, forged({ ...head, [name]: 5 }));
  refused('a jwk of another curve', forged({ ...head, jwk: { kty: 'EC', crv: 'P-256', x: jwk.x } }));
  refused('a jwk of another length', forged({ ...head, jwk: { ...jwk, x: toBase64url(new Uint8Array(31)) } }));
  refused('a jwk with the private key in it', forged({ ...head, jwk: privateJwk }));
  refused('__proto__ as a header member', forged(`{"alg":"Ed25519","typ":"ewon-card","__proto__":{"url":"x"}}`));
  refused('alg and typ from a prototype only', forged('{"__proto__":{"alg":"Ed25519","typ":"ewon-card"}}'));
  for (const text of ['', 'x', 'null', '[]', '1', '"ewon-card"', `${JSON.stringify(head)}x`, JSON.stringify([head])]) {
    refused(`the header ${JSON.stringify(text)}`, forged(text));
  }
  refused('a header that is not UTF-8', { ...good, protected: toBase64url(Uint8Array.of(0x7b, 0xff, 0x7d)) });

  refused('an unprotected header', { ...good, header: { kid: 'x' } });
  refused('a general serialization', { payload: good.payload, signatures: [good] });
  refused('a compact serialization', `${good.protected}.${good.payload}.${good.signature}`);
  for (const member of ['protected', 'payload', 'signature'] as const) {
    const { [member]: left, ...rest } = good;
    refused(`${member} left out`, rest);
    refused(`${member} from a prototype`, Object.assign(Object.create({ [member]: left }), rest));
    refused(`${member} as a list`, { ...good, [member]: [left] });
    refused(`${member} with padding`, { ...good, [member]: `${left}=` });
    refused(`${member} with a blank`, { ...good, [member]: `${left} ` });
    refused(`${member} with a line end`, { ...good, [member]: `${left}\n` });
    refused(`${member} in base64 of the other alphabet`, { ...good, [member]: `${left.slice(0, -4)}+/+/` });
    refused(`${member} with a byte that is not ASCII`, { ...good, [member]: `${left.slice(0, -1)}é` });
  }
  // 64 bytes end in a character of which only two bits count: Q, R … f say the same in a tolerant decoder
  refused('a signature in its second spelling', { ...good, signature: nextSpelling(good.signature) });

  test('each ill of one character in one place changes the answer', () => {
    for (const member of ['protected', 'payload', 'signature'] as const) {
      for (let i = 0; i < good[member].length; i += 1) {
        const changed = `${good[member].slice(0, i)}${good[member][i] === 'A' ? 'B' : 'A'}${good[member].slice(i + 1)}`;
        const opened = openJws({ ...good, [member]: changed }, 'ewon-card');
        assert.ok(!opened.ok || !isSignedBy(opened.value, pair.publicKey), `${member}, character ${i}`);
      }
    }
  });

  test('payload and signature of two good ones do not mix', () => {
    const second = signJws({ typ: 'ewon-card' }, '{"v":2}', pair.secretKey);
    for (const mixed of [
      { ...good, payload: second.payload },
      { ...good, signature: second.signature },
      { ...good, protected: signJws({ typ: 'ewon-card', url: 'x' }, '', pair.secretKey).protected },
    ]) {
      assert.ok(!isSignedBy(assertOk(openJws(mixed, 'ewon-card')), pair.publicKey));
    }
  });

  test('the border between header and payload cannot be moved', () => {
    const whole = good.protected + good.payload;
    const moved = { ...good, protected: whole.slice(0, -4), payload: whole.slice(-4) };
    assertFault(openJws(moved, 'ewon-card'), 'BAD_REQUEST');
  });

  test('anything at all is refused or opened, never thrown at', () => {
    const part = fc.oneof(fc.string(), fc.base64String(), fc.anything());
    const near = fc.record({ protected: part, payload: part, signature: part }, { requiredKeys: [] });
    fc.assert(
      fc.property(fc.oneof(fc.anything({ withNullPrototype: true, withBigInt: true }), near), (value) => {
        assertFault(openJws(value, 'ewon-card'), 'BAD_REQUEST');
      }),
      { numRuns: 2000 },
    );
  });

  test('any JSON as a header is refused or gives what it says, never thrown at', () => {
    fc.assert(
      fc.property(fc.json(), (json) => void assertFault(openJws(forged(json), 'ewon-card'), 'BAD_REQUEST')),
      { numRuns: 200 },
    );
  });
});

suite('base64url and jwk', (test) => {
  test('every byte string has one spelling, and it is read back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => {
        assert.deepEqual(fromBase64url(toBase64url(bytes)), bytes);
      }),
    );
  });

  test('a spelling that is read is the only one', () => {
    const alphabet = [...'ABab01-_+/= \n.é'];
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...alphabet), maxLength: 9 }), (text) => {
        const bytes = fromBase64url(text);
        assert.ok(bytes === undefined || toBase64url(bytes) === text);
        if (/[^A-Za-z0-9_-]/.test(text)) assert.equal(bytes, undefined);
      }),
      { numRuns: 2000 },
    );
  });

  test('a key is read back from its jwk', () => {
    assert.deepEqual(publicKeyOf(jwk), pair.publicKey);
    assert.deepEqual(publicKeyOf(JSON.parse(JSON.stringify(jwk))), pair.publicKey);
  });

  test('what is not exactly an Ed25519 key has no bytes', () => {
    const broken: readonly unknown[] = [
      ...[undefined, null, 1, 'x', [], {}, [jwk]],
      ...[
        { ...jwk, kty: 'EC' },
        { ...jwk, crv: 'X25519' },
        { ...jwk, crv: 'ed25519' },
        { kty: 'OKP', crv: 'Ed25519' },
      ],
      ...[31, 33, 0].map((length) => ({ ...jwk, x: toBase64url(new Uint8Array(length)) })),
      ...[`${jwk.x}=`, `${jwk.x} `, nextSpelling(jwk.x), 5, null, [jwk.x]].map((x) => ({ ...jwk, x })),
    ];
    for (const value of broken) assert.equal(publicKeyOf(value), undefined, JSON.stringify(value));
  });
});

/** The same bits with another last character, which a tolerant decoder reads as the same bytes. */
function nextSpelling(text: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const other = `${text.slice(0, -1)}${alphabet[alphabet.indexOf(text.slice(-1)) + 1] ?? 'A'}`;
  assert.deepEqual(Buffer.from(other, 'base64url'), Buffer.from(text, 'base64url'));
  return other;
}
