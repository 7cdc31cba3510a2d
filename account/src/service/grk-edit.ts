import { err, type GrkId, ok, type Result, type Timestamp, timestampOf } from '@ewon-agent/contracts';
import { type GrkTerms, termsAnew } from '../core/grk-terms.ts';
import { LIST_TEXTS } from '../core/list-texts.ts';
import type { GrkRecord } from '../core/records.ts';
import { type House, transactAndTell } from '../house.ts';
import { insertNewGrk } from './grks.ts';
import { endPending } from './registrations.ts';

// Several keys, each with a pool, an end and a number of Ewons: one for each site, or for each builder.

/** What a person sets of a key. `usesMax` counts Ewons that are approved; null is no limit and no end. */
export type GrkSettings = {
  readonly pool: string;
  readonly note: string;
  readonly expiresAt: Timestamp | null;
  readonly usesMax: number | null;
};

/** Makes another key, beside those there are. Codes: NOT_FOUND (pool), FIELD_UNFIT (it would have ended already). */
export async function addGrk(house: House, given: Partial<GrkSettings>): Promise<Result<GrkRecord>> {
  return transactAndTell(house, async (tx, telling, nowMs) => {
    const pool = given.pool ?? (await tx.account()).autoRegistrationPool;
    if (!(await tx.pools()).includes(pool)) return err('NOT_FOUND', `pool ${pool}`);
    if (isOver(given.expiresAt, nowMs)) return err('FIELD_UNFIT', `expiresAt: ${given.expiresAt} is over`);
    const made = await insertNewGrk(tx, house, pool, timestampOf(nowMs));
    const { note = '', expiresAt = null, usesMax = null } = given;
    await tx.updateGrk(made.grkId, { note, expiresAt, usesMax });
    await telling.noteDone(tx, { event: LIST_TEXTS.grkMade(made.grkId, pool) });
    telling.tell({ type: 'settings', id: made.grkId });
    return ok({ ...made, note, expiresAt, usesMax });
  });
}

/** Changes a key; cards that are out stay good as far as the key now is. Codes: NOT_FOUND (key, pool), CONFLICT (it is revoked). */
export async function editGrk(house: House, grkId: GrkId, change: Partial<GrkSettings>): Promise<Result<GrkRecord>> {
  return transactAndTell(house, async (tx, telling) => {
    const key = await tx.grk(grkId);
    if (!key) return err('NOT_FOUND', 'registration key');
    if (key.state === 'revoked') return err('CONFLICT', `key ${grkId} is revoked`);
    const { pool } = change;
    if (pool !== undefined && pool !== key.pool && !(await tx.pools()).includes(pool))
      return err('NOT_FOUND', `pool ${pool}`);
    const now = { ...key, ...change };
    const changes = (['pool', 'note', 'expiresAt', 'usesMax'] as const).flatMap((what) =>
      key[what] === now[what] ? [] : [`${WORDS[what]} ${shown(key[what])} → ${shown(now[what])}`],
    );
    if (changes.length === 0) return ok(key);
    await tx.updateGrk(grkId, change);
    await telling.noteDone(tx, { event: LIST_TEXTS.grkChanged(grkId, changes) });
    telling.tell({ type: 'settings', id: grkId });
    return ok(now);
  });
}

/** Revokes a key without another in its place. Codes: NOT_FOUND, CONFLICT (revoked already). */
export async function revokeGrk(house: House, grkId: GrkId): Promise<Result<{ readonly voided: number }>> {
  return transactAndTell(house, async (tx, telling, nowMs) => {
    const key = await tx.grk(grkId);
    if (!key) return err('NOT_FOUND', 'registration key');
    if (key.state === 'revoked') return err('CONFLICT', `key ${grkId} is revoked already`);
    await tx.updateGrk(grkId, { state: 'revoked', revokedAt: timestampOf(nowMs) });
    const voided = await endPending({ tx, telling, nowMs }, { grkId }, 'void');
    await telling.noteDone(tx, { event: LIST_TEXTS.grkRevoked(grkId, voided) });
    telling.tell({ type: 'settings', id: grkId });
    return ok({ voided });
  });
}

/** What revoking or renewing a key would end, in numbers. */
export type GrkWorth = {
  readonly grkId: GrkId;
  /** Requests that wait with it: they become void. */
  readonly waiting: number;
  /** Cards that were exported with it: those that have not been used yet are worth nothing then. */
  readonly cards: number;
  /** Ewons that were approved with it: they stay as they are. */
  readonly ewons: number;
  /** What a key would have that took its place now, by renewing; its uses begin anew. */
  readonly renewed: GrkTerms;
};

/** Counts what hangs on a key. Codes: NOT_FOUND. */
export async function worthOf(house: House, grkId: GrkId): Promise<Result<GrkWorth>> {
  return house.store.transact(async (tx) => {
    const key = await tx.grk(grkId);
    if (!key) return err('NOT_FOUND', 'registration key');
    const count = (state: 'pending' | 'approved' | 'replaced') => tx.countRegistrations({ state, grkId });
    const ewons = (await count('approved')) + (await count('replaced'));
    const renewed = termsAnew(key, house.clock.now());
    return ok({ grkId, waiting: await count('pending'), cards: key.exports, ewons, renewed });
  });
}

const WORDS = { pool: 'pool', note: 'note', expiresAt: 'end', usesMax: 'uses' } as const;

function shown(value: string | number | null): string {
  return value === null ? 'none' : typeof value === 'number' ? String(value) : `"${value}"`;
}

function isOver(at: Timestamp | null | undefined, nowMs: number): boolean {
  return at !== null && at !== undefined && Date.parse(at) <= nowMs;
}
