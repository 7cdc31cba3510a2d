import {
  type Code,
  HOUR_MS,
  type MoveArguments,
  ok,
  type Reader,
  type Result,
  timestampOf,
} from '@ewon-agent/contracts';
import {
  EXPECTED_MS,
  heardOf,
  type ImportedEwon,
  type ImportRecord,
  type TheirWord,
} from '../../core/imports/imports.ts';
import { LOG_TEXTS } from '../../core/log-lines.ts';
import type { EwonRecord } from '../../core/records.ts';
import { type House, transactAndTell } from '../../house.ts';
import { MOVES_AT_ONCE, readTheirWords } from '../../http/imports/import-bodies.ts';
import type { AskSource, SourceQuestion } from '../../ports/source.ts';
import type { StoreTx } from '../../store/store.ts';
import { signingKey } from '../signing.ts';
import { readAnything, rightIn } from './imports.ts';

// What goes on between the accounts while an import runs. All that is left to do is read from the database, so a round goes
// on where the last one stopped, in another process as well; what is said twice changes nothing over there.

/** A list that nobody acts on is forgotten; the source has forgotten its right an hour after it was given. */
const LISTED_KEPT_MS = 2 * HOUR_MS;
/** Imports that are over and can be looked at. */
const OVER_KEPT = 100;

/** Goes on with all imports, until the server closes. */
export async function roundImports(house: House, ask: AskSource, closing: AbortSignal): Promise<void> {
  const imports = await house.store.transact((tx) => tx.imports());
  for (const record of imports) {
    if (closing.aborted) return;
    // one that cannot go on keeps none of the others
    await goOnWith(house, ask, record, closing).catch((cause: unknown) => {
      if (!closing.aborted)
        house.log.write('error', 'import', 'could not go on', { import: record.importId, cause: String(cause) });
    });
  }
  const over = imports.filter(
    ({ state, sealedRight }) => state !== 'listed' && state !== 'running' && sealedRight === null,
  );
  for (const { importId } of over.slice(OVER_KEPT)) await house.store.transact((tx) => tx.removeImport(importId));
}

async function goOnWith(house: House, ask: AskSource, record: ImportRecord, closing: AbortSignal): Promise<void> {
  if (record.state === 'listed') return forgetListed(house, record);
  if (record.state !== 'running' && record.sealedRight === null) return;
  await expire(house, record);
  await talk(house, ask, record, closing);
  await closeIfOver(house, record.importId);
}

async function forgetListed(house: House, { importId, createdAt }: ImportRecord): Promise<void> {
  if (house.clock.now() - Date.parse(createdAt) >= LISTED_KEPT_MS)
    await house.store.transact((tx) => tx.removeImport(importId));
}

/** Ewons that did not come in time are not expected any more. */
async function expire(house: House, { importId, state, startedAt }: ImportRecord): Promise<void> {
  if (state !== 'running' || house.clock.now() - Date.parse(startedAt ?? '') < EXPECTED_MS) return;
  await changeEwons(house, importId, (ewon) =>
    ewon.state === 'waiting' ? { state: 'failed', reason: 'COMMAND_EXPIRED' } : undefined,
  );
}

type Ask = <T>(question: Omit<SourceQuestion, 'right'>, read: Reader<T>) => Promise<Result<T>>;

/** Tells the source what it does not know, and hears how the Ewons stand there. */
async function talk(house: House, askSource: AskSource, record: ImportRecord, signal: AbortSignal): Promise<void> {
  const { importId, source, sealedRight } = record;
  if (sealedRight === null) return;
  const right = rightIn(house, sealedRight);
  const ask: Ask = (question, read) => askSource(source, { ...question, right, signal }, read);
  const done = await talkWith(house, record, ask);
  if (signal.aborted) return; // no fault of the source
  await keepTrouble(house, importId, done.ok ? null : { code: done.fault.code, detail: done.fault.detail ?? '' });
}

