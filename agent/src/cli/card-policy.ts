import { readFileSync } from 'node:fs';
import { err, ok, type Result } from '@ewon-agent/contracts';
import type { AgentConfig } from '../config/schema.ts';
import type { CardPolicy } from '../core/card-offer.ts';

/** What the configuration says about accounts. Codes: CONFIG_INVALID. */
export function cardPolicyOf({ account }: AgentConfig): Result<CardPolicy> {
  const pinned =
    account?.trust === 'pinned' && account.key
      ? { pinnedKey: { kty: 'OKP', crv: 'Ed25519', x: account.key } as const }
      : {};
  if (!account?.url || !account.caFile) return ok(pinned);
  try {
    return ok({ ...pinned, account: { directoryUrl: account.url, ca: readFileSync(account.caFile, 'utf8') } });
  } catch (cause) {
    return err('CONFIG_INVALID', `account.caFile ${account.caFile} cannot be read`, cause);
  }
}
