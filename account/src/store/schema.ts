import type {
  AccountId,
  Code,
  CommandId,
  CommandState,
  DeviceId,
  Fingerprint,
  GrkId,
  LocationOffBy,
  RadioType,
  Serial,
  Severity,
  Timestamp,
} from '@ewon-agent/contracts';
import type { MovingEwon } from '../core/imports/handover.ts';
import type { ImportedState, ImportState } from '../core/imports/imports.ts';
import type { Location } from '../core/location.ts';
import type { AccountKeyRecord, CommandRecord, EwonLink, LogSubject, RegistrationState } from '../core/records.ts';
import type { ApiTokenRecord, ContactRecord, RememberedPc, UserRecord, UserSession } from '../core/users.ts';

// The tables as the database gives them. Lists and documents are JSON text, yes and no are 1 and 0, times are text:
// what SQLite and PostgreSQL both answer in the same form. Columns are snake_case in the database (CamelCasePlugin).

type InAccount = { readonly accountId: AccountId };

export type Tables = {
  account: InAccount & {
    name: string;
    autoRegistration: number;
    autoRegistrationPool: string;
    createdAt: Timestamp;
  };
  setting: InAccount & { name: string; value: string };
  pool: InAccount & { name: string; position: number };
  grk: InAccount & {
    grkId: GrkId;
    sealedKey: string;
    state: 'active' | 'revoked';
    origin: 'made' | 'imported';
    pool: string;
    note: string;
    createdAt: Timestamp;
    expiresAt: Timestamp | null;
    revokedAt: Timestamp | null;
    usesMax: number | null;
    uses: number;
    exports: number;
  };
  registration: InAccount & {
    registrationId: string;
    token: string;
    requestId: string;
    publicKey: string;
    fingerprint: Fingerprint;
    serial: Serial;
    model: string;
    firmware: string;
    agent: string;
    macs: string;
    note: string;
    csr: string;
    evidence: string;
    address: string;
    network: string;
    grkId: GrkId;
    state: RegistrationState;
    replaces: DeviceId | null;
    pool: string;
    createdAt: Timestamp;
    decidedAt: Timestamp | null;
    deviceId: DeviceId | null;
  };
  ewon: InAccount & {
    deviceId: DeviceId;
    registrationId: string;
    name: string;
    pool: string;
    description: string;
    custom1: string;
    custom2: string;
    custom3: string;
    publicKey: string;
    fingerprint: Fingerprint;
    serial: Serial;
    model: string;
    firmware: string;
    agent: string;
    note: string;
    link: EwonLink;
    brokerTold: number;
    online: number;
    lastSeenAt: Timestamp | null;
    certificateSerial: string;
    createdAt: Timestamp;
    quarantinedAt: Timestamp | null;
    renewalAskedAt: Timestamp | null;
    renewalAllowedAt: Timestamp | null;
    boots: string | null;
    /** What lists are searched and sorted by; see core/ewon-words.ts. */
    searchText: string;
    nameOrder: string;
    firmwareOrder: string;
    agentOrder: string;
    custom1Words: string;
    custom2Words: string;
    custom3Words: string;
    /** `state` of the last message about patches; empty where there was none. */
    patchState: string;
  };
  replacement: InAccount & {
    deviceId: DeviceId;
    replacedId: DeviceId;
    wasLink: EwonLink;
    at: Timestamp;
    undoneAt: Timestamp | null;
  };
  deviceEpoch: InAccount & { deviceId: DeviceId; epoch: string; position: number };
  retained: InAccount & { deviceId: DeviceId; channel: string; body: string };
  telemetry: InAccount & {
    deviceId: DeviceId;
    epoch: string;
    /** PostgreSQL answers a bigint as text. */
    seq: number;
    at: Timestamp;
    receivedAt: Timestamp;
    sizeBytes: number;
    samples: string;
  };
  alarm: InAccount & {
    deviceId: DeviceId;
    code: string;
    open: number;
    severity: Severity;
    text: string;
    openedAt: Timestamp;
    lastAt: Timestamp;
    count: number;
    epoch: string;
    seq: number;
  };
  certificate: InAccount & {
    serial: string;
    deviceId: DeviceId;
    pem: string;
    notBefore: Timestamp;
    notAfter: Timestamp;
    revokedAt: Timestamp | null;
  };
  log: InAccount & {
    id: number;
    at: Timestamp;
    name: string;
    subject: LogSubject;
    severity: Severity;
    code: Code | null;
    event: string;
    deviceId: DeviceId | null;
    /** `epoch/seq` of a device's event. */
    origin: string | null;
    /** 1: of people and what they decided; 0: what a device caused. See {@link LogPart}. */
    audit: number;
  };
  signingKey: InAccount & {
    number: number;
    publicKey: string;
    sealedSeed: string;
    announcement: string | null;
    state: AccountKeyRecord['state'];
    createdAt: Timestamp;
  };
  policy: InAccount & {
    /** PostgreSQL answers a bigint as text. */
    version: number;
    settings: string;
    issuedAt: Timestamp;
    signed: string;
  };
  command: InAccount & {
    commandId: CommandId;
    deviceId: DeviceId;
    name: string;
    arguments: string;
    issuedAt: Timestamp;
    expiresAt: Timestamp;
    state: CommandState;
    saidBy: CommandRecord['saidBy'];
    reason: string | null;
    detail: string | null;
    result: string | null;
    changedAt: Timestamp;
  };
  location: InAccount & {
    deviceId: DeviceId;
    lat: number | null;
    lng: number | null;
    accuracy: number | null;
    source: Location['source'] | null;
    fallback: 'lacf' | 'ipf' | null;
    at: Timestamp | null;
    offBy: LocationOffBy | null;
    evidenceKey: string | null;
    passed: string;
    home: string | null;
    address: string | null;
    dueAt: Timestamp | null;
    tries: number;
  };
  geolocated: InAccount & { deviceId: DeviceId; askedKey: string; answer: string; at: Timestamp };
  cell: InAccount & {
    mcc: number;
    mnc: number;
    area: number;
    /** PostgreSQL answers a bigint as text. */
    cell: number;
    radio: RadioType;
    lat: number;
    lng: number;
    rangeM: number;
    samples: number;
  };
  rollout: InAccount & {
    path: string;
    state: string;
    policyFor: string | null;
    body: string;
    startedAt: Timestamp;
    changedAt: Timestamp;
  };
  usedNonce: InAccount & { nonce: string; generation: number };
  oneTimeLink: InAccount & { tokenHash: string; expiresAt: Timestamp };
  session: InAccount & { sessionHash: string; expiresAt: Timestamp };
  accountUser: InAccount & {
    userId: string;
    login: string;
    loginKey: string;
    fullName: string;
    email: string;
    custom1: string;
    custom2: string;
    custom3: string;
    salt: string;
    passwordHash: string;
    passwordSetAt: Timestamp;
    passwordExpiresAt: Timestamp | null;
    twoFactor: UserRecord['twoFactor'];
    twoFactorSince: Timestamp | null;
    sealedSecret: string | null;
    sealedNewSecret: string | null;
    /** PostgreSQL answers a bigint as text. */
    lastStep: number;
    createdAt: Timestamp;
    signedInAt: Timestamp | null;
  };
  oldPassword: InAccount & { userId: string; position: number; passwordHash: string };
  userGroup: InAccount & { groupId: string; name: string; permissions: string; pools: string; createdAt: Timestamp };
  groupMember: InAccount & { userId: string; groupId: string };
  signInTry: InAccount & { who: string; failures: number; lastAtMs: number };
  userSession: InAccount & UserSession;
  rememberedPc: InAccount & RememberedPc;
  recoveryCode: InAccount & { userId: string; codeHash: string };
  apiToken: InAccount &
    Omit<ApiTokenRecord, 'permissions' | 'pools' | 'apis'> & { permissions: string; pools: string; apis: string };
  t2mNumber: InAccount & { what: string; number: number };
  contact: InAccount & ContactRecord;
  accountImport: InAccount & { importId: string; state: ImportState; body: string; createdAt: Timestamp };
  importedEwon: InAccount & { importId: string; publicKey: string; state: ImportedState; body: string };
  handover: InAccount & { handoverId: string; rightHash: string; expiresAt: Timestamp; body: string };
  movingEwon: InAccount & {
    handoverId: string;
    deviceId: DeviceId;
    state: MovingEwon['state'];
    at: Timestamp;
    body: string;
  };
};
