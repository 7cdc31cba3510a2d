import { bindToGrk, type CardFiles, type Ed25519Jwk, err, ok, type Result, type SlotId } from '@ewon-agent/contracts';
import { judgeCard, type UsableCard } from '@ewon-agent/sdcard-tools/core/card';
import type { AccountAddress, CardWishes, Device, SavedRequest } from './model.ts';

/** What decides which account a card may lead to. `pinnedKey`: only this account key is accepted on a card. */
export type CardPolicy = { readonly account?: AccountAddress; readonly pinnedKey?: Ed25519Jwk };

/** What a card offers: the request, and what it asks to be left on it. */
export type CardOffer = { readonly request: SavedRequest; readonly wishes?: CardWishes };

/**
 * Turns the files of a card into the request that will be saved. From here on the GRK is forgotten: only the
 * binding goes on, which holds for one device key and one URL.
 * @param requestId 128 random bits, base64url
 * Codes: those of {@link judgeCard}, T2MJSON_BAD, ACCOUNT_NOT_CONFIGURED.
 */
export function offerFrom(
  files: CardFiles,
  from: { readonly slot: SlotId; readonly requestId: string; readonly device: Device; readonly policy: CardPolicy },
): Result<CardOffer> {
  const judged = judgeCard(files, from.policy.pinnedKey ? { pinnedKey: from.policy.pinnedKey } : {});
  if (!judged.ok) return judged;
  const card = judged.value;
  const account = accountOf(card, from);
  if (!account.ok) return account;
  const request: SavedRequest = {
    requestId: from.requestId,
    account: account.value,
    grkId: card.grkId,
    grkBinding: bindToGrk(card.grk, from.device.jwk, registrationsUrl(account.value)),
    note: card.note,
    evidence: {
      slot: from.slot,
      t2mSha256: card.t2mSha256,
      ...(card.manifestJws ? { manifest: card.manifestJws } : {}),
    },
  };
  return ok({ request, ...wishesOf(card) });
}

function wishesOf({ manifest, grkId }: UsableCard): { readonly wishes?: CardWishes } {
  if (!manifest?.receipt && !manifest?.wipe) return {};
  return { wishes: { grkId, receipt: manifest.receipt, wipe: manifest.wipe } };
}

/** Where requests go: resources have fixed places beside the directory (docs/decisions/0002-wire-v1.md §3). */
export function registrationsUrl(account: AccountAddress): string {
  return new URL('registrations', account.directoryUrl).href;
}

/** Where nonces come from. */
export function nonceUrl(account: AccountAddress): string {
  return new URL('nonce', account.directoryUrl).href;
}

/** Where certificates are renewed. */
export function certificatesUrl(account: AccountAddress): string {
  return new URL('certificates', account.directoryUrl).href;
}

/** Where a user of the account adds an Ewon. */
export function wizardUrl(account: AccountAddress): string {
  return new URL('wizard', account.directoryUrl).href;
}

/** Where an Ewon shows itself that another account has ordered there. */
export function movesUrl(account: AccountAddress): string {
  return new URL('moves', account.directoryUrl).href;
}

/** Where good-bye is said. */
export function unlinkUrl(account: AccountAddress): string {
  return new URL('unlink', account.directoryUrl).href;
}

/** Anybody can write a card, and the schema knows `https://` only: what is no URL must end here. */
function accountOf(
  { manifest }: UsableCard,
  { policy, slot }: { readonly policy: CardPolicy; readonly slot: SlotId },
): Result<AccountAddress> {
  if (manifest) {
    const { accountUrl, accountCa } = manifest;
    if (!URL.canParse(accountUrl)) return err('T2MJSON_BAD', '/accountUrl: is not a URL');
    return ok({ directoryUrl: accountUrl, ca: accountCa });
  }
  if (!policy.account) return err('ACCOUNT_NOT_CONFIGURED', `card in ${slot} has no T2M.json`);
  if (!URL.canParse(policy.account.directoryUrl))
    return err('ACCOUNT_NOT_CONFIGURED', 'the address in the configuration is not a URL');
  return ok(policy.account);
}
