import { DAY_MS, isFinal, timestampOf } from '@ewon-agent/contracts';
import { type MovingEwon, settledBy } from '../../core/imports/handover.ts';
import { EXPECTED_MS, type TheirWord } from '../../core/imports/imports.ts';
import { LOG_TEXTS } from '../../core/log-lines.ts';
import type { CommandRecord, EwonRecord } from '../../core/records.ts';
import { type House, removeAtBroker, transactAndTell } from '../../house.ts';
import { endLink } from '../approve.ts';
import type { Doing } from '../change-state.ts';
import { changeCommand, takeCommandAway } from '../commands.ts';
import type { Handed } from './handover.ts';

// Ewons of this account that were ordered to another one, until they are there or stay.

/** What the other account is told of one. */
export function wordOf({ publicKey: key, state, reason }: MovingEwon): TheirWord {
  return { key, state, reason };
}

/** How those stand that were ordered by a right. */
export async function movesStanding({ house, record }: Handed): Promise<readonly TheirWord[]> {
  await settleMoves(house);
  return (await house.store.transact((tx) => tx.movingEwons(record.handoverId))).map(wordOf);
}

/** Writes down what became of orders whose commands are at their end. Before commands are forgotten, or nobody would know. */
export async function settleMoves(house: House): Promise<void> {
  await house.store.transact(async (tx) => {
    const moving = await tx.allMoving();
    if (moving.length === 0) return;
    const open = new Set((await tx.commands({ isOpen: true })).map(({ commandId }) => commandId));
    const ewons = await tx.ewonsNamed(moving.map(({ deviceId }) => deviceId));
    const linked = new Set(ewons.filter(({ link }) => link === 'linked').map(({ deviceId }) => deviceId));
    for (const one of moving) {
      const isLinked = linked.has(one.deviceId);
      if (isLinked && open.has(one.commandId)) continue;
      const command = await tx.command(one.commandId);
      const end = settledBy(one, { command, isLinked, nowMs: house.clock.now() });
      if (end) await tx.keepMoving({ ...one, ...end, at: timestampOf(house.clock.now()) });
    }
  });
}

/** The order by which an Ewon leaves when its device says good-bye now; undefined: by none. */
export async function moveUnderWay(
  { tx, nowMs }: Pick<Doing, 'tx' | 'nowMs'>,
  { deviceId, link }: EwonRecord,
): Promise<MovingEwon | undefined> {
  const last = await tx.lastMoveOf(deviceId);
  if (!last || last.state === 'moved') return undefined;
  const command = await tx.command(last.commandId);
  const { state, reason } = settledBy(last, { command, isLinked: link === 'linked', nowMs }) ?? last;
  const validMs = last.state === 'ordered' ? EXPECTED_MS : DAY_MS; // of the order, or since it was found to be over
  const isLate = state !== 'ordered' && nowMs - Date.parse(last.at) > validMs;
  return mayHaveLeft({ state, reason }) && !isLate ? last : undefined;
}

/** Tells whether an Ewon may be there by this order: it is under way, or began in time and was long on its way. */
function mayHaveLeft({ state, reason }: Pick<MovingEwon, 'state' | 'reason'>): boolean {
  return state === 'ordered' || reason === 'COMMAND_EXPIRED';
}

/** Ends the link of an Ewon that works in the other account, with the line that says so; the broker is still to be told. */
export async function finishMove(doing: Doing, ewon: EwonRecord, moving: MovingEwon): Promise<EwonRecord> {
  const { tx, telling, nowMs } = doing;
  const { name, deviceId } = ewon;
  const command = await tx.command(moving.commandId);
  // the device says good-bye before it can say that it was carried out
  const done = { state: 'successful', saidBy: 'account', reason: null, detail: null, result: null } as const;
  if (command && !isFinal(command.state)) await changeCommand(doing, command, done, name);
  const event = LOG_TEXTS.movedOut(name, moving.toName);
  await telling.note(tx, { name, subject: 'Ewon', event, code: 'MOVED', deviceId });
  await tx.keepMoving({ ...moving, state: 'moved', reason: null, at: timestampOf(nowMs) });
  return endLink(doing, ewon, 'removed');
}

/** What the other account says of Ewons that were ordered by its right. */
export type MoveNews = {
  /** They work there: when their good-bye is lost, this stands in its place. */
  readonly arrived: readonly string[];
  /** They are not expected there any more. */
  readonly withdrawn: readonly string[];
};

/** Takes it in. What is told again, or of Ewons that were not ordered by this right, changes nothing. */
export async function hearOfMoves({ house, record }: Handed, { arrived, withdrawn }: MoveNews): Promise<void> {
  const left: EwonRecord[] = [];
  const ended: CommandRecord[] = [];
  await transactAndTell(house, async (tx, telling, nowMs) => {
    const doing: Doing = { tx, telling, nowMs };
    for (const list of [left, ended]) list.length = 0; // it may run again
    const moving = new Map((await tx.movingEwons(record.handoverId)).map((one) => [one.publicKey, one]));
    for (const key of arrived) {
      const [one, [ewon]] = [moving.get(key), await tx.linkedOfKey(key)];
      if (one && mayHaveLeft(one) && ewon?.deviceId === one.deviceId) left.push(await finishMove(doing, ewon, one));
    }
    for (const key of withdrawn) {
      const one = moving.get(key);
      const command = one?.state === 'ordered' ? await tx.command(one.commandId) : undefined;
      if (!one || !command || isFinal(command.state)) continue;
      const [ewon] = await tx.ewonsNamed([one.deviceId]);
      const end = { state: 'failed', saidBy: 'account', reason: 'MOVE_WITHDRAWN', detail: null, result: null } as const;
      ended.push(await changeCommand(doing, command, end, ewon?.name ?? one.deviceId));
      await tx.keepMoving({ ...one, state: 'failed', reason: 'MOVE_WITHDRAWN', at: timestampOf(nowMs) });
    }
  });
  for (const command of ended) takeCommandAway(house, command);
  for (const { deviceId } of left) await removeAtBroker(house, { accountId: house.accountId, deviceId });
}