async function talkWith(house: House, record: ImportRecord, ask: Ask): Promise<Result<undefined>> {
  const { importId } = record;
  const ewons = () => house.store.transact((tx) => tx.importedEwons(importId));
  const refused = await orderRest(house, record, ask);
  if (!refused.ok) return refused;
  const words = await ask({ method: 'GET', path: 'handover/moves' }, readTheirWords);
  if (!words.ok && words.fault.code !== 'IMPORT_RIGHT_OVER') return words;
  if (words.ok) await hear(house, importId, words.value);
  const code = refused.value ?? (words.ok ? undefined : words.fault.code);
  if (code) await failUnordered(house, importId, code);
  if (!words.ok) {
    await keepRight(house, importId, null);
    return (await ewons()).every(({ agreed }) => agreed === 'over') ? ok(undefined) : words;
  }
  const now = await ewons();
  const arrived = await house.store.transact((tx) => atWork(tx, now));
  const told = await tellNews(ask, piecesOf(arrived), (keys) => ({ arrived: keys, withdrawn: [] }));
  if (!told.ok) return told;
  const withdrawn = now.filter(({ state: is, agreed }) => is === 'stayed' && agreed === 'ordered');
  const taken = await tellNews(ask, piecesOf(withdrawn), (keys) => ({ arrived: [], withdrawn: keys }));
  if (!taken.ok) return taken;
  const ghosts = await house.store.transact((tx) => removedUnseen(tx, now));
  const agreed = new Set([...arrived, ...withdrawn, ...ghosts].map(({ publicKey }) => publicKey));
  await changeEwons(house, importId, (ewon) =>
    agreed.has(ewon.publicKey) || (ewon.agreed === 'nothing' && ewon.state !== 'waiting')
      ? { agreed: 'over' }
      : undefined,
  );
  if ((await ewons()).some((ewon) => ewon.agreed !== 'over')) return ok(undefined);
  const given = await ask({ method: 'DELETE', path: 'handover' }, readAnything);
  if (!given.ok && given.fault.code !== 'IMPORT_RIGHT_OVER') return given;
  await keepRight(house, importId, null);
  return ok(undefined);
}

/** By these the source says that it will never take an order. */
const REFUSALS: readonly Code[] = ['IMPORT_RIGHT_OVER', 'IMPORT_TWO_FACTOR', 'CONFLICT'];

/** Has those ordered that are not. @returns the code by which the source orders none any more; it may have ordered some before */
async function orderRest(house: House, record: ImportRecord, ask: Ask): Promise<Result<Code | undefined>> {
  const { importId, state } = record;
  if (state !== 'running') return ok(undefined);
  const toOrder = (await house.store.transact((tx) => tx.importedEwons(importId))).filter(isToBeOrdered);
  const move = await house.store.transact((tx) => moveOf(tx, house, record));
  for (const keys of piecesOf(toOrder)) {
    const words = await ask({ method: 'POST', path: 'handover/moves', body: { ...move, keys } }, readTheirWords);
    if (!words.ok) return REFUSALS.includes(words.fault.code) ? ok(words.fault.code) : words;
    await hear(house, importId, words.value);
  }
  return ok(undefined);
}

/** What was not ordered yet never will be; what was ordered may still come. */
async function failUnordered(house: House, importId: string, code: Code): Promise<void> {
  await changeEwons(house, importId, (ewon) =>
    isToBeOrdered(ewon) ? { state: 'failed', reason: code, agreed: 'over' } : undefined,
  );
}

const isToBeOrdered = ({ state, agreed }: ImportedEwon) => state === 'waiting' && agreed === 'nothing';

/** What the source has its Ewons carry out. */
async function moveOf(tx: StoreTx, house: House, record: ImportRecord): Promise<MoveArguments> {
  const { accountId, name: accountName } = await tx.account();
  const { importId: move, directoryUrl } = record;
  const { jwk } = await signingKey(tx, house.vault);
  return { move, directoryUrl, ca: house.ca.tlsCa, accountId, accountName, accountKey: jwk.x };
}

/**
 * Those that have come and were seen at work since: such a device has what it was granted and goes by nothing that the source
 * still keeps for it. The source learns it from here where the good-bye of the device is lost.
 */
function atWork(tx: StoreTx, ewons: readonly ImportedEwon[]): Promise<readonly ImportedEwon[]> {
  return movedThatAre(tx, ewons, wasSeen);
}

