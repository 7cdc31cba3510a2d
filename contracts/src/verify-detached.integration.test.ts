import fc from 'fast-check';
import nacl from 'tweetnacl';
import { type Ed25519Vector, makeEd25519Vectors, VECTOR_CLASSES, type VectorClass } from './testing/ed25519-vectors.ts';
import { assert, suite } from './testing/suite.ts';
import { hasStrictForm, verifyDetached, verifyDetachedAside } from './verify-detached.ts';

// tweetnacl verifies about 90 signatures a second, hence the time limit

type Verdict = 'accepts' | 'refuses' | 'throws';

function tweetnaclOn({ message, signature, publicKey }: Ed25519Vector): Verdict {
  try {
    return nacl.sign.detached.verify(message, signature, publicKey) ? 'accepts' : 'refuses';
  } catch {
    return 'throws'; // a verdict of its own: tweetnacl throws on wrong lengths
  }
}

suite('verifyDetached', { timeoutMs: 100_000 }, (test) => {
  const vectors = makeEd25519Vectors();
  const told: string[] = [];

  for (const of of Object.keys(VECTOR_CLASSES) as VectorClass[]) {
    const expected = VECTOR_CLASSES[of];
    const mine = vectors.filter((v) => v.of === of);
    test(`${of} is ${expected.ours ? 'accepted' : 'refused'}, and tweetnacl ${expected.tweetnacl} it: ${expected.why}`, async () => {
      const ours = mine.map((v) => verifyDetached(v.message, v.signature, v.publicKey));
      const aside = await Promise.all(mine.map((v) => verifyDetachedAside(v.message, v.signature, v.publicKey)));
      assert.deepEqual(aside, ours, 'a thread of its own comes to another verdict');
      const theirs = mine.map(tweetnaclOn);
      const accepted = theirs.filter((verdict) => verdict === 'accepts').length;
      told.push(
        `${of}: ${mine.length} vectors, tweetnacl accepted ${accepted}, we accepted ${ours.filter(Boolean).length}`,
      );
      assert.ok(mine.length > 0);
      mine.forEach((v, i) => {
        assert.equal(ours[i], expected.ours, v.note);
        assert.equal(theirs[i], expected.tweetnacl, v.note);
      });
    });
  }

  test('there are at least 1,000 vectors, 500 of them valid, and no two are the same', () => {
    const spelled = vectors.map((v) =>
      [v.message, v.signature, v.publicKey].map((b) => Buffer.from(b).toString('hex')),
    );
    assert.equal(new Set(spelled.map((parts) => parts.join('.'))).size, vectors.length);
    assert.ok(vectors.length >= 1000, `${vectors.length} vectors`);
    assert.ok(vectors.filter((v) => v.of === 'valid').length >= 500);
    process.stdout.write(`\n  ${told.join('\n  ')}\n  ${vectors.length} vectors in all\n`);
  });

  const badlyFormed: readonly VectorClass[] = [
    'largeS',
    'smallOrderA',
    'smallOrderR',
    'unreducedA',
    'unreducedLargeA',
    'unreducedR',
    'wrongLength',
  ];
  for (const of of badlyFormed) {
    test(`${of} is refused by its form alone, whatever the library behind it thinks`, () => {
      for (const v of vectors.filter((v) => v.of === of)) assert.ok(!hasStrictForm(v.signature, v.publicKey), v.note);
    });
  }

  test('what a library must judge passes the check of form', () => {
    const sound = vectors.filter((v) => v.of === 'cofactored' || VECTOR_CLASSES[v.of].ours);
    for (const v of sound) assert.ok(hasStrictForm(v.signature, v.publicKey), v.note);
  });

  test('each of the eight points of small order stands as A and as R', () => {
    const seen = (of: VectorClass, part: (v: Ed25519Vector) => Uint8Array) =>
      new Set(vectors.filter((v) => v.of === of).map((v) => Buffer.from(part(v)).toString('hex'))).size;
    assert.equal(
      seen('smallOrderA', (v) => v.publicKey),
      8,
    );
    assert.equal(
      seen('smallOrderR', (v) => v.signature.subarray(0, 32)),
      8,
    );
    assert.equal(
      seen('unreducedA', (v) => v.publicKey),
      6,
    );
  });

  test('any bytes of any length are answered, never thrown at', () => {
    const bytes = fc.uint8Array({ maxLength: 100 });
    const near = (n: number) => fc.oneof(bytes, fc.uint8Array({ minLength: n, maxLength: n }));
    fc.assert(
      fc.property(bytes, near(64), near(32), (message, signature, key) => !verifyDetached(message, signature, key)),
      { seed: 25519, numRuns: 2000 },
    );
  });

  test('a view into a larger buffer is verified as what it shows, and is not changed', () => {
    const v = vectors.find((found) => found.of === 'valid' && found.message.length === 100);
    assert.ok(v);
    const all = Buffer.concat([Buffer.alloc(7, 1), v.message, v.signature, v.publicKey, Buffer.alloc(9, 2)]);
    const before = Buffer.from(all);
    assert.ok(verifyDetached(all.subarray(7, 107), all.subarray(107, 171), all.subarray(171, 203)));
    assert.deepEqual(all, before);
  });
});
