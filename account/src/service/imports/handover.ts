import {
  err,
  HOUR_MS,
  type Millis,
  type MovableEwon,
  type MoveArguments,
  ok,
  type Result,
  timestampOf,
} from '@ewon-agent/contracts';
import { enforcesTwoFactor, type HandoverRecord, type MovingEwon, whyStaying } from '../../core/imports/handover.ts';
import { EXPECTED_MS, MOVE_VALID_MS, type StayingEwon, type TheirWord } from '../../core/imports/imports.ts';
import { LOG_TEXTS } from '../../core/log-lines.ts';
import type { CommandRecord, EwonRecord } from '../../core/records.ts';
import { personOf, type UserRecord } from '../../core/users.ts';
import { type House, newToken, transactAndTell } from '../../house.ts';
import { hashOf } from '../../secrets/token-hash.ts';
import type { StoreTx } from '../../store/store.ts';
import type { Doing } from '../change-state.ts';
import { keepCommand, orderIn } from '../commands.ts';
import { presentPolicy } from '../policy.ts';
import { type Claim, checkPassword } from '../users.ts';
import { settleMoves, wordOf } from './moving.ts';

// This account as the source of an import: what another one is given, and what it orders by that. Nothing of users, pools,
// groups or properties is told.

/** A person chooses among the list meanwhile. */
const ORDER_WITHIN_MS: Millis = HOUR_MS;

/** What the other account gets: the right, unguessable and shown this once, and whom it is of. */
export type HandoverGrant = {
  readonly right: string;
  readonly account: { readonly id: HandoverRecord['userId']; readonly name: string };
};
/** Another account that showed its right, and this one as it acts for the Administrator who gave it. */
export type Handed = { readonly house: House; readonly record: HandoverRecord };
export type LeavingList = { readonly movable: readonly MovableEwon[]; readonly staying: readonly StayingEwon[] };
export type MoveOrder = MoveArguments & { readonly keys: readonly string[] };

/**
 * Gives the right to import, for the password of an Administrator.
 * Codes: SIGN_IN_FAILED, LOCKED_OUT, PASSWORD_EXPIRED, IMPORT_TWO_FACTOR, IMPORT_NOT_ADMINISTRATOR.
 */
export async function beginHandover(
  house: House,
  claim: Pick<Claim, 'login' | 'password' | 'network'>,
): Promise<Result<HandoverGrant>> {
  const proved = await checkPassword(house, claim);
  if (!proved.ok) return proved.fault.code === 'TWO_FACTOR_NEEDED' ? err('IMPORT_TWO_FACTOR') : proved;
  const user = proved.value;
  const right = newToken(house.random) + newToken(house.random);
  return transactAndTell<Result<HandoverGrant>>(house, async (tx, telling, nowMs) => {
    const person = await administratorOf(tx, user.userId);
    if (!person) return err('IMPORT_NOT_ADMINISTRATOR', user.login);
    if (enforcesTwoFactor(user, await tx.document('twoFactorPolicy'))) return err('IMPORT_TWO_FACTOR');
    const until = timestampOf(nowMs + ORDER_WITHIN_MS);
    await tx.keepHandover({
      ...{
        handoverId: newToken(house.random),
        rightHash: hashOf(right),
        userId: user.userId,
        move: null,
        toName: null,
      },
      ...{ createdAt: timestampOf(nowMs), orderUntil: until, expiresAt: until },
    });
    const event = LOG_TEXTS.handoverBegun(user.login, claim.network);
    await telling.note(tx, { name: user.login, subject: 'User', severity: 'warn', event });
    const { accountId: id, name } = await tx.account();
    return ok({ right, account: { id, name } });
  });
}

/** Finds what a right is good for. It is read at each request whether its user is an Administrator still. Codes: IMPORT_RIGHT_OVER. */
export async function handoverBy(house: House, right: string): Promise<Result<Handed>> {
  return house.store.transact(async (tx) => {
    const record = await tx.handoverOf(hashOf(right));
    if (!record || record.expiresAt <= timestampOf(house.clock.now())) return err('IMPORT_RIGHT_OVER');
    const known = await administratorOf(tx, record.userId);
    if (!known) return err('IMPORT_RIGHT_OVER', 'who gave it is no Administrator any more');
    return ok({ record, house: { ...house, person: known.person } });
  });
}

async function administratorOf(tx: StoreTx, userId: string) {
  const user: UserRecord | undefined = await tx.user(userId);
  if (!user) return undefined;
  const person = personOf(user, await tx.groupsOf(userId), await tx.groups());
  return person.isAdministrator ? { user, person } : undefined;
}

/** Codes: IMPORT_RIGHT_OVER, IMPORT_TWO_FACTOR (switched on since). */
async function mayOrder(tx: StoreTx, { record }: Handed, nowMs: Millis): Promise<Result<undefined>> {
  const known = await administratorOf(tx, record.userId);
  if (!known || record.orderUntil <= timestampOf(nowMs)) return err('IMPORT_RIGHT_OVER');
  const isHeld = enforcesTwoFactor(known.user, await tx.document('twoFactorPolicy'));
  return isHeld ? err('IMPORT_TWO_FACTOR') : ok(undefined);
}

