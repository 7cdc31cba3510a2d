import { err, ok, type Result, reader, timestampOf } from '@ewon-agent/contracts';
import {
  type ImportedEwon,
  type ImportRecord,
  judgeListed,
  listedOf,
  planImport,
  readSourceUrl,
  type TakenNames,
} from '../../core/imports/imports.ts';
import { LOG_TEXTS } from '../../core/log-lines.ts';
import { type House, newToken, transactAndTell } from '../../house.ts';
import {
  type ImportStart,
  type NewImport,
  readHandoverGrant,
  readLeavingList,
} from '../../http/imports/import-bodies.ts';
import type { AskSource, SourceAddress } from '../../ports/source.ts';
import type { StoreTx } from '../../store/store.ts';
import type { LeavingList } from './handover.ts';

// Imports from other accounts: what a person does with them. The rest happens in rounds.ts and move-in.ts.

/** An import with its Ewons. */
export type WholeImport = { readonly record: ImportRecord; readonly ewons: readonly ImportedEwon[] };

/**
 * Signs in at the source and lists what may move. The password is used once, and kept nowhere.
 * Codes: IMPORT_ADDRESS_BAD, IMPORT_SAME_ACCOUNT, those of AskSource and of the source's `beginHandover`.
 */
export async function openImport(house: House, ask: AskSource, asked: NewImport): Promise<Result<WholeImport>> {
  const url = readSourceUrl(asked.url);
  if (!url.ok) return url;
  const source: SourceAddress = { url: url.value, ca: asked.ca ?? null };
  const { login, password } = asked;
  const granted = await ask(source, { method: 'POST', path: 'handover', body: { login, password } }, readHandoverGrant);
  if (!granted.ok) return granted;
  const { right, account } = granted.value;
  if (account.id === house.accountId) {
    await giveBack(ask, source, right);
    return err('IMPORT_SAME_ACCOUNT', account.name);
  }
  const list = await askList(ask, source, right);
  if (!list.ok) {
    await giveBack(ask, source, right);
    return list;
  }
  return transactAndTell(house, async (tx, telling, nowMs) => {
    const at = timestampOf(nowMs);
    const record: ImportRecord = {
      ...{ importId: newToken(house.random), state: 'listed', pool: '', directoryUrl: '', by: house.person.name },
      source: { ...source, accountId: account.id, name: account.name },
      sealedRight: house.vault.sealBytes(Buffer.from(right, 'ascii')),
      ...{ staying: list.value.staying, trouble: null, createdAt: at, startedAt: null, changedAt: at },
    };
    const ewons = listedOf(list.value.movable, await takenNames(tx));
    await tx.keepImport(record);
    await tx.keepImportedEwons(record.importId, ewons);
    await telling.noteDone(tx, { event: LOG_TEXTS.importOpened(account.name) });
    return ok({ record, ewons });
  });
}

async function askList(ask: AskSource, source: SourceAddress, right: string): Promise<Result<LeavingList>> {
  const list = await ask(source, { method: 'GET', path: 'handover/ewons', right }, readLeavingList);
  if (!list.ok) return list;
  const fit = judgeListed(list.value.movable);
  return fit.ok ? list : fit;
}

/** Names of Ewons that are listed here, and of those that imports expect. */
async function takenNames(tx: StoreTx): Promise<TakenNames> {
  const listed = await tx.ewons({ link: ['linked', 'unlinked'] });
  const expected = (await expectedNow(tx)).map(({ ewon }) => ewon);
  return new Map([...expected, ...listed].map(({ name, publicKey }) => [name, publicKey]));
}

async function expectedNow(tx: StoreTx): Promise<{ readonly record: ImportRecord; readonly ewon: ImportedEwon }[]> {
  const found: { readonly record: ImportRecord; readonly ewon: ImportedEwon }[] = [];
  for (const record of await tx.imports())
    if (record.state === 'running')
      for (const ewon of await tx.importedEwons(record.importId))
        if (ewon.state === 'waiting') found.push({ record, ewon });
  return found;
}

/**
 * Starts an import: from here on the chosen Ewons are expected, and the source is told to order them (roundImports).
 * Codes: NOT_FOUND (import, pool, Ewon), CONFLICT (started already, the pool is there, expected by another), NAME_TAKEN, BAD_REQUEST.
 */
