// Arithmetic on edwards25519 with BigInt, for making test vectors only: slow, and its timing tells its inputs.
// Source: RFC 8032 §5.1 (curve and encoding), §5.1.4 (addition in extended coordinates).

/** A point in extended homogeneous coordinates: x = X/Z, y = Y/Z, x·y = T/Z. */
export type Point = { readonly X: bigint; readonly Y: bigint; readonly Z: bigint; readonly T: bigint };

/** The field prime 2^255 − 19. */
export const P = (1n << 255n) - 19n;
/** Order of the base point. */
export const L = (1n << 252n) + 27742317777372353535851937790883648493n;
/** Bit 255 of an encoding: the sign of x. */
export const SIGN_BIT = 1n << 255n;

const D = mod(-121665n * inverse(121666n));
const SQRT_MINUS_1 = power(2n, (P - 1n) / 4n);

/** Computes a residue in [0, m). */
export function mod(a: bigint, m = P): bigint {
  const r = a % m;
  return r < 0n ? r + m : r;
}

export const IDENTITY: Point = affine(0n, 1n);
/** The base point: y = 4/5, x even. */
export const BASE: Point = pointAt(mod(4n * inverse(5n)), 0n);
/** A point of order 8; its multiples are the eight points of small order. */
export const TORSION: Point = pointAt(orderEightY(), 0n);

/** Adds two points; also doubles, because the formula is complete. */
export function add(p: Point, q: Point): Point {
  const a = mod((p.Y - p.X) * (q.Y - q.X));
  const b = mod((p.Y + p.X) * (q.Y + q.X));
  const c = mod(2n * p.T * q.T * D);
  const d = mod(2n * p.Z * q.Z);
  const [e, f, g, h] = [b - a, d - c, d + c, b + a];
  return { X: mod(e * f), Y: mod(g * h), Z: mod(f * g), T: mod(e * h) };
}

/** Multiplies a point by a scalar that is not negative. */
export function times(scalar: bigint, point: Point): Point {
  let sum = IDENTITY;
  for (let left = scalar, p = point; left > 0n; left >>= 1n, p = add(p, p)) if (left & 1n) sum = add(sum, p);
  return sum;
}

/** Encodes a point: y as a number, with the lowest bit of x on top (RFC 8032 §5.1.2). */
export function encodingOf({ X, Y, Z }: Point): bigint {
  const z = inverse(Z);
  return mod(Y * z) | ((mod(X * z) & 1n) << 255n);
}

/** Finds the point with this y and this lowest bit of x. @throws when there is none */
export function pointAt(y: bigint, lowestBitOfX: bigint): Point {
  const x = squareRoot(mod((y * y - 1n) * inverse(D * y * y + 1n)));
  if (x === undefined) throw new Error('this is a bug: no point has this y');
  return affine((x & 1n) === lowestBitOfX ? x : mod(-x), y);
}

/** Writes a number as 32 bytes, little endian. */
export function bytesOf(n: bigint): Uint8Array {
  return new Uint8Array(Buffer.from(n.toString(16).padStart(64, '0'), 'hex').reverse());
}

/** Reads bytes as a number, little endian. */
export function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
}

function affine(x: bigint, y: bigint): Point {
  return { X: x, Y: y, Z: 1n, T: mod(x * y) };
}

/** y² of the points of order 8: doubling such a point gives (±√−1, 0), so x² + y² = 0 there, hence d·y⁴ + 2·y² − 1 = 0. */
function orderEightY(): bigint {
  const root = squareRoot(mod(1n + D)) ?? 0n;
  const candidates = [mod((-1n + root) * inverse(D)), mod((-1n - root) * inverse(D))];
  const y = candidates.map(squareRoot).find((found) => found !== undefined);
  if (y === undefined) throw new Error('this is a bug: there are points of order 8');
  return y;
}

/** p ≡ 5 (mod 8): RFC 8032 §5.1.3 step 3. */
function squareRoot(a: bigint): bigint | undefined {
  const root = power(a, (P + 3n) / 8n);
  return [root, mod(root * SQRT_MINUS_1)].find((r) => mod(r * r) === a);
}

function inverse(a: bigint): bigint {
  return power(a, P - 2n);
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let left = exponent, b = mod(base); left > 0n; left >>= 1n, b = mod(b * b))
    if (left & 1n) result = mod(result * b);
  return result;
}
