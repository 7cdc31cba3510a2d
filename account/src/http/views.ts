import {
  type AccountId,
  CODES,
  type CommandId,
  type DeviceId,
  type Fingerprint,
  fingerprintOf,
  fromBase64url,
  type GrkId,
  type HealthMessage,
  type InventoryMessage,
  isCode,
  type LocationOffBy,
  type PatchMessage,
  type PolicySettings,
  type Serial,
  type Severity,
  type Timestamp,
  type WanMessage,
} from '@ewon-agent/contracts';
import type { AlarmRecord } from '../core/alarms.ts';
import type { Location, LocationRecord, PassedOver } from '../core/location.ts';
import { kindOf, type LogKind } from '../core/log-lines.ts';
import type {
  AccountKeyRecord,
  CommandRecord,
  EwonProperties,
  EwonRecord,
  GrkRecord,
  LogRecord,
  LogSubject,
  PolicyRecord,
  RegistrationRecord,
  RegistrationState,
} from '../core/records.ts';
import type { AutoRegistration } from '../service/grks.ts';
import type { TelemetryRecord } from '../store/store.ts';

// What the admin API answers: records without what is not for showing (sealed keys, tokens, CSRs).

/** `GET /api/v1/account`. `csrf` only for a session by cookie. */
export type AccountView = {
  readonly id: AccountId;
  readonly name: string;
  readonly deviceUrl: string;
  readonly mqttUrls: readonly string[];
  readonly accountKeyFingerprint: Fingerprint;
  /** Of the server. */
  readonly version: string;
  readonly ca: string;
  readonly time: Timestamp;
  /** How the custom fields of Ewons are called; empty where they have no name. */
  readonly ewonFields: readonly [string, string, string];
  readonly csrf?: string;
};

export type RegistrationView = {
  readonly id: string;
  readonly state: RegistrationState;
  readonly serial: Serial;
  readonly model: string;
  readonly firmware: string;
  readonly agent: string;
  readonly macs: readonly string[];
  readonly note: string;
  readonly fingerprint: Fingerprint;
  readonly network: string;
  readonly address: string;
  readonly slot: string;
  readonly t2mSha256: string;
  readonly grkId: GrkId;
  readonly pool: string;
  /** The Ewon whose replacement is proposed. */
  readonly replaces: DeviceId | null;
  readonly createdAt: Timestamp;
  readonly decidedAt: Timestamp | null;
  readonly deviceId: DeviceId | null;
};

export type EwonView = EwonProperties & {
  readonly deviceId: DeviceId;
  readonly serial: Serial;
  readonly model: string;
  readonly firmware: string;
  readonly agent: string;
  readonly note: string;
  readonly fingerprint: Fingerprint;
  readonly link: EwonRecord['link'];
  readonly status: 'online' | 'offline';
  readonly lastSeen: Timestamp | null;
  readonly certificateSerial: string;
  /** Since when nobody with this identity is let in; since when a renewal waits for a person. */
  readonly quarantinedAt: Timestamp | null;
  readonly renewalAskedAt: Timestamp | null;
  readonly createdAt: Timestamp;
  readonly inventory?: InventoryMessage;
  readonly health?: HealthMessage;
  /** How its way to the account stood when it told last. */
  readonly wan?: WanMessage;
  /** How it stands with patches. */
  readonly patch?: PatchMessage;
  /** `reason` of `patch` in words. */
  readonly patchWhy?: string;
  /** Where it is, as far as the account knows and may know. */
  readonly location?: Location;
  /** Who does not allow that it is located. */
  readonly locationOff?: LocationOffBy;
  /** Open alarms. */
  readonly alarms: number;
};

/** `GET /api/v1/ewons/:id/location`: the place, and how it was come by. */
export type LocationView = {
  readonly deviceId: DeviceId;
  readonly name: string;
  readonly location: Location | null;
  readonly offBy: LocationOffBy | null;
  /** Better sources than that of the place, and why they did not count. */
  readonly passed: readonly PassedOver[];
  readonly home: Location | null;
  /** It is meant to go about: no place is wrong. */
  readonly moves: boolean;
  /** As the account saw it last; only one that is routed. */
  readonly address: string | null;
  /** When it is looked for again. */
  readonly dueAt: Timestamp | null;
};

/** `GET /api/v1/alarms`. */
export type AlarmView = {
  readonly deviceId: DeviceId;
  /** Of the Ewon. */
  readonly name: string;
  readonly code: string;
  readonly text: string;
  readonly openedAt: Timestamp;
  readonly lastAt: Timestamp;
  readonly count: number;
};

/** `GET /api/v1/ewons/:id/telemetry`: one message. `at` by the clock of the device, `receivedAt` by the account's. */
export type TelemetryView = Omit<TelemetryRecord, 'deviceId'>;

