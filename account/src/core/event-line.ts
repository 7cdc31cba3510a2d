import { type EventMessage, isCode, type Millis, type Timestamp, timestampOf } from '@ewon-agent/contracts';
import type { EwonRecord, LogEntry } from './records.ts';

/** The line of the account's log that an event of a device becomes. */
export function eventLine(
  { deviceId, name, createdAt }: Pick<EwonRecord, 'deviceId' | 'name' | 'createdAt'>,
  { at, code, severity, text, historical }: EventMessage,
  nowMs: Millis,
): LogEntry {
  return {
    at: historical ? toldTime(at, createdAt, nowMs) : timestampOf(nowMs),
    ...{ name, subject: 'Ewon', severity, deviceId },
    ...(isCode(code) ? { code, event: text } : { code: null, event: `${code}: ${text}` }),
  };
}

/** An event that comes late is shown with its own time, unless the device had no clock then: before it was approved, or in the future. */
function toldTime(at: Timestamp, createdAt: Timestamp, nowMs: Millis): Timestamp {
  const atMs = Date.parse(at);
  return timestampOf(atMs >= Date.parse(createdAt) && atMs <= nowMs ? atMs : nowMs);
}
