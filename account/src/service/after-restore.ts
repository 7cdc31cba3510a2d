import { DAY_MS, err, type Millis, ok, type Result, type Timestamp, timestampOf } from '@ewon-agent/contracts';
import { LOG_TEXTS } from '../core/log-lines.ts';
import type { EwonRecord } from '../core/records.ts';
import type { Telling } from '../house.ts';
import type { Vault } from '../secrets/vault.ts';
import type { AccountStore, StoreTx } from '../store/store.ts';
import { endLink } from './approve.ts';
import { reissuePolicy } from './policy.ts';

// What is done to the database of an account that comes from a backup, before a server works with it. The account is younger again
// than its devices, so whatever only grows must grow beyond what they have seen.

/** Whom a restored account lets in. */
export type AsOf = {
  /** Names of the Ewons that are let in, as of the backup. */
  readonly letIn: readonly string[];
  /** Names of those that were removed by order. */
  readonly notLetIn: readonly string[];
  /** Ids of the registration keys that are good again. */
  readonly activeKeys: readonly string[];
  /** Logins of the users that may sign in, and names of the API tokens that are good. */
  readonly users: readonly string[];
  readonly tokens: readonly string[];
};

export type RestoreFacts = {
  readonly vault: Vault;
  readonly nowMs: Millis;
  readonly takenAt: Timestamp;
  /** Ewons (device id or name) that were removed after the backup. */
  readonly without: readonly string[];
};

/** A session lives for hours, so none ends after this. */
const ALL_SESSIONS_MS = 3650 * DAY_MS;

/**
 * Does it, in one transaction. The policy is issued anew under a version above all that devices know; sessions and sign-in links end,
 * because they may have ended since the backup; Ewons that are not to be let in are removed. Nonces need nothing: their key is in no backup.
 * Codes: NOT_FOUND when an Ewon of `without` is none; nothing is changed then.
 */
export async function afterRestore(
  store: AccountStore,
  { vault, nowMs, takenAt, without }: RestoreFacts,
): Promise<Result<AsOf>> {
  return store.transact(async (tx) => {
    const linked = await tx.ewons({ link: ['linked'] });
    const named = without.map((which) => linked.find(({ deviceId, name }) => which === deviceId || which === name));
    const unknown = without.find((_, i) => named[i] === undefined);
    if (unknown !== undefined) return err('NOT_FOUND', `Ewon ${unknown}, linked in the backup`);
    const leaving = new Set<EwonRecord>(named.filter((ewon) => ewon !== undefined));
    const telling = quietTelling(nowMs);
    for (const ewon of leaving) {
      const line = { name: ewon.name, subject: 'Ewon', event: LOG_TEXTS.notLetIn(ewon.name) } as const;
      await telling.note(tx, { ...line, severity: 'warn', code: 'UNLINKED', deviceId: ewon.deviceId });
      await endLink({ tx, telling, nowMs }, ewon, 'removed');
    }
    const atTheEnd = timestampOf(nowMs + ALL_SESSIONS_MS);
    await tx.pruneSessions(atTheEnd);
    await tx.pruneUserSessions(atTheEnd);
    await tx.prunePcs(atTheEnd);
    await tx.pruneHandovers(atTheEnd);
    await reissuePolicy(tx, { accountId: store.accountId, vault }, nowMs);
    const letIn = linked.filter((ewon) => !leaving.has(ewon)).map(({ name }) => name);
    const event = LOG_TEXTS.restored(takenAt, letIn.length);
    await telling.note(tx, {
      name: 'administrator',
      subject: 'User',
      event,
      severity: 'warn',
      code: 'ACCOUNT_RESTORED',
    });
    const activeKeys = (await tx.grks()).filter(({ state }) => state === 'active').map(({ grkId }) => grkId);
    const users = (await tx.users()).map(({ login }) => login);
    const tokens = (await tx.apiTokens()).map(({ name }) => name);
    return ok({ letIn, notLetIn: [...leaving].map(({ name }) => name), activeKeys, users, tokens });
  });
}

/** Nobody listens yet; lines of the log are written all the same. */
function quietTelling(nowMs: Millis): Telling {
  const telling: Telling = {
    tell() {},
    noteDone: (tx, done) => telling.note(tx, { name: 'administrator', subject: 'User', ...done }),
    orderedBy: (event) => event,
    async note(tx: StoreTx, { name, subject, event, severity = 'info', code, deviceId }) {
      const who = { name, subject, deviceId: deviceId ?? null };
      await tx.appendLog({ at: timestampOf(nowMs), ...who, event, severity, code: code ?? null });
    },
  };
  return telling;
}
