import type {
  CardEvidence,
  Code,
  CommandDocument,
  CommandId,
  CommandState,
  DeviceId,
  Fingerprint,
  FlattenedJws,
  GrkId,
  PolicySettings,
  Serial,
  Severity,
  SignedByAccount,
  Timestamp,
} from '@ewon-agent/contracts';
import type { Rollout } from './rollout.ts';
import type { Three, ThreeChange } from './three.ts';

// What the account remembers. Times are RFC 3339 with milliseconds, so that their order is the order of the text.

/** `pending` waits for a person; the others are final. */
export type RegistrationState = 'pending' | 'approved' | 'replaced' | 'rejected' | 'void' | 'expired';

/** Stands where no registration key was used: a user added the Ewon by the wizard. */
export const NO_GRK = '' as GrkId;

/** One request of one device key. Key, serial and CSR never change: a device with another key makes another record. */
export type RegistrationRecord = {
  readonly registrationId: string;
  /** The unguessable last part of the Location. */
  readonly token: string;
  readonly requestId: string;
  /** Raw 32 bytes, base64url. */
  readonly publicKey: string;
  readonly fingerprint: Fingerprint;
  readonly serial: Serial;
  readonly model: string;
  readonly firmware: string;
  readonly agent: string;
  readonly macs: readonly string[];
  readonly note: string;
  readonly csr: string;
  readonly evidence: CardEvidence;
  /** Where it came from: the address, and the network that quotas are counted for. */
  readonly address: string;
  readonly network: string;
  readonly grkId: GrkId;
  readonly state: RegistrationState;
  /** The Ewon whose replacement is proposed. */
  readonly replaces: DeviceId | null;
  readonly pool: string;
  readonly createdAt: Timestamp;
  readonly decidedAt: Timestamp | null;
  /** The Ewon it became. */
  readonly deviceId: DeviceId | null;
};

/**
 * `linked`: has a valid certificate. `unlinked`: the device forgot the account; the Ewon stays listed, so that its
 * properties can move to a new one. `removed` and `replaced` Ewons are history: not listed, their name is free.
 */
export type EwonLink = 'linked' | 'unlinked' | 'removed' | 'replaced';

/** What a person may set. */
export type EwonProperties = {
  readonly name: string;
  readonly pool: string;
  readonly description: string;
  readonly customFields: Three;
};
/** What is changed of them. */
export type EwonChange = Partial<Omit<EwonProperties, 'customFields'>> & { readonly customFields?: ThreeChange };

export type EwonRecord = EwonProperties & {
  readonly deviceId: DeviceId;
  readonly registrationId: string;
  readonly publicKey: string;
  readonly fingerprint: Fingerprint;
  readonly serial: Serial;
  readonly model: string;
  readonly firmware: string;
  readonly agent: string;
  readonly note: string;
  readonly link: EwonLink;
  /** Whether the broker was told of a revocation; false is tried again. */
  readonly brokerTold: boolean;
  readonly online: boolean;
  readonly lastSeenAt: Timestamp | null;
  /** The newest certificate that the device has used. */
  readonly certificateSerial: string;
  readonly createdAt: Timestamp;
  /** Since when two boards seem to have this identity: nobody with it is let in until a person decides. */
  readonly quarantinedAt: Timestamp | null;
  /** Since when a renewal waits for a person; when a person allowed the next one. */
  readonly renewalAskedAt: Timestamp | null;
  readonly renewalAllowedAt: Timestamp | null;
  /** What clones are told by, as core/clone.ts writes it. */
  readonly boots: string | null;
};

export type CertificateRecord = {
  /** Lower-case hex. */
  readonly serial: string;
  readonly deviceId: DeviceId;
  readonly pem: string;
  readonly notBefore: Timestamp;
  readonly notAfter: Timestamp;
  readonly revokedAt: Timestamp | null;
};

export type GrkRecord = {
  readonly grkId: GrkId;
  /** The GRK in a secretbox, base64url; see secrets/vault.ts. */
  readonly sealedKey: string;
  readonly state: 'active' | 'revoked';
  readonly origin: 'made' | 'imported';
  readonly pool: string;
  readonly note: string;
  readonly createdAt: Timestamp;
  readonly expiresAt: Timestamp | null;
  readonly revokedAt: Timestamp | null;
  /** How many Ewons may be approved that came with it; null is no limit. */
  readonly usesMax: number | null;
  /** Ewons that were approved with it, and cards that were exported. */
  readonly uses: number;
  readonly exports: number;
};

/** An Ewon that took the place of another. */
export type ReplacementRecord = {
  /** The new one, and the one whose place it took. */
  readonly deviceId: DeviceId;
  readonly replacedId: DeviceId;
  /** How the replaced one stood then. */
  readonly wasLink: EwonLink;
  readonly at: Timestamp;
  readonly undoneAt: Timestamp | null;
};

/** A key of the account. One is `current` and signs; `next` is announced and signs after it; `old` ones have signed cards. */
export type AccountKeyRecord = {
  /** From 1. */
  readonly number: number;
  /** Raw 32 bytes, base64url. */
  readonly publicKey: string;
  /** The seed in a secretbox; see secrets/vault.ts. */
  readonly sealedSeed: string;
  /** By the key before; the first key has none. */
  readonly announcement: FlattenedJws | null;
  readonly state: 'next' | 'current' | 'old';
  readonly createdAt: Timestamp;
};

export type PolicyRecord = {
  readonly version: number;
  readonly settings: PolicySettings;
  readonly issuedAt: Timestamp;
  /** As devices take it; signed once, because each approval hands it out. */
  readonly signed: SignedByAccount;
};

/** A command and how it stands. `saidBy`: whether the device said that, or the account takes it for so. */
export type CommandRecord = {
  readonly commandId: CommandId;
  readonly deviceId: DeviceId;
  readonly name: string;
  readonly arguments: CommandDocument['arguments'];
  readonly issuedAt: Timestamp;
  readonly expiresAt: Timestamp;
  readonly state: CommandState;
  readonly saidBy: 'account' | 'device';
  readonly reason: string | null;
  readonly detail: string | null;
  readonly result: Readonly<Record<string, unknown>> | null;
  readonly changedAt: Timestamp;
};

/** A rollout of a patch. `policyFor`: the state of it that the policy agrees with already. */
export type RolloutRecord = {
  readonly rollout: Rollout;
  readonly policyFor: string | null;
  readonly startedAt: Timestamp;
  readonly changedAt: Timestamp;
};

/** Who a line of the log is about. */
export type LogSubject = 'Ewon' | 'User';

/** One line of the account's log. `name` is the Ewon's or the user's. */
export type LogEntry = {
  readonly at: Timestamp;
  readonly name: string;
  readonly subject: LogSubject;
  readonly severity: Severity;
  readonly code: Code | null;
  readonly event: string;
  readonly deviceId: DeviceId | null;
};

export type LogRecord = LogEntry & { readonly id: number };
