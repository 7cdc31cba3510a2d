import fc from 'fast-check';
import { FlattenedSign, flattenedVerify } from 'jose';
import { bindToGrk, isBoundBy, readGrkBinding } from './grk-binding.ts';
import { type Grk, grkFrom, grkIdOf } from './ids.ts';
import { type FlattenedJws, fromBase64url, jwkOf, toBase64url } from './jws.ts';
import { assert, assertFault, assertOk, suite } from './testing/suite.ts';

const grk = made(1);
const otherGrk = made(2);
const jwk = jwkOf(new Uint8Array(32).fill(3));
const url = 'https://account.test/device/v1/registrations';
const good = bindToGrk(grk, jwk, url);
const head = { alg: 'HS256', kid: grkIdOf(grk), url };

suite('grk binding and the library jose', (test) => {
  test('what is bound here is verified by jose with the 36 bytes of the GRK', async () => {
    const verified = await flattenedVerify(good, Buffer.from(grk), { algorithms: ['HS256'] });
    assert.deepEqual(verified.protectedHeader, head);
    assert.deepEqual(JSON.parse(Buffer.from(verified.payload).toString()), jwk);
  });

  test('what jose binds is read and checked here', async () => {
    const claim = assertOk(readGrkBinding(await boundByJose(Buffer.from(grk))));
    assert.deepEqual([claim.grkId, claim.url, claim.publicKey], [grkIdOf(grk), url, new Uint8Array(32).fill(3)]);
    assert.ok(isBoundBy(claim, grk));
    assert.ok(!isBoundBy(claim, otherGrk));
  });

  test('a binding with the GRK without its A01- is not one', async () => {
    const claim = assertOk(readGrkBinding(await boundByJose(Buffer.from(grk.slice(4)))));
    assert.ok(!isBoundBy(claim, grk));
  });
});

suite('grk binding', (test) => {
  test('the GRK stands nowhere in what is sent', () => {
    const sent = [good.protected, good.payload, good.signature].map((part) => Buffer.from(fromBase64url(part) ?? []));
    for (const secret of [grk, grk.slice(4), grk.slice(4, 16)]) {
      assert.ok(!Buffer.concat(sent).includes(secret));
      assert.ok(!JSON.stringify(good).includes(secret));
    }
  });

  const changed: Record<string, FlattenedJws> = {
    'another url': { ...good, protected: toBase64url(JSON.stringify({ ...head, url: `${url}x` })) },
    'another kid': { ...good, protected: toBase64url(JSON.stringify({ ...head, kid: grkIdOf(otherGrk) })) },
    'another device key': { ...good, payload: toBase64url(JSON.stringify(jwkOf(new Uint8Array(32).fill(4)))) },
    'another spelling of the header': { ...good, protected: toBase64url(`${JSON.stringify(head)} `) },
    'the MAC of another': { ...good, signature: bindToGrk(otherGrk, jwk, url).signature },
    'a MAC cut short': { ...good, signature: good.signature.slice(0, -3) },
    'no MAC': { ...good, signature: '' },
    'a MAC with padding': { ...good, signature: `${good.signature}=` },
  };
  for (const [name, jws] of Object.entries(changed)) {
    test(`${name} is not bound by the GRK`, () => assert.ok(!isBoundBy(assertOk(readGrkBinding(jws)), grk)));
  }

  test('a MAC with any bit changed is not bound', () => {
    const mac = fromBase64url(good.signature) ?? new Uint8Array();
    assert.equal(mac.length, 32);
    for (let bit = 0; bit < 256; bit += 1) {
      const flipped = mac.map((byte, at) => (at === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
      assert.ok(!isBoundBy(assertOk(readGrkBinding({ ...good, signature: toBase64url(flipped) })), grk), `bit ${bit}`);
    }
  });

  const headers: Record<string, unknown> = {
    'alg none': { ...head, alg: 'none' },
    'alg HS512': { ...head, alg: 'HS512' },
    'alg Ed25519': { ...head, alg: 'Ed25519' },
    'no alg': { kid: head.kid, url },
    'no url': { alg: 'HS256', kid: head.kid },
    'no kid': { alg: 'HS256', url },
    'a kid that is the GRK itself': { ...head, kid: grk },
    'a kid in capitals': { ...head, kid: 'ABCDEF01' },
    'a url that is not text': { ...head, url: [url] },
    'crit and b64': { ...head, crit: ['b64'], b64: false },
    'a nonce, which RFC 8555 forbids here': { ...head, nonce: 'n' },
    'a jwk of its own': { ...head, jwk },
    'a list': [head],
    null: null,
    'text instead of an object': 'HS256',
  };
  for (const [name, header] of Object.entries(headers)) {
    test(`the header with ${name} is refused`, () => {
      const jws = { ...good, protected: toBase64url(JSON.stringify(header)) };
      assertFault(readGrkBinding(jws), 'BAD_REQUEST');
    });
  }

  const payloads = ['', 'null', '[]', '{}', '"x"', `${JSON.stringify(jwk)}}`, JSON.stringify({ ...jwk, d: jwk.x })];
  for (const payload of payloads) {
    test(`the payload ${JSON.stringify(payload.slice(0, 40))}, ${payload.length} characters, is refused`, () =>
      void assertFault(readGrkBinding({ ...good, payload: toBase64url(payload) }), 'BAD_REQUEST'));
  }

  test('header and payload that are not strict base64url are refused', () => {
    assertFault(readGrkBinding({ ...good, protected: `${good.protected}=` }), 'BAD_REQUEST');
    assertFault(readGrkBinding({ ...good, payload: `${good.payload}\n` }), 'BAD_REQUEST');
  });

  test('a fault does not repeat what was given', () => {
    const fault = assertFault(
      readGrkBinding({ ...good, protected: toBase64url(JSON.stringify({ ...head, kid: grk })) }),
      'BAD_REQUEST',
    );
    assert.ok(!JSON.stringify(fault).includes(grk.slice(4)));
  });

  test('any three strings are refused, never thrown at', () => {
    const part = fc.oneof(fc.string(), fc.base64String(), fc.json().map(toBase64url));
    fc.assert(
      fc.property(fc.record({ protected: part, payload: part, signature: part }), (jws) => {
        assertFault(readGrkBinding(jws), 'BAD_REQUEST');
      }),
      { numRuns: 1000 },
    );
  });
});

function boundByJose(key: Uint8Array): Promise<FlattenedJws> {
  const signer = new FlattenedSign(Buffer.from(JSON.stringify(jwk))).setProtectedHeader(head);
  return signer.sign(key).then(({ protected: p = '', payload, signature }) => ({ protected: p, payload, signature }));
}

function made(n: number): Grk {
  const found = grkFrom(Uint8Array.from({ length: 64 }, (_, i) => (i * 37 + n * 11) % 252));
  if (!found) throw new Error('this is a bug: 64 bytes below 252 make a GRK');
  return found;
}
