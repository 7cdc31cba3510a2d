import {
  type CommandDocument,
  commandIdFrom,
  commandTopicFor,
  type DeviceId,
  err,
  isCode,
  isFinal,
  type Millis,
  ok,
  type Result,
  type SignedByAccount,
  timestampOf,
} from '@ewon-agent/contracts';
import { type CommandChange, overdueState, unlinkedState } from '../core/command-state.ts';
import { LOG_TEXTS } from '../core/log-lines.ts';
import type { CommandRecord, EwonRecord } from '../core/records.ts';
import { type House, type Telling, transactAndTell } from '../house.ts';
import { commandView } from '../http/views.ts';
import type { StoreTx } from '../store/store.ts';
import type { Doing } from './change-state.ts';
import { signAsAccount } from './signing.ts';

/** Commands of one Ewon that may be open; the agent takes no more. */
const OPEN_MAX = 16;

/** What a person orders of one Ewon. */
export type CommandOrder = {
  readonly name: string;
  readonly arguments: CommandRecord['arguments'];
  readonly validMs: Millis;
};

/** Sends a command. Codes: NOT_FOUND (no such Ewon), UNLINKED, COMMAND_QUEUE_FULL. */
export async function sendCommand(
  house: House,
  deviceId: DeviceId,
  order: CommandOrder,
): Promise<Result<CommandRecord>> {
  const sent = await transactAndTell<Result<CommandRecord>>(house, async (tx, telling, nowMs) => {
    const ewon = await tx.ewon(deviceId);
    if (!ewon) return err('NOT_FOUND', 'Ewon');
    return orderIn(house, { tx, telling, nowMs }, ewon, order);
  });
  if (sent.ok) await keepCommand(house, sent.value);
  return sent;
}

/** Writes a command down; {@link keepCommand} sends it after the commit. Codes: UNLINKED, COMMAND_QUEUE_FULL. */
export async function orderIn(
  house: Pick<House, 'random'>,
  { tx, telling, nowMs }: Doing,
  ewon: EwonRecord,
  { name, arguments: given, validMs }: CommandOrder,
): Promise<Result<CommandRecord>> {
  const { deviceId } = ewon;
  if (ewon.link !== 'linked') return err('UNLINKED', ewon.name);
  const open = (await tx.commands({ deviceId, isOpen: true })).length;
  if (open >= OPEN_MAX) return err('COMMAND_QUEUE_FULL', `${open} wait for ${ewon.name}`);
  const at = timestampOf(nowMs);
  const record: CommandRecord = {
    ...{ commandId: commandIdFrom(house.random.bytes(17)), deviceId, name, arguments: given },
    ...{ issuedAt: at, expiresAt: timestampOf(nowMs + validMs), state: 'init', saidBy: 'account' },
    ...{ reason: null, detail: null, result: null, changedAt: at },
  };
  await tx.insertCommand(record);
  const event = LOG_TEXTS.commandSent(name, ewon.name);
  await telling.noteDone(tx, { event, deviceId });
  telling.tell({ type: 'command', id: record.commandId, row: commandView(record) });
  return ok(record);
}

/** The command as its device takes it. */
export async function signedCommand(
  tx: StoreTx,
  { accountId, vault }: Pick<House, 'accountId' | 'vault'>,
  { commandId: id, deviceId, name, arguments: given, issuedAt, expiresAt }: CommandRecord,
): Promise<SignedByAccount> {
  const payload: CommandDocument = { v: 1, id, accountId, deviceId, name, arguments: given, issuedAt, expiresAt };
  return signAsAccount(tx, vault, { typ: 'ewon-cmd', payload });
}

/** Ends commands whose time is up, and takes them from the broker. */
export async function expireCommands(house: House): Promise<void> {
  const ended = await transactAndTell(house, async (tx, telling, nowMs) => {
    const over: CommandRecord[] = [];
    for (const record of await tx.commands({ isOpen: true })) {
      const change = overdueState(record, nowMs);
      if (!change) continue;
      const ewon = await tx.ewon(record.deviceId);
      over.push(await changeCommand({ tx, telling, nowMs }, record, change, ewon?.name ?? record.deviceId));
    }
    return over;
  });
  for (const record of ended) takeCommandAway(house, record);
}

/** Ends the open commands of an Ewon that is not linked any more. */
export async function endCommandsOf(doing: Doing, { deviceId, name }: EwonRecord): Promise<void> {
  for (const record of await doing.tx.commandsOf(deviceId)) {
    const change = unlinkedState(record);
    if (change) await changeCommand(doing, record, change, name);
  }
}

/** Writes down a change, says it in the log when it is the end, and tells everybody after the commit. */
export async function changeCommand(
  { tx, telling, nowMs }: Doing | { readonly tx: StoreTx; readonly telling: Telling; readonly nowMs: Millis },
  record: CommandRecord,
  change: CommandChange,
  ewonName: string,
): Promise<CommandRecord> {
  const changed: CommandRecord = { ...record, ...change, changedAt: timestampOf(nowMs) };
  const { commandId, deviceId, name, state, reason } = changed;
  await tx.updateCommand(commandId, { ...change, changedAt: changed.changedAt });
  telling.tell({ type: 'command', id: commandId, row: commandView(changed) });
  if (!isFinal(state)) return changed;
  await telling.note(tx, {
    ...{ name: ewonName, subject: 'Ewon', deviceId },
    event: LOG_TEXTS.commandEnded(name, ewonName, state, reason),
    severity: state === 'failed' ? 'warn' : 'info',
    ...(isCode(reason) && { code: reason }),
  });
  return changed;
}

/** The broker keeps a command no longer than it is open. */
export function takeCommandAway(
  { accountId, herald }: Pick<House, 'accountId' | 'herald'>,
  { deviceId, commandId }: Pick<CommandRecord, 'deviceId' | 'commandId'>,
): void {
  herald.keep(commandTopicFor({ accountId, deviceId }, commandId), '');
}

/** Has the broker keep a command for its device. */
export async function keepCommand(house: House, record: CommandRecord): Promise<void> {
  const { accountId, herald } = house;
  const signed = await house.store.transact((tx) => signedCommand(tx, house, record));
  herald.keep(commandTopicFor({ accountId, deviceId: record.deviceId }, record.commandId), JSON.stringify(signed));
}
