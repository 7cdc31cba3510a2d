import {
  err,
  type Grk,
  type GrkId,
  grkIdOf,
  ok,
  type RandomPort,
  type Result,
  type Timestamp,
  timestampOf,
} from '@ewon-agent/contracts';
import { termsAnew } from '../core/grk-terms.ts';
import { autoRegistrationTold, differencesOf } from '../core/log-changes.ts';
import { LOG_TEXTS } from '../core/log-lines.ts';
import type { GrkRecord } from '../core/records.ts';
import { type House, transactAndTell } from '../house.ts';
import { makeGrk, type Vault } from '../secrets/vault.ts';
import type { StoreTx } from '../store/store.ts';
import { endPending } from './registrations.ts';

/** Opens a key for a person who asked to see it; the log says so. Codes: NOT_FOUND. */
export async function showGrk(house: House, grkId: GrkId): Promise<Result<Grk>> {
  return transactAndTell(house, async (tx, telling) => {
    const record = await tx.grk(grkId);
    if (!record) return err('NOT_FOUND', 'registration key');
    await telling.noteDone(tx, { event: LOG_TEXTS.keyShown(grkId) });
    return ok(house.vault.open(record.sealedKey));
  });
}

/** Takes in a key that was made elsewhere, beside those there are. Codes: CONFLICT (its id is there already). */
export async function importGrk(
  house: House,
  grk: Grk,
  how: { readonly note: string; readonly expiresAt?: Timestamp },
): Promise<Result<GrkRecord>> {
  return transactAndTell(house, async (tx, telling, nowMs) => {
    const grkId = grkIdOf(grk);
    if (await tx.grk(grkId)) return err('CONFLICT', `there is a key ${grkId} already`);
    const { autoRegistrationPool: pool } = await tx.account();
    const record: GrkRecord = {
      ...newRecord(house.vault, grk, pool, timestampOf(nowMs)),
      origin: 'imported',
      note: how.note,
      expiresAt: how.expiresAt ?? null,
    };
    await tx.insertGrk(record);
    await telling.noteDone(tx, { event: LOG_TEXTS.keyImported(grkId) });
    telling.tell({ type: 'settings', id: grkId });
    return ok(record);
  });
}

/** What renewing did. */
export type Renewed = { readonly made: GrkRecord; readonly revoked: GrkId; readonly voided: number };

/**
 * Revokes a key, voids the requests that wait with it and makes a new one, on the terms of {@link termsAnew} and with the note of the old.
 * @param grkId the key to revoke; the active one when absent, if there is no other: which cards lose their worth is not guessed
 * Codes: NOT_FOUND, CONFLICT (revoked already; several are active and none was named).
 */
export async function renewGrk(house: House, grkId?: GrkId): Promise<Result<Renewed>> {
  return transactAndTell(house, async (tx, telling, nowMs) => {
    const keys = await tx.grks();
    const active = keys.filter(({ state }) => state === 'active');
    if (!grkId && active.length > 1) return err('CONFLICT', `several keys are active, name one: ${idsOf(active)}`);
    const old = grkId ? keys.find((key) => key.grkId === grkId) : active[0];
    if (!old) return err('NOT_FOUND', 'registration key');
    if (old.state === 'revoked') return err('CONFLICT', `key ${old.grkId} is revoked already`);
    await tx.updateGrk(old.grkId, { state: 'revoked', revokedAt: timestampOf(nowMs) });
    const voided = await endPending({ tx, telling, nowMs }, { grkId: old.grkId }, 'void');
    const settings = { note: old.note, ...termsAnew(old, nowMs) };
    const made = { ...(await insertNewGrk(tx, house, old.pool, timestampOf(nowMs))), ...settings };
    await tx.updateGrk(made.grkId, settings);
    await telling.noteDone(tx, { event: LOG_TEXTS.keyRenewed(old.grkId, made.grkId) });
    telling.tell({ type: 'settings', id: made.grkId });
    return ok({ made, revoked: old.grkId, voided });
  });
}

function idsOf(keys: readonly GrkRecord[]): string {
  return keys.map(({ grkId }) => grkId).join(', ');
}

/** Makes a key whose id is not there yet. */
export async function insertNewGrk(
  tx: StoreTx,
  { vault, random }: { readonly vault: Vault; readonly random: RandomPort },
  pool: string,
  at: Timestamp,
): Promise<GrkRecord> {
  let grk = makeGrk(random);
  while (await tx.grk(grkIdOf(grk))) grk = makeGrk(random);
  const record = newRecord(vault, grk, pool, at);
  await tx.insertGrk(record);
  return record;
}

/** Whether the account's keys open its door, and the pool that who comes in goes to. */
export type AutoRegistration = { readonly enabled: boolean; readonly pool: string };

export async function autoRegistrationIn(tx: StoreTx): Promise<AutoRegistration> {
  const { autoRegistration: enabled, autoRegistrationPool: pool } = await tx.account();
  return { enabled, pool };
}

/** Changes auto-registration; the same again is success and says nothing. Off voids what waits. Codes: NOT_FOUND (pool). */
export async function changeAutoRegistration(
  house: House,
  change: Partial<AutoRegistration>,
): Promise<Result<AutoRegistration>> {
  return transactAndTell(house, async (tx, telling, nowMs) => {
    const before = await autoRegistrationIn(tx);
    const now = { ...before, ...change };
    if (!(await tx.pools()).includes(now.pool)) return err('NOT_FOUND', `pool ${now.pool}`);
    const changes = differencesOf(autoRegistrationTold(before), autoRegistrationTold(now));
    if (changes.length === 0) return ok(before);
    await tx.updateAccount({ autoRegistration: now.enabled, autoRegistrationPool: now.pool });
    // a key that was given a pool of its own keeps it
    for (const { grkId, state, pool } of await tx.grks())
      if (state === 'active' && pool === before.pool) await tx.updateGrk(grkId, { pool: now.pool });
    if (!now.enabled) await endPending({ tx, telling, nowMs }, {}, 'void');
    await telling.noteDone(tx, { event: LOG_TEXTS.autoRegistrationChanged(changes) });
    telling.tell({ type: 'settings', id: 'auto-registration' });
    return ok(now);
  });
}

function newRecord(vault: Vault, grk: Grk, pool: string, createdAt: Timestamp): GrkRecord {
  return {
    grkId: grkIdOf(grk),
    sealedKey: vault.seal(grk),
    state: 'active',
    origin: 'made',
    pool,
    note: '',
    createdAt,
    expiresAt: null,
    revokedAt: null,
    usesMax: null,
    uses: 0,
    exports: 0,
  };
}