/** Those that were removed here and never seen: they may be at work in the source still, which must not throw them out. */
function removedUnseen(tx: StoreTx, ewons: readonly ImportedEwon[]): Promise<readonly ImportedEwon[]> {
  return movedThatAre(tx, ewons, (record) => record.link !== 'linked' && !wasSeen(record));
}

const wasSeen = ({ link, online, lastSeenAt }: EwonRecord) => online || lastSeenAt !== null || link === 'unlinked';

async function movedThatAre(
  tx: StoreTx,
  ewons: readonly ImportedEwon[],
  is: (record: EwonRecord) => boolean,
): Promise<readonly ImportedEwon[]> {
  const moved = ewons.filter(({ state, agreed }) => state === 'moved' && agreed !== 'over');
  const records = await tx.ewonsNamed(moved.flatMap(({ deviceId }) => deviceId ?? []));
  const found = new Set(records.filter(is).map(({ deviceId }) => deviceId));
  return moved.filter(({ deviceId }) => deviceId !== null && found.has(deviceId));
}

async function tellNews(
  ask: Ask,
  pieces: readonly (readonly string[])[],
  news: (keys: readonly string[]) => object,
): Promise<Result<undefined>> {
  for (const keys of pieces) {
    const told = await ask({ method: 'POST', path: 'handover/news', body: news(keys) }, readAnything);
    if (!told.ok) return told;
  }
  return ok(undefined);
}

function piecesOf(ewons: readonly ImportedEwon[]): readonly (readonly string[])[] {
  const keys = ewons.map(({ publicKey }) => publicKey);
  return Array.from({ length: Math.ceil(keys.length / MOVES_AT_ONCE) }, (_, i) =>
    keys.slice(i * MOVES_AT_ONCE, (i + 1) * MOVES_AT_ONCE),
  );
}

async function hear(house: House, importId: string, words: readonly TheirWord[]): Promise<void> {
  const said = new Map(words.map((word) => [word.key, word]));
  await changeEwons(house, importId, (ewon) => {
    const word = said.get(ewon.publicKey);
    return word && heardOf(ewon, word);
  });
}

/** Changes Ewons of an import by how they stand in that very moment; one that failed has its line in the log. */
async function changeEwons(
  house: House,
  importId: string,
  change: (ewon: ImportedEwon) => Partial<ImportedEwon> | undefined,
): Promise<void> {
  await transactAndTell(house, async (tx, telling) => {
    const changed = (await tx.importedEwons(importId)).flatMap((ewon) => {
      const patch = change(ewon);
      return patch ? { ...ewon, ...patch, wasState: ewon.state } : [];
    });
    await tx.keepImportedEwons(
      importId,
      changed.map(({ wasState: _, ...ewon }) => ewon),
    );
    for (const { name, state, wasState, reason } of changed)
      if (state === 'failed' && wasState !== 'failed') {
        const event = LOG_TEXTS.moveFailed(name, reason ?? '');
        await telling.note(tx, { name, subject: 'Ewon', event, severity: 'warn' });
      }
  });
}

async function keepTrouble(house: House, importId: string, trouble: ImportRecord['trouble']): Promise<void> {
  await changeImport(house, importId, (record) =>
    record.trouble?.code === trouble?.code && record.trouble?.detail === trouble?.detail ? undefined : { trouble },
  );
}

async function keepRight(house: House, importId: string, sealedRight: null): Promise<void> {
  await changeImport(house, importId, () => ({ sealedRight }));
}

async function closeIfOver(house: House, importId: string): Promise<void> {
  const waiting = await house.store.transact((tx) => tx.importedEwons(importId));
  if (waiting.some(({ state }) => state === 'waiting')) return;
  await changeImport(house, importId, ({ state }) => (state === 'running' ? { state: 'done' } : undefined));
}

async function changeImport(
  house: House,
  importId: string,
  change: (record: ImportRecord) => Partial<ImportRecord> | undefined,
): Promise<void> {
  await house.store.transact(async (tx) => {
    const record = await tx.import(importId);
    const patch = record && change(record);
    if (patch) await tx.keepImport({ ...record, ...patch, changedAt: timestampOf(house.clock.now()) });
  });
}
