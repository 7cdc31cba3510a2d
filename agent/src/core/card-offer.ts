import { bindToGrk, type CardFiles, type Ed25519Jwk, err, ok, type Result, type SlotId } from '@ewon-agent/contracts';
import { judgeCard, type UsableCard } from '@ewon-agent/sdcard-tools/core/card';
import type { AccountAddress, Device, SavedRequest } from './model.ts';

/** What decides which account a card may lead to. `pinnedKey`: only this account key is accepted on a card. */
export type CardPolicy = { readonly account?: AccountAddress; readonly pinnedKey?: Ed25519Jwk };

/**
 * Turns the files of a card into the request that will be saved. From here on the GRK is forgotten: only the
 * binding goes on, which holds for one device key and one URL.
 * @param requestId 128 random bits, base64url
 * Codes: those of {@link judgeCard}, ACCOUNT_NOT_CONFIGURED.
 */
export function offerFrom(
  files: CardFiles,
  from: { readonly slot: SlotId; readonly requestId: string; readonly device: Device; readonly policy: CardPolicy },
): Result<SavedRequest> {
  const judged = judgeCard(files, from.policy.pinnedKey ? { pinnedKey: from.policy.pinnedKey } : {});
  if (!judged.ok) return judged;
  const card = judged.value;
  const account = accountOf(card, from.policy);
  if (!account) return err('ACCOUNT_NOT_CONFIGURED', `card in ${from.slot} has no T2M.json`);
  return ok({
    requestId: from.requestId,
    account,
    grkId: card.grkId,
    grkBinding: bindToGrk(card.grk, from.device.jwk, registrationsUrl(account)),
    note: card.note,
    evidence: {
      slot: from.slot,
      t2mSha256: card.t2mSha256,
      ...(card.manifestJws ? { manifest: card.manifestJws } : {}),
    },
  });
}

/** Where requests go: resources have fixed places beside the directory (docs/decisions/0002-wire-v1.md §3). */
export function registrationsUrl(account: AccountAddress): string {
  return new URL('registrations', account.directoryUrl).href;
}

/** Where nonces come from. */
export function nonceUrl(account: AccountAddress): string {
  return new URL('nonce', account.directoryUrl).href;
}

/** Where good-bye is said. */
export function unlinkUrl(account: AccountAddress): string {
  return new URL('unlink', account.directoryUrl).href;
}

function accountOf(card: UsableCard, policy: CardPolicy): AccountAddress | undefined {
  const { manifest } = card;
  return manifest ? { directoryUrl: manifest.accountUrl, ca: manifest.accountCa } : policy.account;
}
