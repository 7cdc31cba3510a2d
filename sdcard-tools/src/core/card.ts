import {
  type CardFiles,
  type CardManifest,
  type Ed25519Jwk,
  err,
  type FlattenedJws,
  type Grk,
  type GrkId,
  grkIdOf,
  ok,
  type Result,
  sha256Hex,
} from '@ewon-agent/contracts';
import { readT2mJson } from './t2m-json.ts';
import { parseT2mTxt } from './t2m-txt.ts';

/** A card that can register an Ewon. `manifest` and `manifestJws` are there together, or neither is. */
export type UsableCard = {
  readonly grk: Grk;
  readonly grkId: GrkId;
  readonly note: string;
  /** Names the version of T2M.txt that was accepted; holds nothing secret that can be got back. */
  readonly t2mSha256: string;
  readonly manifest?: CardManifest;
  readonly manifestJws?: FlattenedJws;
};

/** Whom the card's manifest must come from; without a pinned key any signer will do (protocol §2). */
export type CardTrust = { readonly pinnedKey?: Ed25519Jwk };

/**
 * Judges what was read from a card. Does *not* judge the manifest's dates: a device's clock may stand at 1970, so the
 * account does that.
 * Codes: CARD_NO_T2M, CARD_SPENT, CARD_TOO_LARGE, T2M_*, T2MJSON_BAD, T2MJSON_SIGNATURE_BAD, T2MJSON_MISMATCH, T2MJSON_UNTRUSTED.
 */
export function judgeCard(files: CardFiles, trust: CardTrust): Result<UsableCard> {
  if (!files.t2mTxt) return err(files.hasReceipts ? 'CARD_SPENT' : 'CARD_NO_T2M', files.otherFiles.join(', '));
  const t2m = parseT2mTxt(files.t2mTxt);
  if (!t2m.ok) return t2m;
  const card = { ...t2m.value, grkId: grkIdOf(t2m.value.grk), t2mSha256: sha256Hex(files.t2mTxt) };
  if (!files.t2mJson) return ok(card);

  const signed = readT2mJson(files.t2mJson);
  if (!signed.ok) return signed;
  const { manifest, jws } = signed.value;
  if (manifest.grkId !== card.grkId) {
    return err('T2MJSON_MISMATCH', `GRK id ${manifest.grkId}, T2M.txt has ${card.grkId}`);
  }
  if (manifest.t2mSha256 !== card.t2mSha256) return err('T2MJSON_MISMATCH', 'T2M.txt was changed after it was signed');
  if (trust.pinnedKey && trust.pinnedKey.x !== manifest.accountKey.x) return err('T2MJSON_UNTRUSTED');
  return ok({ ...card, manifest, manifestJws: jws });
}
