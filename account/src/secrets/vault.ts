import { fromBase64url, type Grk, grkFrom, parseGrk, type RandomPort, toBase64url } from '@ewon-agent/contracts';
import nacl from 'tweetnacl';

/** Seals GRKs and the account's own keys, so that a copy of the database alone registers nobody and signs nothing. */
export type Vault = {
  sealBytes(secret: Uint8Array): string;
  /** @throws as `open` does */
  openBytes(sealed: string): Uint8Array;
  seal(grk: Grk): string;
  /** @throws when the text was not sealed with this master key: the key file and the database do not belong together */
  open(sealed: string): Grk;
};

/** @param masterKey 32 bytes, from a file of its own */
export function createVault(masterKey: Uint8Array, random: RandomPort): Vault {
  const seal = (secret: Uint8Array) => {
    const nonce = random.bytes(nacl.secretbox.nonceLength);
    return toBase64url(Buffer.concat([nonce, nacl.secretbox(secret, nonce, masterKey)]));
  };
  const opened = (sealed: string) => {
    const bytes = fromBase64url(sealed) ?? new Uint8Array();
    const nonce = bytes.subarray(0, nacl.secretbox.nonceLength);
    const box = bytes.subarray(nacl.secretbox.nonceLength);
    return nonce.length === nacl.secretbox.nonceLength ? nacl.secretbox.open(box, nonce, masterKey) : null;
  };
  return {
    sealBytes: seal,
    openBytes(sealed) {
      const secret = opened(sealed);
      if (!secret) throw new Error('the master key does not open a key of the database');
      return secret;
    },
    seal: (grk) => seal(Buffer.from(grk, 'ascii')),
    open(sealed) {
      const grk = parseGrk(Buffer.from(opened(sealed) ?? []).toString('ascii'));
      if (!grk.ok) throw new Error('the master key does not open a registration key of the database');
      return grk.value;
    },
  };
}

/** Makes a new GRK. */
export function makeGrk(random: RandomPort): Grk {
  for (;;) {
    const grk = grkFrom(random.bytes(48)); // fewer than 32 even bytes among 48 are about never met; then once more
    if (grk) return grk;
  }
}
