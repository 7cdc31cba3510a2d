import { accountIdFrom, type ClockPort, type RandomPort, timestampOf } from '@ewon-agent/contracts';
import { LOG_TEXTS } from './core/log-lines.ts';
import type { Vault } from './secrets/vault.ts';
import { insertNewGrk } from './service/grks.ts';
import type { AccountStore, Store } from './store/store.ts';

/** Pool of new Ewons until a person chooses another. */
const FIRST_POOL = 'Default';

/**
 * Opens the account of a state directory; at the first start makes it: auto-registration on (seed default), one
 * pool, one registration key. Nobody is online yet, whatever was so when the server stopped, where
 * the broker stopped with it.
 * @throws with the code ACCOUNT_KEYS_FOREIGN when the keys are not those that the account was made with
 */
export async function openAccount(
  store: Store,
  ports: { readonly clock: ClockPort; readonly random: RandomPort; readonly vault: Vault },
  brokerRuns: 'within' | 'beside',
): Promise<AccountStore> {
  const createdAt = timestampOf(ports.clock.now());
  const defaults = { name: 'My account', autoRegistration: true, autoRegistrationPool: FIRST_POOL };
  const accountId = accountIdFrom(ports.random.bytes(17));
  const { accountId: first } = await store.firstAccount({ accountId, ...defaults, createdAt });
  const account = store.account(first);
  await account.transact(async (tx) => {
    // each by itself, because the first start may have been killed in between
    if ((await tx.pools()).length === 0) await tx.addPool(FIRST_POOL);
    if ((await tx.grks()).length === 0) {
      const { grkId } = await insertNewGrk(tx, ports, FIRST_POOL, createdAt);
      const who = { name: 'administrator', subject: 'User', severity: 'info', code: null, deviceId: null } as const;
      await tx.appendLog({ at: createdAt, ...who, event: LOG_TEXTS.keyMade(grkId) });
    }
    for (const { sealedKey } of (await tx.grks()).slice(0, 1)) mustOpen(ports.vault, sealedKey);
    if (brokerRuns === 'beside') return; // connections went on, and what was missed of them it keeps for us
    for (const ewon of await tx.ewons({ link: ['linked'] }))
      if (ewon.online) await tx.updateEwon(ewon.deviceId, { online: false });
  });
  return account;
}

/** All keys of a server lie in one folder: one that opens what the database has sealed belongs to it, with all the others. */
function mustOpen(vault: Vault, sealedKey: string): void {
  try {
    vault.open(sealedKey);
  } catch (cause) {
    throw Object.assign(new Error('master.key opens no registration key', { cause }), { code: 'ACCOUNT_KEYS_FOREIGN' });
  }
}