/** Lists what may move, and what may not and why. Codes: IMPORT_RIGHT_OVER, IMPORT_TWO_FACTOR. */
export async function listLeaving(handed: Handed): Promise<Result<LeavingList>> {
  const { house } = handed;
  await settleMoves(house);
  return house.store.transact(async (tx) => {
    const may = await mayOrder(tx, handed, house.clock.now());
    if (!may.ok) return may;
    const { remoteManagement } = (await presentPolicy(tx, house, house.clock.now())).settings;
    const told = new Map((await tx.allRetained('health')).map(({ deviceId, message }) => [deviceId, message.policy]));
    const moves = new Map((await tx.lastMoves()).map((move) => [move.deviceId, move]));
    const movable: MovableEwon[] = [];
    const staying: StayingEwon[] = [];
    for (const ewon of await tx.ewons({ link: ['linked', 'unlinked'] })) {
      const { name, serial, model, publicKey, deviceId } = ewon;
      const facts = { ewon, remoteManagement, applied: told.get(deviceId), last: moves.get(deviceId) };
      const why = whyStaying(facts);
      if (why) staying.push({ name, serial, model, why });
      else movable.push({ name, serial, model, jwk: { kty: 'OKP', crv: 'Ed25519', x: publicKey } });
    }
    return ok({ movable, staying });
  });
}

/**
 * Orders Ewons to the account that imports them. The same again answers how they stand: the answer before may have been lost.
 * @returns a word for each key; `failed` with the code where it was not ordered
 * Codes: IMPORT_RIGHT_OVER, IMPORT_TWO_FACTOR, CONFLICT (the right was used for another import).
 */
export async function orderMoves(handed: Handed, { keys, ...move }: MoveOrder): Promise<Result<readonly TheirWord[]>> {
  const { house } = handed;
  const sent: CommandRecord[] = [];
  const done = await transactAndTell<Result<readonly TheirWord[]>>(house, async (tx, telling, nowMs) => {
    sent.length = 0;
    const may = await mayOrder(tx, handed, nowMs);
    if (!may.ok) return may;
    const record = await tx.handoverOf(handed.record.rightHash);
    if (!record) return err('IMPORT_RIGHT_OVER');
    if (record.move !== null && record.move !== move.move) return err('CONFLICT', 'this right is of another import');
    const expiresAt = timestampOf(nowMs + EXPECTED_MS);
    await tx.keepHandover({ ...record, move: move.move, toName: move.accountName, expiresAt });
    const { remoteManagement } = (await presentPolicy(tx, house, nowMs)).settings;
    const words: TheirWord[] = [];
    for (const key of keys) {
      const ordered = await orderOne(house, { tx, telling, nowMs }, record, { key, move, remoteManagement });
      words.push(ordered.word);
      if (ordered.command) sent.push(ordered.command);
    }
    if (sent.length > 0) {
      const event = LOG_TEXTS.handoverOrdered(move.accountName, move.directoryUrl, sent.length);
      await telling.noteDone(tx, { event, severity: 'warn', code: 'MOVE_SENT' });
    }
    return ok(words);
  });
  for (const command of sent) await keepCommand(house, command);
  return done;
}

type Ordered = { readonly word: TheirWord; readonly command?: CommandRecord };

async function orderOne(
  house: House,
  doing: Doing,
  { handoverId }: HandoverRecord,
  order: { readonly key: string; readonly move: MoveArguments; readonly remoteManagement: boolean },
): Promise<Ordered> {
  const { tx, nowMs } = doing;
  const { key, move, remoteManagement } = order;
  const refused = (reason: string): Ordered => ({ word: { key, state: 'failed', reason } });
  const [ewon]: readonly EwonRecord[] = await tx.linkedOfKey(key);
  if (!ewon) return refused('UNLINKED');
  const last = await tx.lastMoveOf(ewon.deviceId);
  if (last?.handoverId === handoverId) return { word: wordOf(last) };
  const applied = (await tx.retained(ewon.deviceId, 'health'))?.policy;
  const why = whyStaying({ ewon, remoteManagement, applied, last });
  if (why) return refused(why);
  const sent = await orderIn(house, doing, ewon, { name: 'move', arguments: move, validMs: MOVE_VALID_MS });
  if (!sent.ok) return refused(sent.fault.code);
  const { deviceId, publicKey, agent } = ewon;
  const moving: MovingEwon = {
    ...{ handoverId, deviceId, publicKey, agent, commandId: sent.value.commandId, toName: move.accountName },
    ...{ state: 'ordered', reason: null, at: timestampOf(nowMs) },
  };
  await tx.keepMoving(moving);
  return { word: wordOf(moving), command: sent.value };
}

/** Gives a right back. What was ordered by it goes on. */
export async function endHandover({ house, record }: Handed): Promise<void> {
  await house.store.transact((tx) => tx.removeHandover(record.handoverId));
}
