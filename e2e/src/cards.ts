import { writeFileSync } from 'node:fs';
import { type CardManifest, type Ed25519Jwk, type Grk, grkIdOf, sha256Hex, timestampOf } from '@ewon-agent/contracts';
import { assertOk } from '@ewon-agent/contracts/suites/assertions';
import { formatT2mJson } from '@ewon-agent/sdcard-tools/core/t2m-json';
import { formatT2mTxt } from '@ewon-agent/sdcard-tools/core/t2m-txt';
import { makeCardImage } from '@ewon-agent/sdcard-tools/volume/make-image';

/** A FAT12 that the agent reads like any other, and that is made in a moment. */
const IMAGE_BYTES = 1024 * 1024;

/** Which account a card leads to, and who signed it. */
export type CardAccount = {
  readonly url: string;
  readonly ca: string;
  readonly key: Ed25519Jwk;
  readonly secretKey: Uint8Array;
};

/** Writes an image with these files in its root. @returns its path */
export async function writeImage(path: string, files: Readonly<Record<string, Uint8Array>>): Promise<string> {
  const named = Object.entries(files).map(([name, bytes]) => ({ name, bytes }));
  writeFileSync(path, assertOk(await makeCardImage(named, IMAGE_BYTES)));
  return path;
}

/** Writes a card with T2M.txt and, where an account is given, a T2M.json that fits it. @returns its path */
export async function writeCard(path: string, grk: Grk, note: string, account?: CardAccount): Promise<string> {
  const txt = assertOk(formatT2mTxt({ grk, note }));
  if (!account) return writeImage(path, { 'T2M.txt': txt });
  const manifest: CardManifest = {
    v: 1,
    accountUrl: account.url,
    accountCa: account.ca,
    accountKey: account.key,
    grkId: grkIdOf(grk),
    t2mSha256: sha256Hex(txt),
    notBefore: timestampOf(Date.UTC(2026, 0, 1)),
    receipt: false,
    wipe: false,
  };
  return writeImage(path, { 'T2M.txt': txt, 'T2M.json': formatT2mJson(manifest, account.secretKey) });
}
