import { createHash, createPrivateKey, sign } from 'node:crypto';
import {
  add,
  BASE,
  bytesOf,
  encodingOf,
  L,
  mod,
  numberOf,
  P,
  type Point,
  SIGN_BIT,
  TORSION,
  times,
} from './edwards25519.ts';

// Signatures, good and crafted, for verifyDetached. Every byte comes from a hash of a label, so each run sees the same.

/** What tweetnacl 1.0.3 is known to do with a class, and what we must do. */
type Expected = { readonly ours: boolean; readonly tweetnacl: 'accepts' | 'refuses' | 'throws'; readonly why: string };

export const VECTOR_CLASSES = {
  valid: { ours: true, tweetnacl: 'accepts', why: 'made by another implementation' },
  bitFlipped: { ours: false, tweetnacl: 'refuses', why: 'one bit of message, signature or key' },
  foreignKey: { ours: false, tweetnacl: 'refuses', why: 'signed by another key' },
  largeS: { ours: false, tweetnacl: 'accepts', why: 'S + k·L signs the same message (RFC 8032 §5.1.7 step 1)' },
  smallOrderA: { ours: false, tweetnacl: 'accepts', why: 'a key of order 1, 2, 4 or 8 signs anything' },
  smallOrderR: { ours: false, tweetnacl: 'accepts', why: 'R of order 1, 2, 4 or 8 under a key of large order' },
  unreducedA: {
    ours: false,
    tweetnacl: 'accepts',
    why: 'a second spelling of a key: y ≥ p, or x = 0 with its sign set',
  },
  // no signature of these can be made, because nobody knows the secret of a point with y below 19
  unreducedLargeA: { ours: false, tweetnacl: 'refuses', why: 'y ≥ p, a point of large order' },
  // tweetnacl compares encodings; a verifier that decodes R lets these through
  unreducedR: { ours: false, tweetnacl: 'refuses', why: 'a second spelling of R' },
  cofactored: { ours: false, tweetnacl: 'refuses', why: '8·S·B = 8·R + 8·h·A holds, S·B = R + h·A does not' },
  mixedOrderA: {
    ours: true,
    tweetnacl: 'accepts',
    why: 'a key with a part of small order; the equation holds as it stands',
  },
  wrongLength: { ours: false, tweetnacl: 'throws', why: 'signature or key of another length' },
  random: { ours: false, tweetnacl: 'refuses', why: 'random bytes of the right lengths' },
} as const satisfies Record<string, Expected>;

export type VectorClass = keyof typeof VECTOR_CLASSES;
export type Ed25519Vector = {
  readonly of: VectorClass;
  readonly note: string;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
  readonly publicKey: Uint8Array;
};

/** Makes all vectors; takes about a second. */
export function makeEd25519Vectors(): readonly Ed25519Vector[] {
  const valid = range(520).map(validVector);
  return [
    ...valid,
    ...range(120).map((i) => bitFlipped(i, pick(valid, i * 4))),
    ...range(12).map((i) => ({
      ...pick(valid, i),
      of: 'foreignKey' as const,
      publicKey: pick(valid, i + 1).publicKey,
    })),
    ...range(105).map((i) => largeS(i, pick(valid, i * 3))),
    ...range(64).map(smallOrderA),
    ...range(48).map(smallOrderR),
    ...range(36).map(unreducedA),
    ...range(20).map(unreducedLargeA),
    ...range(12).map(unreducedR),
    ...range(16).map(cofactored),
    ...range(24).map(mixedOrderA),
    ...[0, 1, 31, 32, 63, 65, 96, 128].map((n) => wrongLength('signature', n, pick(valid, n))),
    ...[0, 1, 31, 33, 44, 64].map((n) => wrongLength('publicKey', n, pick(valid, n))),
    ...range(60).map((i) => vector('random', `${i}`, bytes(`rm${i}`, i), bytes(`rs${i}`, 64), bytes(`rk${i}`, 32))),
  ];
}

