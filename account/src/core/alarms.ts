import type { DeviceId, Severity, Timestamp } from '@ewon-agent/contracts';
import { isLate, type Place } from './message-order.ts';

// An alarm is what is wrong with an Ewon now: it opens with an event of severity "error", one for each code, and closes
// with the event that says the opposite, or when a person acknowledges it. Servers may take events of one device out of
// their order, so what was decided last is remembered with its place, also of what is closed and of what closed it.

/** What was last said of one code by one Ewon. */
export type AlarmRecord = Place & {
  readonly deviceId: DeviceId;
  readonly code: string;
  readonly open: boolean;
  readonly severity: Severity;
  readonly text: string;
  /** When it opened; with a later event it stays open since then. */
  readonly openedAt: Timestamp;
  readonly lastAt: Timestamp;
  /** Events since it opened. */
  readonly count: number;
};

/** An event of a device, with the time that the log shows for it. */
export type AlarmEvent = Place & {
  readonly deviceId: DeviceId;
  readonly code: string;
  readonly severity: Severity;
  readonly text: string;
  readonly at: Timestamp;
};

/** What each event ends: codes that begin so. A card that was taken out is wrong no more. */
const ENDS: Readonly<Record<string, readonly string[]>> = {
  UPLINK_ONLINE: ['UPLINK_', 'TLS_', 'ACCOUNT_'],
  CARD_USABLE: ['CARD_'],
  SD_REMOVED: ['CARD_'],
  USB_REMOVED: ['CARD_'],
  CARD_FILES_LOADED: ['FIRMWARE_FILE_'],
  REGISTERED: ['GRK_', 'REJECTED', 'VOID', 'PENDING_', 'AUTOREGISTRATION_', 'NOT_LINKED', 'GRANT_'],
  AGENT_STARTED: ['AGENT_', 'STATE_', 'CONFIG_'],
};

/** A device that makes up codes must not fill our tables. */
export const ALARMS_MAX = 100;

/** Tells whether an event is any alarm's business. */
export function isAboutAlarms({ code, severity }: Pick<AlarmEvent, 'code' | 'severity'>): boolean {
  return severity === 'error' || Object.hasOwn(ENDS, code);
}

/**
 * What changes by an event; nothing by one that is late, that was taken before, or that is no alarm's business.
 * @param known all that is remembered of this device
 * @param epochs of the device, oldest first
 */
export function alarmsAfter(
  known: readonly AlarmRecord[],
  event: AlarmEvent,
  epochs: readonly string[],
): readonly AlarmRecord[] {
  if (!isAboutAlarms(event)) return [];
  const isBefore = (place: Place): boolean => isLate(place, event, epochs);
  const own = known.find(({ code }) => code === event.code);
  if (own ? !isBefore(own) : known.length >= ALARMS_MAX) return [];
  const { at, ...said } = event;
  if (event.severity !== 'error') {
    const ended = known.filter((alarm) => alarm.open && ends(event.code, alarm.code) && isBefore(alarm));
    const mark: AlarmRecord = { ...said, open: false, openedAt: at, lastAt: at, count: 0 };
    return [mark, ...ended.map((alarm) => ({ ...alarm, open: false }))];
  }
  const isOver = known.some((mark) => ends(mark.code, event.code) && !isBefore(mark));
  const [openedAt, count] = own?.open ? [own.openedAt, own.count + 1] : [at, 1];
  return [{ ...said, open: !isOver, openedAt, lastAt: at, count }];
}

function ends(code: string, alarm: string): boolean {
  return Object.hasOwn(ENDS, code) && (ENDS[code] ?? []).some((beginning) => alarm.startsWith(beginning));
}
