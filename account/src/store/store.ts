import type {
  AccountId,
  CommandId,
  DeviceId,
  GrkId,
  HealthMessage,
  InventoryMessage,
  LocationMessage,
  PatchMessage,
  Serial,
  StatusMessage,
  TagSample,
  Timestamp,
  WanMessage,
} from '@ewon-agent/contracts';
import type { AlarmRecord } from '../core/alarms.ts';
import type { CellCount, CellName, CellRecord } from '../core/cells.ts';
import type { ServiceAnswer } from '../core/locate.ts';
import type { LocationRecord } from '../core/location.ts';
import type { LogKind } from '../core/log-lines.ts';
import type { Pools } from '../core/permissions.ts';
import type {
  AccountKeyRecord,
  CertificateRecord,
  CommandRecord,
  EwonLink,
  EwonRecord,
  GrkRecord,
  LogEntry,
  LogRecord,
  PolicyRecord,
  RegistrationRecord,
  RegistrationState,
  RolloutRecord,
} from '../core/records.ts';
import type { ListArea } from './lists.ts';
import type { HandoverArea, ImportsArea } from './store-imports.ts';
import type { AboutArea, GroupsArea, NumbersArea, SignInArea, TokensArea, UsersArea } from './store-users.ts';

/** The account itself, and what is set for all of it. */
export type AccountRow = {
  readonly accountId: AccountId;
  readonly name: string;
  readonly autoRegistration: boolean;
  readonly autoRegistrationPool: string;
  readonly createdAt: Timestamp;
};

/**
 * Where accounts are kept.
 *
 * Obligations:
 * - What `transact` resolved with is on the disk: it survives kill -9 and a power cut.
 * - `transact` runs its work alone: what it has read does not change until it ends. When the work rejects, nothing
 *   of it is kept, and `transact` rejects with the same error. It may not be called from within itself. What fails only
 *   because another process was at the same rows, or because the connection to the database was lost, it runs again by
 *   itself for some seconds: the work may run several times, and who called takes a rejection for a refusal.
 * - No account sees or changes a row of another.
 */
export type Store = {
  accounts(): Promise<readonly AccountRow[]>;
  createAccount(account: AccountRow): Promise<void>;
  /** The account that was made first; makes this one when there is none. Of several that start together one makes it. */
  firstAccount(made: AccountRow): Promise<AccountRow>;
  account(accountId: AccountId): AccountStore;
  close(): Promise<void>;
};

export type AccountStore = {
  readonly accountId: AccountId;
  transact<T>(work: (tx: StoreTx) => Promise<T>): Promise<T>;
};

/** Everything that may be asked and changed within one transaction. Lists are in the order they were made, unless told. */
export type StoreTx = AccountArea &
  RegistrationArea &
  EwonArea &
  TelemetryArea &
  AlarmArea &
  LocationArea &
  CellArea &
  GrkArea &
  OrdersArea &
  RolloutArea &
  LogArea &
  DoorArea &
  UsersArea &
  GroupsArea &
  SignInArea &
  TokensArea &
  NumbersArea &
  AboutArea &
  ListArea &
  ImportsArea &
  HandoverArea;

export type AccountArea = {
  account(): Promise<AccountRow>;
  updateAccount(patch: Partial<Omit<AccountRow, 'accountId' | 'createdAt'>>): Promise<void>;
  /** Hash by which devices know the account's repository of patches. */
  patchRoot(): Promise<string | undefined>;
  setPatchRoot(patchRoot: string): Promise<void>;
  pools(): Promise<readonly string[]>;
  /** @returns false when there is one of this name already */
  addPool(name: string): Promise<boolean>;
  removePool(name: string): Promise<boolean>;
};

export type RegistrationFilter = {
  readonly state?: RegistrationState;
  readonly grkId?: GrkId;
  readonly network?: string;
  readonly createdBefore?: Timestamp;
};