export async function startImport(
  house: House,
  importId: string,
  { pool, newPool = false, ewons: choices }: ImportStart,
  directoryUrl: string,
): Promise<Result<WholeImport>> {
  return transactAndTell(house, async (tx, telling, nowMs) => {
    const listed = await tx.import(importId);
    if (!listed) return err('NOT_FOUND', 'import');
    if (listed.state !== 'listed') return err('CONFLICT', 'this import was started already');
    if (!newPool && !(await tx.pools()).includes(pool)) return err('NOT_FOUND', `pool ${pool}`);
    const elsewhere = new Map((await expectedNow(tx)).map(({ record, ewon }) => [ewon.publicKey, record]));
    const twice = choices.find(({ key }) => elsewhere.has(key));
    if (twice) return err('CONFLICT', `${twice.name} is expected by another import`);
    const planned = planImport(await tx.importedEwons(importId), choices, await takenNames(tx));
    if (!planned.ok) return planned;
    if (newPool) {
      if (!(await tx.addPool(pool))) return err('CONFLICT', `there is a pool ${pool} already`);
      await telling.noteDone(tx, { event: LOG_TEXTS.poolAdded(pool) });
      telling.tell({ type: 'settings', id: 'pools' });
    }
    const at = timestampOf(nowMs);
    const { name: by } = house.person;
    const record: ImportRecord = {
      ...{ ...listed, state: 'running', staying: [], pool, directoryUrl, by, startedAt: at, changedAt: at },
    };
    await tx.keepImport(record);
    await tx.removeListed(importId);
    await tx.keepImportedEwons(importId, planned.value);
    const event = LOG_TEXTS.importStarted(record.source.name, planned.value.length, pool);
    await telling.noteDone(tx, { event, severity: 'warn' });
    return ok({ record, ewons: planned.value });
  });
}

/**
 * Ends an import. What has not moved is not expected any more and stays in the source; one that was never started is forgotten.
 * The same again is success. Codes: NOT_FOUND.
 */
export async function endImport(house: House, ask: AskSource, importId: string): Promise<Result<WholeImport>> {
  const ended = await transactAndTell<Result<WholeImport>>(house, async (tx, telling, nowMs) => {
    const record = await tx.import(importId);
    if (!record) return err('NOT_FOUND', 'import');
    const ewons = await tx.importedEwons(importId);
    if (record.state === 'listed') {
      await tx.removeImport(importId);
      return ok({ record, ewons });
    }
    if (record.state !== 'running') return ok({ record, ewons });
    const left = ewons.filter(({ state }) => state === 'waiting');
    const after = ewons.map((ewon) => (ewon.state === 'waiting' ? { ...ewon, state: 'stayed' as const } : ewon));
    const over: ImportRecord = { ...record, state: 'ended', changedAt: timestampOf(nowMs) };
    await tx.keepImport(over);
    await tx.keepImportedEwons(importId, after);
    await telling.noteDone(tx, { event: LOG_TEXTS.importEnded(record.source.name, left.length), severity: 'warn' });
    return ok({ record: over, ewons: after });
  });
  if (ended.ok && ended.value.record.state === 'listed') {
    const { source, sealedRight } = ended.value.record;
    if (sealedRight !== null) await giveBack(ask, source, rightIn(house, sealedRight));
  }
  return ended;
}

/** Reads one. Codes: NOT_FOUND. */
export async function readImport(house: House, importId: string): Promise<Result<WholeImport>> {
  return house.store.transact(async (tx) => {
    const record = await tx.import(importId);
    return record ? ok({ record, ewons: await tx.importedEwons(importId) }) : err('NOT_FOUND', 'import');
  });
}

/** The right as the source gave it. */
export function rightIn({ vault }: Pick<House, 'vault'>, sealedRight: string): string {
  return Buffer.from(vault.openBytes(sealedRight)).toString('ascii');
}

/** Gives a right back, as well as may be: it ends by itself within the hour. */
async function giveBack(ask: AskSource, source: SourceAddress, right: string): Promise<void> {
  await ask(source, { method: 'DELETE', path: 'handover', right }, readAnything);
}

/** Of an answer of which only matters that it was one. */
export const readAnything = reader<unknown>({});
