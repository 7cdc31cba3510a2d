import type { Severity } from '../codes.ts';
import type { Serial, SlotId } from '../ids.ts';
import type { OutboxKind } from '../ports/outbox.ts';
import type { UpChannel } from '../topics.ts';
import type { Timestamp } from '../units.ts';
import { jsonReader, type Reader } from '../validate.ts';
import { atLeast, count, listOf, serial, slotId, text, timestamp } from './common.ts';
import { type LocationBody, locationMembers } from './location.ts';
import { PATCH_OPTIONAL, type PatchBody, patchMembers } from './patch.ts';
import { WAN_OPTIONAL, type WanBody, wanMembers } from './wan.ts';

// What a device sends over MQTT (docs/decisions/0002-wire-v1.md §5). Every message names its place in the
// device's own order: `epoch` is new when the counter was lost, `seq` counts up within it.

/** Head of every message. `historical` marks one that is sent later than it was made. */
export type Envelope = {
  readonly v: 1;
  readonly at: Timestamp;
  readonly epoch: string;
  readonly seq: number;
  readonly historical?: true;
};

export type StatusMessage = Envelope & {
  readonly state: 'online' | 'offline';
  readonly agent: string;
  readonly bootId: string;
  readonly bootCount: number;
  /** Serial number of the certificate that this session was opened with, lower-case hex. */
  readonly certificate?: string;
};
export type InventoryMessage = Envelope & {
  readonly serial: Serial;
  readonly model: string;
  readonly firmware: string;
  readonly agent: string;
  readonly slots: readonly SlotId[];
};
export type HealthMessage = Envelope & {
  readonly rssBytes: number;
  readonly cpuMs: number;
  readonly eventLoopLagMs: number;
  readonly uptimeMs: number;
  /** Messages that wait in the outbox, and what they take of its room. */
  readonly queued: number;
  readonly queuedBytes?: number;
  /** How long what comes at the present rate has room; absent while the rate is not known. */
  readonly offlineHours?: number;
  /** Wear of the disk by the outbox. */
  readonly commitsPerDay?: number;
  readonly bytesPerDay?: number;
  /** Messages given up for want of room, since the start of the agent. */
  readonly dropped?: Readonly<Record<OutboxKind, number>>;
  /** Absent until a policy came, and from agents before 0.2. */
  readonly policy?: AppliedPolicy;
};
/** `account` is the policy's own word, `board` and `device` say who has switched it off there. */
export type AppliedSwitch = 'on' | 'account' | 'device' | 'board';
/** The policy that counts on a device, and what came of its switches there. */
export type AppliedPolicy = {
  readonly version: number;
  readonly geolocation: AppliedSwitch;
  readonly remoteManagement: AppliedSwitch;
};
export type EventMessage = Envelope & { readonly code: string; readonly severity: Severity; readonly text: string };

/** A value of a tag of the Ewon. `at` where it was taken at another time than the message was made. */
export type TagSample = {
  readonly tag: string;
  readonly value: number | boolean | string;
  readonly at?: Timestamp;
  readonly quality?: 'good' | 'bad' | 'uncertain';
};
export type TelemetryMessage = Envelope & { readonly samples: readonly TagSample[] };
export type WanMessage = Envelope & WanBody;
export type LocationMessage = Envelope & LocationBody;
export type PatchMessage = Envelope & PatchBody;

export type UpMessage = {
  status: StatusMessage;
  inventory: InventoryMessage;
  health: HealthMessage;
  event: EventMessage;
  telemetry: TelemetryMessage;
  wan: WanMessage;
  location: LocationMessage;
  patch: PatchMessage;
};

const envelope = { v: { const: 1 }, at: timestamp, epoch: text(40, 1), seq: count, historical: { const: true } };
/** The schema of a message: its members beside the head. */
export const message = (members: Record<string, object>, optional: readonly string[] = []) =>
  atLeast({ ...envelope, ...members }, ['historical', ...optional]);

const status = message(
  {
    state: { enum: ['online', 'offline'] },
    agent: text(64),
    bootId: text(64),
    bootCount: count,
    certificate: { type: 'string', pattern: '^[0-9a-f]{2,40}$' },
  },
  ['certificate'],
);
const inventory = message({ serial, model: text(64), firmware: text(64), agent: text(64), slots: listOf(slotId, 16) });
const appliedSwitch = { enum: ['on', 'account', 'device', 'board'] };
const health = message(
  {
    rssBytes: count,
    cpuMs: count,
    eventLoopLagMs: { type: 'number', minimum: 0 },
    uptimeMs: count,
    queued: count,
    queuedBytes: count,
    offlineHours: { type: 'number', minimum: 0 },
    commitsPerDay: { type: 'number', minimum: 0 },
    bytesPerDay: { type: 'number', minimum: 0 },
    dropped: atLeast({ alarm: count, event: count, telemetry: count }),
    policy: atLeast({ version: count, geolocation: appliedSwitch, remoteManagement: appliedSwitch }),
  },
  ['queuedBytes', 'offlineHours', 'commitsPerDay', 'bytesPerDay', 'dropped', 'policy'],
);
const event = message({ code: text(64, 1), severity: { enum: ['info', 'warn', 'error'] }, text: text(500) });

const sample = atLeast(
  {
    tag: text(64, 1),
    value: { type: ['number', 'boolean', 'string'], maxLength: 1024 },
    at: timestamp,
    quality: { enum: ['good', 'bad', 'uncertain'] },
  },
  ['at', 'quality'],
);
const telemetry = message({ samples: listOf(sample, 500, 1) });

/** The schema of each channel, for whoever hands messages on. */
export const MESSAGE_SCHEMAS: { readonly [C in UpChannel]: object } = {
  ...{ status, inventory, health, event, telemetry },
  wan: message(wanMembers, WAN_OPTIONAL),
  location: { oneOf: locationMembers.map((members) => message(members)) },
  patch: message(patchMembers, PATCH_OPTIONAL),
};
/** One reader per channel. Codes: BAD_REQUEST. */
export const readMessage: { readonly [C in UpChannel]: Reader<UpMessage[C]> } = {
  status: jsonReader(MESSAGE_SCHEMAS.status),
  inventory: jsonReader(MESSAGE_SCHEMAS.inventory),
  health: jsonReader(MESSAGE_SCHEMAS.health),
  event: jsonReader(MESSAGE_SCHEMAS.event),
  telemetry: jsonReader(MESSAGE_SCHEMAS.telemetry),
  wan: jsonReader(MESSAGE_SCHEMAS.wan),
  location: jsonReader(MESSAGE_SCHEMAS.location),
  patch: jsonReader(MESSAGE_SCHEMAS.patch),
};