/** Lengths 0 to 300 one by one, then steps across the block borders of SHA-512 up to 9 KiB. */
function validVector(i: number): Ed25519Vector {
  const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), bytes(`seed${i}`, 32)]);
  const key = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
  const publicKey = Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url');
  const message = bytes(`message${i}`, i <= 300 ? i : 300 + (i - 300) * 41);
  return vector('valid', `${message.length} bytes`, message, sign(null, message, key), publicKey);
}

function bitFlipped(i: number, good: Ed25519Vector): Ed25519Vector {
  const part = pick(['message', 'signature', 'publicKey'] as const, i);
  const flipped = good[part].length > 0 ? Uint8Array.from(good[part]) : Uint8Array.of(0); // an empty message grows a byte
  const bit = numberOf(bytes(`flip${i}`, 4)) % BigInt(flipped.length * 8);
  const at = Number(bit / 8n);
  flipped[at] = (flipped[at] ?? 0) ^ (1 << Number(bit % 8n));
  return { ...good, of: 'bitFlipped', note: `${part}, bit ${bit}`, [part]: flipped };
}

/** k up to 15: 16·L needs more than 256 bits. */
function largeS(i: number, good: Ed25519Vector): Ed25519Vector {
  const k = BigInt(1 + (i % 15));
  const s = numberOf(good.signature.subarray(32)) + k * L;
  return { ...good, of: 'largeS', note: `S + ${k}·L`, signature: join(good.signature.subarray(0, 32), bytesOf(s)) };
}

/** Each of the eight points; S is 0 in every second round, so that R is of small order as well. */
function smallOrderA(i: number): Ed25519Vector {
  const A = times(BigInt(i % 8), TORSION);
  return craft('smallOrderA', i, { encodedA: encodingOf(A), A, s: i % 16 < 8 ? scalar(`s${i}`) : 0n });
}

function unreducedA(i: number): Ed25519Vector {
  const spelling = pick([1n | SIGN_BIT, (P - 1n) | SIGN_BIT, P, P | SIGN_BIT, P + 1n, (P + 1n) | SIGN_BIT], i);
  const order = [1n, 2n, 4n, 4n, 1n, 1n][i % 6] ?? 1n;
  const A = times((8n / order) * (i % 6 === 3 ? 3n : 1n), TORSION);
  return craft('unreducedA', i, { encodedA: spelling, A, s: scalar(`u${i}`) });
}

/**
 * Makes a signature under a key A of small order: R = S·B − h·A, where R must be known before h is. So R is guessed
 * with h·A = 0, and messages are tried until that is true.
 */
function craft(of: VectorClass, i: number, key: { readonly encodedA: bigint; readonly A: Point; readonly s: bigint }) {
  const R = encodingOf(times(key.s, BASE));
  const message = messageWith(`${of}${i}`, R, key.encodedA, (h) => encodingOf(times(h % 8n, key.A)) === 1n);
  return vector(of, `A ${hex(key.encodedA)}`, message, join(bytesOf(R), bytesOf(key.s)), bytesOf(key.encodedA));
}

/** A = a·B + T: then S = h·a gives R = −h·T, one of the eight small points. With R the identity, T may be left out. */
function smallOrderR(i: number): Ed25519Vector {
  const [a, j] = [scalar(`a${i}`), BigInt(i % 8)];
  const A = encodingOf(add(times(a, BASE), j === 0n ? times(0n, BASE) : TORSION));
  const R = encodingOf(times(j, TORSION));
  const message = messageWith(`smallR${i}`, R, A, (h) => j === 0n || (h + j) % 8n === 0n);
  const s = mod(hash(R, A, message) * a, L);
  return vector('smallOrderR', `R ${hex(R)}`, message, join(bytesOf(R), bytesOf(s)), bytesOf(A));
}

