import { CODES, type Code, type HealthMessage, isCode, KIB, type Millis, timestampOf } from '@ewon-agent/contracts';
import type { AgentStatus } from '../status.ts';

// How this Ewon is, thing by thing, with a verdict and what to do. It judges what others measured.

/** What the running agent knows of itself. */
export type OwnHealth = Pick<
  HealthMessage,
  'queued' | 'queuedBytes' | 'offlineHours' | 'commitsPerDay' | 'bytesPerDay' | 'dropped'
> & {
  readonly rssBytes: number;
  readonly uptimeMs: Millis;
};
export type HealthFacts = {
  readonly status: Pick<AgentStatus, 'registration' | 'uplink'>;
  readonly own: OwnHealth;
  /** How the way to the account stands; undefined where it is not watched. */
  readonly wan: { readonly cause: string } | undefined;
  /** Of the file system of the state directory. */
  readonly disk: { readonly freeBytes: number; readonly allBytes: number };
  /** Of the board. */
  readonly memory: { readonly freeBytes: number; readonly allBytes: number };
  readonly nowMs: Millis;
};
/** `good`, something to look at, or something that keeps this Ewon from its work. */
export type Verdict = 'good' | 'look' | 'bad';
export type HealthRow = {
  readonly what: string;
  readonly verdict: Verdict;
  readonly found: string;
  readonly next?: string;
};

const MIB = 1024 * KIB;
/** A weekend without a network. */
const OFFLINE_HOURS_WANTED = 64;
/** A database that cannot grow stops everything; a patch takes some hundred. */
const DISK = { badBytes: 32 * MIB, lookBytes: 256 * MIB } as const;
/** The agent takes 90 to 130 MB (docs/benchmarks.md). */
const RSS_LOOK_BYTES = 200 * MIB;
const MEMORY_BAD_BYTES = 24 * MIB;
/** A flash of 4 GB with 3,000 cycles lasts fifteen years of that. */
const WEAR_LOOK_BYTES_PER_DAY = 2000 * MIB;
/** This software is younger. */
const BUILT_MS = Date.UTC(2026, 0, 1);

/** Judges each thing, in the order in which a person looks. */
export function healthRows(facts: HealthFacts): readonly HealthRow[] {
  return [uplink(facts), wan(facts), clock(facts), outbox(facts), disk(facts), memory(facts), wear(facts)];
}

/** Words them for a terminal. */
export function healthLines(rows: readonly HealthRow[]): readonly string[] {
  return rows.flatMap(({ what, verdict, found, next }) => [
    `${what.padEnd(14)}${verdict.padEnd(6)}${found}`,
    ...(next === undefined ? [] : [`${''.padEnd(14)}Next  ${next}`]),
  ]);
}

function uplink({ status: { registration, uplink } }: HealthFacts): HealthRow {
  if (registration.state !== 'registered') {
    const next = registration.last?.next ?? 'Put in a card, or type "register" or "wizard".';
    return { what: 'Uplink', verdict: 'look', found: `registration ${registration.state}`, next };
  }
  if (uplink.state === 'online')
    return { what: 'Uplink', verdict: 'good', found: `online since ${uplink.since ?? '?'}` };
  const code = uplink.trouble;
  const found = [uplink.state, code].filter(Boolean).join(', ');
  return { what: 'Uplink', verdict: code ? 'bad' : 'look', found, next: code ? CODES[code].next : 'Wait a moment.' };
}

function wan({ wan }: HealthFacts): HealthRow {
  if (!wan) return { what: 'WAN', verdict: 'good', found: 'not watched' };
  const code: Code | undefined = isCode(wan.cause) ? wan.cause : undefined;
  if (!code || CODES[code].severity === 'info') return { what: 'WAN', verdict: 'good', found: wan.cause };
  return { what: 'WAN', verdict: 'bad', found: `${code}: ${CODES[code].text}`, next: CODES[code].next };
}

function clock({ nowMs, status }: HealthFacts): HealthRow {
  const found = timestampOf(nowMs);
  const isOld = nowMs < BUILT_MS || status.registration.last?.code === 'TLS_CLOCK';
  return isOld
    ? { what: 'Clock', verdict: 'bad', found, next: CODES.TLS_CLOCK.next }
    : { what: 'Clock', verdict: 'good', found };
}

function outbox({ own: { queued, queuedBytes = 0, offlineHours, dropped } }: HealthFacts): HealthRow {
  const lost = Object.values(dropped ?? {}).reduce((sum, count) => sum + count, 0);
  const room = offlineHours === undefined ? '' : `, room for ${Math.floor(offlineHours)} h`;
  const found = `${queued} messages, ${size(queuedBytes)}${room}`;
  if (lost > 0)
    return { what: 'Outbox', verdict: 'bad', found: `${found}; ${lost} given up`, next: CODES.OUTBOX_DROPPED.next };
  if (offlineHours !== undefined && offlineHours < OFFLINE_HOURS_WANTED)
    return { what: 'Outbox', verdict: 'look', found, next: 'Send fewer tags, or less often, or give it more room.' };
  return { what: 'Outbox', verdict: 'good', found };
}

function disk({ disk: { freeBytes, allBytes } }: HealthFacts): HealthRow {
  const found = `${size(freeBytes)} of ${size(allBytes)} free`;
  if (freeBytes >= DISK.lookBytes) return { what: 'Disk', verdict: 'good', found };
  const verdict = freeBytes < DISK.badBytes ? 'bad' : 'look';
  return { what: 'Disk', verdict, found, next: 'Make room where the state directory is.' };
}

function memory({ own: { rssBytes }, memory: { freeBytes, allBytes } }: HealthFacts): HealthRow {
  const found = `agent ${size(rssBytes)}; ${size(freeBytes)} of ${size(allBytes)} free`;
  if (freeBytes < MEMORY_BAD_BYTES)
    return { what: 'Memory', verdict: 'bad', found, next: 'Stop what else runs on this board.' };
  if (rssBytes > RSS_LOOK_BYTES)
    return { what: 'Memory', verdict: 'look', found, next: 'Send support "copy diag ymodem:".' };
  return { what: 'Memory', verdict: 'good', found };
}

function wear({ own: { bytesPerDay, commitsPerDay } }: HealthFacts): HealthRow {
  if (bytesPerDay === undefined) return { what: 'Wear', verdict: 'good', found: 'not known yet' };
  const found = `${size(bytesPerDay)} a day in ${Math.round(commitsPerDay ?? 0)} writes`;
  return bytesPerDay < WEAR_LOOK_BYTES_PER_DAY
    ? { what: 'Wear', verdict: 'good', found }
    : { what: 'Wear', verdict: 'look', found, next: 'Send fewer tags, or less often: flash memory wears out.' };
}

function size(bytes: number): string {
  return bytes < MIB ? `${Math.ceil(bytes / KIB)} KiB` : `${Math.round(bytes / MIB)} MiB`;
}
