import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { err, ok, type RandomPort, type Result, sha256Hex, toUtf8 } from '@ewon-agent/contracts';
import { canonicalize } from '@tufjs/canonical-json';
import { Key } from '@tufjs/models';
import nacl from 'tweetnacl';
import { flushFolder } from '../adapters/secret-file.ts';
import type { AspuRole } from '../core/aspu-names.ts';

/** An Ed25519 key of the repository. `secretKey`: 64 bytes as tweetnacl makes them. */
export type AspuKey = { readonly key: Key; readonly secretKey: Uint8Array };

/** Makes a key. */
export function makeAspuKey(random: RandomPort): AspuKey {
  return aspuKeyOf(random.bytes(nacl.sign.seedLength));
}

/** @param seed 32 bytes */
function aspuKeyOf(seed: Uint8Array): AspuKey {
  return aspuKeyFrom(nacl.sign.keyPair.fromSeed(seed).secretKey);
}

/** Takes a key as it is kept. @param secretKey 64 bytes, of which the second half is the public key (as tweetnacl has it) */
export function aspuKeyFrom(secretKey: Uint8Array): AspuKey {
  return { key: publicPart(hex(secretKey.subarray(nacl.sign.seedLength))), secretKey };
}

/** The 32 bytes that a key is made of. */
function seedOf({ secretKey }: AspuKey): Uint8Array {
  return secretKey.subarray(0, nacl.sign.seedLength);
}

/** The public part as metadata has it. Its id is what TUF 1.0 §4.2 says: SHA-256 of its canonical form. */
function publicPart(publicHex: string): Key {
  const form = { keytype: 'ed25519', scheme: 'ed25519', keyval: { public: publicHex } };
  const keyID = sha256Hex(toUtf8(canonicalize(form)));
  return new Key({ keyID, keyType: form.keytype, scheme: form.scheme, keyVal: form.keyval });
}

/**
 * Writes keys that a person takes away, each into a file of its own, for its owner only. Nothing is ever written over.
 * Codes: ASPU_EXISTS, TARGET_REFUSED.
 * @returns the files
 */
export function writeKeyFiles(folder: string, role: AspuRole, keys: readonly AspuKey[]): Result<readonly string[]> {
  const files = keys.map(({ key }) => join(folder, `${role}-${key.keyID.slice(0, 8)}.json`));
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const [i, made] of keys.entries()) writeKeyFile(files[i] ?? '', role, made);
    flushFolder(folder);
    return ok(files);
  } catch (cause) {
    const why = cause instanceof Error && 'code' in cause ? cause.code : 'not written';
    return err('TARGET_REFUSED', `${folder}: ${why}`, cause);
  }
}

function writeKeyFile(path: string, role: AspuRole, made: AspuKey): void {
  const { key } = made;
  const keyval = { public: key.keyVal['public'], private: hex(seedOf(made)) };
  const form = { role, keyid: key.keyID, keytype: key.keyType, scheme: key.scheme, keyval };
  const file = openSync(path, 'wx', 0o600);
  try {
    writeFileSync(file, `${JSON.stringify(form, null, 2)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Reads a key file. Nothing of what it holds is in the fault. Codes: ASPU_KEY_BAD. */
export function readKeyFile(path: string): Result<AspuKey> {
  let form: unknown;
  try {
    form = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    // the error of JSON.parse quotes what it has read
    const isSystem = cause instanceof Error && 'code' in cause && 'syscall' in cause;
    return err('ASPU_KEY_BAD', isSystem ? `${path}: ${cause.code}` : path);
  }
  const { private: seed, public: known } = Object(Object(form).keyval);
  if (typeof seed !== 'string' || !/^[0-9a-f]{64}$/.test(seed)) return err('ASPU_KEY_BAD', path);
  const read = aspuKeyOf(Buffer.from(seed, 'hex'));
  // a file that was damaged must not sign under the name of another key
  return read.key.keyVal['public'] === known ? ok(read) : err('ASPU_KEY_BAD', `${path}: its halves do not fit`);
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
