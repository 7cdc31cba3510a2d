import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import type { PasswordHash } from '../core/console/users.ts';

/** Parameters of scrypt: `cost` is N, `blockSize` r, `parallelism` p. Memory is 128 · N · r bytes. */
export type ScryptParameters = Pick<PasswordHash, 'cost' | 'blockSize' | 'parallelism'>;

/**
 * One of the equal choices of OWASP's Password Storage Cheat Sheet (2024), that with 16 MiB: a board with 256 MB has them to spare for a
 * moment, and the five passes, one after the other, cost who guesses as much as the choices with more memory.
 */
export const SCRYPT: ScryptParameters = { cost: 2 ** 14, blockSize: 8, parallelism: 5 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;

/** Hashes passwords in the thread pool of Node: the agent goes on meanwhile. What is kept says its own parameters, so these can change. */
export function createPasswords(parameters = SCRYPT) {
  const nobody = made(parameters, randomBytes(SALT_BYTES), randomBytes(HASH_BYTES));
  return {
    async hash(password: string): Promise<PasswordHash> {
      const salt = randomBytes(SALT_BYTES);
      return made(parameters, salt, await derived(password, salt, parameters));
    },
    async fits(password: string, hash: PasswordHash | undefined): Promise<boolean> {
      const { salt, hash: wanted, ...cost } = hash ?? nobody;
      const given = await derived(password, Buffer.from(salt, 'base64'), cost);
      const isEqual = timingSafeEqual(given, Buffer.from(wanted, 'base64'));
      return isEqual && hash !== undefined;
    },
  };
}

function made(parameters: ScryptParameters, salt: Buffer, hash: Buffer): PasswordHash {
  return { by: 'scrypt', ...parameters, salt: salt.toString('base64'), hash: hash.toString('base64') };
}

function derived(password: string, salt: Buffer, { cost, blockSize, parallelism }: ScryptParameters): Promise<Buffer> {
  const maxmem = 2 * 128 * cost * blockSize + 128 * blockSize * parallelism; // what it takes, with room
  return new Promise((resolve, reject) => {
    scrypt(password, salt, HASH_BYTES, { cost, blockSize, parallelization: parallelism, maxmem }, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}