/** Obligation: at most one pending record per device key, and one record per request id; a second `insert` rejects. */
export type RegistrationArea = {
  registration(registrationId: string): Promise<RegistrationRecord | undefined>;
  registrationByToken(token: string): Promise<RegistrationRecord | undefined>;
  registrationByRequestId(requestId: string): Promise<RegistrationRecord | undefined>;
  pendingOfKey(publicKey: string): Promise<RegistrationRecord | undefined>;
  registrations(filter: RegistrationFilter): Promise<readonly RegistrationRecord[]>;
  countRegistrations(filter: RegistrationFilter): Promise<number>;
  insertRegistration(record: RegistrationRecord): Promise<void>;
  /** A record's key, serial and CSR never change. */
  updateRegistration(
    registrationId: string,
    patch: Partial<Pick<RegistrationRecord, 'state' | 'decidedAt' | 'deviceId'>>,
  ): Promise<void>;
  /** Deletes records that are neither pending nor the origin of an Ewon and were decided before; of one key only, when given. */
  pruneRegistrations(decidedBefore: Timestamp, publicKey?: string): Promise<void>;
};

export type EwonFilter = {
  readonly link?: readonly EwonLink[];
  readonly serial?: Serial;
  readonly publicKey?: string;
  readonly brokerTold?: boolean;
};

/** The last message of a retained channel. */
export type ChannelPlace = { readonly epoch: string; readonly seq: number };
export type RetainedMessage = {
  status: StatusMessage;
  inventory: InventoryMessage;
  health: HealthMessage;
  wan: WanMessage;
  location: LocationMessage;
  patch: PatchMessage;
};
export type RetainedChannel = keyof RetainedMessage;

/** Obligation: among linked and unlinked Ewons a name is there once; a second `insert` of it rejects. */
export type EwonArea = {
  ewon(deviceId: DeviceId): Promise<EwonRecord | undefined>;
  ewonByName(name: string): Promise<EwonRecord | undefined>;
  ewons(filter: EwonFilter): Promise<readonly EwonRecord[]>;
  /**
   * Linked Ewons of a device key, whatever pool they are in: a device has one identity, whoever decides about it. For who ends the others
   * alone; it is no answer to a person.
   */
  linkedOfKey(publicKey: string): Promise<readonly EwonRecord[]>;
  /** Those of these ids that there are, in no order; by few questions, however many they are. */
  ewonsNamed(deviceIds: readonly DeviceId[]): Promise<readonly EwonRecord[]>;
  insertEwon(record: EwonRecord): Promise<void>;
  updateEwon(deviceId: DeviceId, patch: Partial<Omit<EwonRecord, 'deviceId' | 'publicKey'>>): Promise<void>;
  /** Sets `lastSeenAt` of all of them. */
  sawEwons(deviceIds: readonly DeviceId[], lastSeenAt: Timestamp): Promise<void>;
  /** Epochs a device has used, oldest first; an unknown one is put at the end. */
  epochsOf(deviceId: DeviceId): Promise<readonly string[]>;
  addEpoch(deviceId: DeviceId, epoch: string): Promise<void>;
  retained<C extends RetainedChannel>(deviceId: DeviceId, channel: C): Promise<RetainedMessage[C] | undefined>;
  /** The last messages of all devices on a channel, in no order. */
  allRetained<C extends RetainedChannel>(
    channel: C,
  ): Promise<readonly { readonly deviceId: DeviceId; readonly message: RetainedMessage[C] }[]>;
  retain<C extends RetainedChannel>(deviceId: DeviceId, channel: C, message: RetainedMessage[C]): Promise<void>;
  certificates(deviceId: DeviceId): Promise<readonly CertificateRecord[]>;
  certificate(serial: string): Promise<CertificateRecord | undefined>;
  insertCertificate(record: CertificateRecord): Promise<void>;
  /** @param olderThan only those that began before this time */
  revokeCertificates(deviceId: DeviceId, revokedAt: Timestamp, olderThan?: Timestamp): Promise<void>;
};

