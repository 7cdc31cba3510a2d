import { type CommandStateMessage, isCode, isFinal, timestampOf } from '@ewon-agent/contracts';
import type { Change } from '../bus.ts';
import { toldState } from '../core/command-state.ts';
import { LOG_TEXTS } from '../core/log-lines.ts';
import type { EwonRecord } from '../core/records.ts';
import { commandView } from '../http/views.ts';
import type { Batch } from './batch.ts';

/** What a device's word on a command has changed; `isEnd`: neither side has anything more to say of it. */
export type TakenState = { readonly changes: readonly Change[]; readonly isEnd: boolean };

/** Takes how a command stands. The same again, and what is late, changes nothing. */
export async function takeCommandState(
  { tx, nowMs, lines }: Batch,
  { deviceId, name: ewonName }: EwonRecord,
  body: CommandStateMessage,
): Promise<TakenState> {
  const record = await tx.command(body.id);
  // of an account that was restored, or long forgotten: nobody waits for it
  if (record?.deviceId !== deviceId) return { changes: [], isEnd: true };
  const change = toldState(record, body);
  if (!change) return { changes: [], isEnd: isFinal(record.state) };
  const changed = { ...record, ...change, changedAt: timestampOf(nowMs) };
  await tx.updateCommand(record.commandId, { ...change, changedAt: changed.changedAt });
  const { name, state, reason } = changed;
  if (isFinal(state)) {
    const event = LOG_TEXTS.commandEnded(name, ewonName, state, reason);
    const severity = state === 'failed' ? 'warn' : 'info';
    const code = isCode(reason) ? reason : null;
    const entry = { at: changed.changedAt, name: ewonName, subject: 'Ewon', event, severity, code, deviceId } as const;
    lines.push({ entry });
  }
  return { changes: [{ type: 'command', id: record.commandId, row: commandView(changed) }], isEnd: isFinal(state) };
}
