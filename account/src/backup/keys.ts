import { err, ok, type Result } from '@ewon-agent/contracts';
import type { Decrypter, Encrypter } from 'age-encryption';

// Backups are files of age (age-encryption.org/v1), so that they can be read without this program: age -d FILE | tar -x.

/** What a backup is locked with. Recipients are public: `age1…`. */
export type LockedWith = { readonly passphrase: string } | { readonly recipients: readonly string[] };
/** What opens it. An identity is secret: `AGE-SECRET-KEY-1…`. */
export type OpenedWith = { readonly passphrase: string } | { readonly identities: readonly string[] };

/** With fewer it is guessed on a few machines in a year, also through scrypt. */
export const PASSPHRASE_MIN_CHARACTERS = 12;

// 0.6 MB of JavaScript that nothing else of the account needs
const age = () => import('age-encryption');

/** Makes what encrypts. Codes: USAGE. */
export async function locker(locked: LockedWith): Promise<Result<Encrypter>> {
  const made = new (await age()).Encrypter();
  if ('passphrase' in locked) {
    if (locked.passphrase.length < PASSPHRASE_MIN_CHARACTERS)
      return err('USAGE', `a passphrase has at least ${PASSPHRASE_MIN_CHARACTERS} characters`);
    made.setPassphrase(locked.passphrase);
    return ok(made);
  }
  for (const recipient of locked.recipients) {
    try {
      made.addRecipient(recipient);
    } catch (cause) {
      return err('USAGE', `${recipient} is no public key of age`, cause);
    }
  }
  return ok(made);
}

/** Makes what decrypts. Codes: USAGE; the text of an identity is not told. */
export async function opener(opened: OpenedWith): Promise<Result<Decrypter>> {
  const made = new (await age()).Decrypter();
  if ('passphrase' in opened) {
    made.addPassphrase(opened.passphrase);
    return ok(made);
  }
  for (const identity of opened.identities) {
    try {
      made.addIdentity(identity);
    } catch {
      return err('USAGE', 'a line of the identity file is no key of age'); // the error may hold the key
    }
  }
  return ok(made);
}

/** Makes a pair of keys: backups are locked with the recipient, and only the identity opens them. */
export async function makeKeyPair(): Promise<{ readonly identity: string; readonly recipient: string }> {
  const { generateX25519Identity, identityToRecipient } = await age();
  const identity = await generateX25519Identity();
  return { identity, recipient: await identityToRecipient(identity) };
}