/** The ten y below 19 that are on the curve and not of small order, with both signs: their y + p fits in 255 bits. */
function unreducedLargeA(i: number): Ed25519Vector {
  const y = pick([3n, 4n, 5n, 6n, 9n, 10n, 14n, 15n, 16n, 18n], i >> 1);
  const A = (P + y) | (i % 2 === 1 ? SIGN_BIT : 0n);
  return vector('unreducedLargeA', `y = p + ${y}`, bytes(`ul${i}`, i), bytes(`us${i}`, 63, 1), bytesOf(A));
}

/** A good signature with R the identity, whose R is then spelled in another way, before hashing. */
function unreducedR(i: number): Ed25519Vector {
  const R = pick([P + 1n, (P + 1n) | SIGN_BIT, 1n | SIGN_BIT], i);
  const a = scalar(`ur${i}`);
  const A = encodingOf(times(a, BASE));
  const message = bytes(`urm${i}`, i);
  return vector('unreducedR', hex(R), message, join(bytesOf(R), bytesOf(mod(hash(R, A, message) * a, L))), bytesOf(A));
}

function cofactored(i: number): Ed25519Vector {
  return withMixedKey('cofactored', i, (h) => h % 8n !== 0n);
}

function mixedOrderA(i: number): Ed25519Vector {
  return withMixedKey('mixedOrderA', i, (h) => h % 8n === 0n);
}

/** Signs with a, under the key a·B + T: S·B = R + h·A − h·T. */
function withMixedKey(of: VectorClass, i: number, fits: (h: bigint) => boolean): Ed25519Vector {
  const [a, r] = [scalar(`${of}a${i}`), scalar(`${of}r${i}`)];
  const A = encodingOf(add(times(a, BASE), times(BigInt(1 + 2 * (i % 4)), TORSION)));
  const R = encodingOf(times(r, BASE));
  const message = messageWith(`${of}${i}`, R, A, fits);
  const s = mod(r + hash(R, A, message) * a, L);
  return vector(of, `${i}`, message, join(bytesOf(R), bytesOf(s)), bytesOf(A));
}

function wrongLength(part: 'signature' | 'publicKey', length: number, good: Ed25519Vector): Ed25519Vector {
  const longer = join(good[part], new Uint8Array(64)).subarray(0, length);
  return { ...good, of: 'wrongLength', note: `${part} of ${length} bytes`, [part]: longer };
}

/** Tries messages until the hash that the verifier will compute is as wanted. */
function messageWith(label: string, R: bigint, A: bigint, fits: (h: bigint) => boolean): Uint8Array {
  for (let n = 0; n < 10_000; n += 1) {
    const message = Buffer.from(`${label} try ${n}`);
    if (fits(hash(R, A, message))) return message;
  }
  throw new Error(`this is a bug: no message for ${label}`);
}

/** h of RFC 8032 §5.1.7 step 2, reduced modulo L as both tweetnacl and OpenSSL do. */
function hash(R: bigint, A: bigint, message: Uint8Array): bigint {
  return numberOf(createHash('sha512').update(bytesOf(R)).update(bytesOf(A)).update(message).digest()) % L;
}

function vector(of: VectorClass, note: string, message: Uint8Array, signature: Uint8Array, publicKey: Uint8Array) {
  return { of, note, message, signature, publicKey };
}

/** Bytes that depend on the label only; `zeros` of them are added behind. */
function bytes(label: string, length: number, zeros = 0): Uint8Array {
  return join(
    createHash('shake256', { outputLength: length || 1 })
      .update(label)
      .digest()
      .subarray(0, length),
    new Uint8Array(zeros),
  );
}

function scalar(label: string): bigint {
  return 1n + (numberOf(bytes(label, 48)) % (L - 1n));
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array {
  return new Uint8Array(Buffer.concat([a, b]));
}

function hex(encoded: bigint): string {
  return Buffer.from(bytesOf(encoded)).toString('hex');
}

function range(length: number): readonly number[] {
  return Array.from({ length }, (_, i) => i);
}

function pick<T>(list: readonly T[], i: number): T {
  const found = list[i % list.length];
  if (found === undefined) throw new Error('this is a bug: nothing to pick from');
  return found;
}