/** One telemetry message. `at` by the clock of the device, `receivedAt` by ours. */
export type TelemetryRecord = ChannelPlace & {
  readonly deviceId: DeviceId;
  readonly at: Timestamp;
  readonly receivedAt: Timestamp;
  readonly samples: readonly TagSample[];
};

export type TelemetryArea = {
  /** Adds messages. What is there already under the same device, epoch and seq stays as it is. */
  addTelemetry(records: readonly TelemetryRecord[]): Promise<void>;
  /** The newest `limit` messages of a device, in the order they came. */
  telemetry(filter: { readonly deviceId: DeviceId; readonly limit: number }): Promise<readonly TelemetryRecord[]>;
  /** Forgets the oldest, so that at most this much is left. What came at the same millisecond is forgotten together. */
  pruneTelemetry(keep: { readonly messages: number; readonly sizeBytes: number }): Promise<void>;
};

export type AlarmArea = {
  /** All that is remembered of these Ewons, open or not, in no order. */
  alarmsOf(deviceIds: readonly DeviceId[]): Promise<readonly AlarmRecord[]>;
  /** The open ones, the oldest first. */
  openAlarms(): Promise<readonly AlarmRecord[]>;
  /** Keeps each in the place of the one of its Ewon and code. */
  keepAlarms(records: readonly AlarmRecord[]): Promise<void>;
};

export type LocationArea = {
  /** All there are, in no order. */
  locations(): Promise<readonly LocationRecord[]>;
  locationOf(deviceId: DeviceId): Promise<LocationRecord | undefined>;
  /** Those for which a place is to be looked for by now, the longest due first. */
  dueLocations(now: Timestamp, limit: number): Promise<readonly LocationRecord[]>;
  /** Keeps it in the place of the one of its Ewon. */
  keepLocation(record: LocationRecord): Promise<void>;
  /** Whether an Ewon is meant to go about, and whether it is from now on. Stays when its place is forgotten. */
  isMobile(deviceId: DeviceId): Promise<boolean>;
  setMobile(deviceId: DeviceId, moves: 'moves' | 'stays'): Promise<void>;
  /** Forgets where an Ewon is, and what a service answered about it. */
  forgetLocation(deviceId: DeviceId): Promise<void>;
  /** What a service answered about this evidence of an Ewon, since then. */
  answerOf(deviceId: DeviceId, askedKey: string, since: Timestamp): Promise<ServiceAnswer | undefined>;
  /** Keeps an answer, and of this Ewon only the newest few. */
  keepAnswer(deviceId: DeviceId, askedKey: string, answer: ServiceAnswer, at: Timestamp): Promise<void>;
};

export type CellArea = {
  /** Those of these that the table has, in no order. */
  cellsNamed(names: readonly CellName[]): Promise<readonly CellRecord[]>;
  /** Cells of the area of this one, so many at most. */
  cellsOfArea(name: Omit<CellName, 'cell'>, limit: number): Promise<readonly CellRecord[]>;
  /** Keeps each in the place of the one of its name. No name may be there twice. */
  keepCells(records: readonly CellRecord[]): Promise<void>;
  /** How many there are of each network. */
  countCells(): Promise<readonly CellCount[]>;
};

export type GrkArea = {
  grks(): Promise<readonly GrkRecord[]>;
  grk(grkId: GrkId): Promise<GrkRecord | undefined>;
  /** The key of a request, whatever pool it is in now: its uses count, whoever approves. It is no answer to a person. */
  grkOfRequest(grkId: GrkId): Promise<GrkRecord | undefined>;
  insertGrk(record: GrkRecord): Promise<void>;
  updateGrk(
    grkId: GrkId,
    patch: Partial<Omit<GrkRecord, 'grkId' | 'sealedKey' | 'origin' | 'createdAt'>>,
  ): Promise<void>;
};

