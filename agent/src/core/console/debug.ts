// What of the log a person is shown who debugs, and how much of it.

import { type LogLevel, type Millis, printable, SECOND_MS } from '@ewon-agent/contracts';

export const DEBUG_TOPICS = ['all', 'card', 'patch', 'registration', 'uplink', 'wan'] as const;
export type DebugTopic = (typeof DEBUG_TOPICS)[number];
/** A debug that was forgotten must not go on for ever. */
export const DEBUG_MINUTES = { min: 1, max: 60, usual: 10 } as const;
/** What a line of 9600 baud takes, beside what is typed on it. */
export const DEBUG_LINES_A_SECOND = 10;

/** One fact of the log. */
export type LogFact = {
  readonly level: LogLevel;
  readonly area: string;
  readonly msg: string;
  readonly fields: Readonly<Record<string, unknown>>;
};

export function isDebugTopic(text: string): text is DebugTopic {
  return DEBUG_TOPICS.some((topic) => topic === text);
}

/** Events of the agent's own machines are logged in one area, by their names. */
const BY_NAME: Readonly<Partial<Record<DebugTopic, RegExp>>> = {
  card: /^(Card|Device|Slot|Rescan)/,
  registration:
    /^(Request|StillPending|Granted|Refused|Unreachable|CardOffered|Forget|Move|Unlink|Certificate|Renewal|SessionHeld|Linked|Wizard|Joined)/,
  uplink: /^(Connected|Disconnected|WayFound|Linked|Unlinked|LinkKept)/,
};
/** The same for what is told by a code. */
const BY_CODE: Readonly<Partial<Record<DebugTopic, RegExp>>> = {
  card: /^(CARD_|SD_|USB_|SLOT_|BAD_|T2M)/,
  registration: /^(REGIST|GRK_|REJECTED|VOID|IDENTITY_|UNLINK|NOT_LINKED|CERTIFICATE|SIGN_IN_|TWO_FACTOR_|NAME_TAKEN)/,
  uplink: /^(UPLINK_|OUTBOX_|SESSION_)/,
  wan: /^WAN_/,
  patch: /^(PATCH_|TUF_|VERSION_)/,
};

/** Tells whether a fact is about a topic. */
export function isAbout(topic: DebugTopic, { area, msg, fields }: LogFact): boolean {
  if (topic === 'all' || area === topic) return true;
  if (area === 'events') return topic === 'uplink';
  if (area !== 'agent') return false;
  const { code } = fields;
  return BY_NAME[topic]?.test(msg) === true || (typeof code === 'string' && BY_CODE[topic]?.test(code) === true);
}

/** A fact in a line, harmless for a terminal. The log holds no secrets, so neither does this. */
export function debugLine({ level, area, msg, fields }: LogFact): string {
  const told = Object.entries(fields).map(([name, value]) => ` ${name}=${fieldText(value)}`);
  const sign = level === 'debug' || level === 'info' ? '' : `${level} `;
  return printable(`${sign}${area}: ${msg}${told.join('')}`, 200).replace(/…$/, '...');
}

function fieldText(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'object' ? '{..}' : String(value);
}

/** How many lines were shown in the second that began at `atMs`, and how many were left out since the last that was shown. */
export type DebugPace = { readonly atMs: Millis; readonly shown: number; readonly leftOut: number };
export const FRESH_PACE: DebugPace = { atMs: Number.NEGATIVE_INFINITY, shown: 0, leftOut: 0 };

/**
 * Decides whether a line is shown: so many in a second, the rest is counted, and the count is told with the first that comes through again.
 * @param isFull whoever reads does not keep up
 */
export function paced(
  pace: DebugPace,
  line: string,
  { steadyMs, isFull }: { readonly steadyMs: Millis; readonly isFull: boolean },
): readonly [DebugPace, readonly string[]] {
  const isNew = steadyMs - pace.atMs >= SECOND_MS;
  const now = isNew ? { ...pace, atMs: steadyMs, shown: 0 } : pace;
  if (isFull || now.shown >= DEBUG_LINES_A_SECOND) return [{ ...now, leftOut: now.leftOut + 1 }, []];
  const count = now.leftOut > 0 ? [leftOutLine(now.leftOut)] : [];
  return [{ ...now, shown: now.shown + 1, leftOut: 0 }, [...count, line]];
}

export function leftOutLine(count: number): string {
  return `... ${count} more`;
}