export type GrkView = {
  readonly id: GrkId;
  readonly state: GrkRecord['state'];
  readonly origin: GrkRecord['origin'];
  readonly pool: string;
  readonly note: string;
  readonly pending: number;
  readonly createdAt: Timestamp;
  readonly expiresAt: Timestamp | null;
  readonly revokedAt: Timestamp | null;
  /** Ewons that may be approved with it; null is no limit. `uses` were; `exports` cards were made. */
  readonly usesMax: number | null;
  readonly uses: number;
  readonly exports: number;
};

export type LogLineView = {
  readonly id: number;
  readonly at: Timestamp;
  readonly name: string;
  readonly subject: LogSubject;
  readonly kind: LogKind;
  readonly severity: Severity;
  readonly code: string | null;
  readonly event: string;
  readonly deviceId: DeviceId | null;
};

/** `GET` and `PATCH /api/v1/policy`. */
export type PolicyView = PolicySettings & { readonly version: number; readonly issuedAt: Timestamp };

/** A key of the account, without its secret. */
export type AccountKeyView = {
  readonly number: number;
  readonly fingerprint: Fingerprint;
  /** As `account.key` of an agent's configuration has it. */
  readonly publicKey: string;
  readonly state: AccountKeyRecord['state'];
  readonly createdAt: Timestamp;
};

export type CommandView = Omit<CommandRecord, 'commandId'> & { readonly id: CommandId };

/** `GET` and `PATCH /api/v1/auto-registration`. */
export type AutoRegistrationView = AutoRegistration;

export function registrationView(record: RegistrationRecord): RegistrationView {
  const { registrationId, token: _, requestId: __, publicKey: ___, csr: ____, evidence, ...shown } = record;
  return { id: registrationId, slot: evidence.slot, t2mSha256: evidence.t2mSha256, ...shown };
}

/** @param messages the last ones of the device, where they were read, and how many alarms are open */
export function ewonView(
  record: EwonRecord,
  messages: {
    readonly inventory?: InventoryMessage | undefined;
    readonly health?: HealthMessage | undefined;
    readonly wan?: WanMessage | undefined;
    readonly patch?: PatchMessage | undefined;
    readonly location?: LocationRecord | undefined;
    readonly alarms?: number;
  } = {},
): EwonView {
  const { registrationId: _, publicKey: __, brokerTold: ___, boots: ____, renewalAllowedAt: _____, ...told } = record;
  const { online, lastSeenAt, ...shown } = told;
  const { location, offBy } = messages.location ?? {};
  const { reason } = messages.patch ?? {};
  return {
    ...shown,
    status: online ? 'online' : 'offline',
    lastSeen: lastSeenAt,
    ...(messages.inventory && { inventory: messages.inventory }),
    ...(messages.health && { health: messages.health }),
    ...(messages.wan && { wan: messages.wan }),
    ...(messages.patch && { patch: messages.patch }),
    ...(reason !== undefined && isCode(reason) && { patchWhy: CODES[reason].text }),
    ...(location && { location }),
    ...(offBy && { locationOff: offBy }),
    alarms: messages.alarms ?? 0,
  };
}

/** Where an Ewon is, with its name. */
export function locationView(
  record: LocationRecord,
  { name, moves }: Pick<LocationView, 'name' | 'moves'>,
): LocationView {
  const { deviceId, location, offBy, passed, home, address, dueAt } = record;
  return { deviceId, name, location, offBy, passed, home, moves, address, dueAt };
}

/** An alarm, with the name of its Ewon. */
export function alarmView(alarm: AlarmRecord, { name }: Pick<EwonRecord, 'name'>): AlarmView {
  const { deviceId, code, text, openedAt, lastAt, count } = alarm;
  return { deviceId, name, code, text, openedAt, lastAt, count };
}

export function grkView(record: GrkRecord, pending: number): GrkView {
  const { grkId, sealedKey: _, ...shown } = record;
  return { id: grkId, pending, ...shown };
}

export function logLineView(record: LogRecord): LogLineView {
  return { ...record, kind: kindOf(record) };
}

export function policyView({ version, settings, issuedAt }: PolicyRecord): PolicyView {
  return { version, issuedAt, ...settings };
}

export function accountKeyView({ number, publicKey, state, createdAt }: AccountKeyRecord): AccountKeyView {
  return {
    number,
    fingerprint: fingerprintOf(fromBase64url(publicKey) ?? new Uint8Array()),
    publicKey,
    state,
    createdAt,
  };
}

export function commandView({ commandId: id, ...shown }: CommandRecord): CommandView {
  return { id, ...shown };
}