/** Obligation: one key of a number, one command of an id; a second `insert` rejects. */
export type OrdersArea = {
  /** By their number. */
  accountKeys(): Promise<readonly AccountKeyRecord[]>;
  insertAccountKey(record: AccountKeyRecord): Promise<void>;
  updateAccountKey(number: number, patch: Pick<AccountKeyRecord, 'state'>): Promise<void>;
  policy(): Promise<PolicyRecord | undefined>;
  setPolicy(record: PolicyRecord): Promise<void>;
  command(commandId: CommandId): Promise<CommandRecord | undefined>;
  /** The newest `limit` of those, oldest first. `isOpen`: only those that are not at their end. */
  commands(filter: {
    readonly deviceId?: DeviceId;
    readonly isOpen?: true;
    readonly limit?: number;
    /** Commands of Ewons of these pools only; all unless told. */
    readonly pools?: Pools;
  }): Promise<readonly CommandRecord[]>;
  /** The commands of one Ewon, whatever pool it is in: for who ends its link. It is no answer to a person. */
  commandsOf(deviceId: DeviceId): Promise<readonly CommandRecord[]>;
  insertCommand(record: CommandRecord): Promise<void>;
  updateCommand(commandId: CommandId, patch: Partial<Omit<CommandRecord, 'commandId' | 'deviceId'>>): Promise<void>;
  /** Forgets commands at their end, but about so many of the newest. */
  pruneCommands(keep: number): Promise<void>;
};

/** Obligation: of one patch there is one; `keepRollout` keeps it in the place of the one before. */
export type RolloutArea = {
  rollouts(): Promise<readonly RolloutRecord[]>;
  rollout(path: string): Promise<RolloutRecord | undefined>;
  keepRollout(record: RolloutRecord): Promise<void>;
};

export type LogFilter = {
  readonly kind?: LogKind;
  readonly afterId?: number;
  readonly limit: number;
  /** Lines about Ewons of these pools only; all lines unless told. */
  readonly pools?: Pools;
};

/** A line to be added, with its origin when it is a device's event. */
export type NewLogLine = {
  readonly entry: LogEntry;
  readonly origin?: ChannelPlace;
  /** A person decided it about an Ewon. */
  readonly isDecision?: boolean;
};

/** Lines that are kept and forgotten apart: what devices caused, and what an auditor needs, which is lines about users and decisions. */
export type LogPart = 'devices' | 'audit';

export type LogArea = {
  /**
   * Adds a line.
   * @param origin of a device's event: the same place a second time adds nothing and answers undefined
   */
  appendLog(entry: LogEntry, origin?: ChannelPlace): Promise<LogRecord | undefined>;
  /**
   * Adds many lines in their order, by few statements.
   * @returns those that were added; numbers may be left out where one was there already
   */
  appendLogs(lines: readonly NewLogLine[]): Promise<readonly LogRecord[]>;
  /** The newest `limit` lines, oldest first. */
  log(filter: LogFilter): Promise<readonly LogRecord[]>;
  /** Forgets all but the newest lines of a part, the oldest first and so many at most. @returns how many */
  pruneLog(part: LogPart, keep: number, limit: number): Promise<number>;
};

export type DoorArea = {
  nonceGeneration(): Promise<number>;
  /** @returns false when the nonce was used before */
  useNonce(nonce: string, generation: number): Promise<boolean>;
  /** Begins a new generation and forgets used nonces of all but this and the last. */
  nextNonceGeneration(): Promise<number>;
  /** Keeps the hash of a one-time sign-in token. */
  addOneTimeLink(tokenHash: string, expiresAt: Timestamp): Promise<void>;
  /** @returns false when there is none, it is over, or it was taken before */
  takeOneTimeLink(tokenHash: string, now: Timestamp): Promise<boolean>;
  addSession(sessionHash: string, expiresAt: Timestamp): Promise<void>;
  hasSession(sessionHash: string, now: Timestamp): Promise<boolean>;
  endSession(sessionHash: string): Promise<void>;
  /** Ends all of these sessions but this one, and links that were not opened yet. */
  endSessions(butHash?: string): Promise<void>;
  /** Forgets sessions and links that are over. */
  pruneSessions(now: Timestamp): Promise<void>;
};
