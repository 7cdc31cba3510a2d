import { accountIdFrom, type ClockPort, type RandomPort, timestampOf } from '@ewon-agent/contracts';
import { LOG_TEXTS } from './core/log-lines.ts';
import type { Vault } from './secrets/vault.ts';
import { insertNewGrk } from './service/grks.ts';
import type { AccountStore, Store } from './store/store.ts';

/** Pool of new Ewons until a person chooses another. */
const FIRST_POOL = 'Default';

/**
 * Opens the account of a state directory; at the first start makes it: auto-registration on (seed default), one
 * pool, one registration key. Nobody is online yet, whatever was so when the server stopped.
 */
export async function openAccount(
  store: Store,
  ports: { readonly clock: ClockPort; readonly random: RandomPort; readonly vault: Vault },
): Promise<AccountStore> {
  const createdAt = timestampOf(ports.clock.now());
  if ((await store.accounts()).length === 0) {
    const accountId = accountIdFrom(ports.random.bytes(17));
    const defaults = { name: 'My account', autoRegistration: true, autoRegistrationPool: FIRST_POOL };
    await store.createAccount({ accountId, ...defaults, createdAt });
  }
  const [row] = await store.accounts();
  if (!row) throw new Error('this is a bug: no account after making one');
  const account = store.account(row.accountId);
  await account.transact(async (tx) => {
    // each by itself, because the first start may have been killed in between
    if ((await tx.pools()).length === 0) await tx.addPool(FIRST_POOL);
    if ((await tx.grks()).length === 0) {
      const { grkId } = await insertNewGrk(tx, ports, FIRST_POOL, createdAt);
      const who = { name: 'administrator', subject: 'User', severity: 'info', code: null, deviceId: null } as const;
      await tx.appendLog({ at: createdAt, ...who, event: LOG_TEXTS.keyMade(grkId) });
    }
    for (const ewon of await tx.ewons({ link: ['linked'] }))
      if (ewon.online) await tx.updateEwon(ewon.deviceId, { online: false });
  });
  return account;
}
