import { scrypt } from 'node:crypto';
import { toBase64url } from '@ewon-agent/contracts';

/** Hashes passwords, slowly on purpose. */
export type PasswordHasher = {
  /** @returns a text that names how it was made: with the same salt the same password gives the same text */
  hash(password: string, salt: string): Promise<string>;
};

/** 32 MiB and about 0.2 s on a small server (OWASP Password Storage Cheat Sheet 2024: N = 2^15, r = 8, p = 3). */
export const PASSWORD_COST_LOG2 = 15;
const BLOCK = 8;
const LANES = 3;
/** Half of the threads that Node has for such work: the other half reads files and names while somebody guesses. */
const AT_ONCE_MAX = 2;
const HASH_BYTES = 32;

/** @param costLog2 binary logarithm of N, RFC 7914 §2 */
export function createPasswordHasher(costLog2: number): PasswordHasher {
  const waiting: (() => void)[] = [];
  let running = 0;
  const options = { N: 2 ** costLog2, r: BLOCK, p: LANES, maxmem: 256 * BLOCK * 2 ** costLog2 };
  const derive = (password: string, salt: string): Promise<Buffer> =>
    new Promise((resolve, reject) => {
      scrypt(password, salt, HASH_BYTES, options, (error, key) => (error ? reject(error) : resolve(key)));
    });
  return {
    async hash(password, salt) {
      if (running >= AT_ONCE_MAX) await new Promise<void>((resolve) => waiting.push(resolve));
      else running += 1;
      try {
        return `scrypt:${costLog2}:${BLOCK}:${LANES}:${toBase64url(await derive(password, salt))}`;
      } finally {
        const next = waiting.shift(); // takes over this place
        if (next) next();
        else running -= 1;
      }
    },
  };
}
