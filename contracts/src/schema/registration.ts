import type { AccountId, DeviceId, Serial, SlotId } from '../ids.ts';
import type { Ed25519Jwk, FlattenedJws } from '../jws.ts';
import { MQTT_URLS_MAX, USER_NAME_MAX_CHARACTERS, WIZARD_PASSWORD_MAX_CHARACTERS } from '../limits.ts';
import type { Timestamp } from '../units.ts';
import { jsonReader } from '../validate.ts';
import {
  accountId,
  atLeast,
  csr,
  deviceFacts,
  deviceId,
  exactly,
  httpsUrl,
  jwk,
  jws,
  listOf,
  matching,
  pem,
  requestId,
  sha256Hex,
  slotId,
  text,
  timestamp,
} from './common.ts';
import { type SignedByAccount, signedByAccount } from './signed.ts';

// The device side of the account's HTTPS interface (docs/decisions/0002-wire-v1.md §3 and §4).

/** What the device says of itself; the account never binds identity to any of it. */
export type DeviceFacts = {
  readonly serial: Serial;
  readonly model: string;
  readonly firmware: string;
  readonly agent: string;
  readonly macs: readonly string[];
};

/** How the request came about, for the person who approves. `slot`: CONSOLE_SLOT where no card asked. `manifest` is the card's T2M.json, whose dates the account judges. */
export type CardEvidence = { readonly slot: SlotId; readonly t2mSha256: string; readonly manifest?: FlattenedJws };

/** Payload of `POST /device/v1/registrations`. */
export type RegistrationRequest = {
  readonly requestId: string;
  readonly device: DeviceFacts;
  readonly note: string;
  readonly csr: string;
  readonly grkBinding: FlattenedJws;
  readonly evidence: CardEvidence;
};

/**
 * Payload of `POST /device/v1/wizard`: a user of the account adds this Ewon at once. Without `password` it only asks what
 * became of the request with this id.
 */
export type WizardRequest = {
  readonly requestId: string;
  readonly device: DeviceFacts;
  readonly csr: string;
  /** Name or id of the account, for a person who has several. */
  readonly account: string;
  readonly user: string;
  readonly password?: string;
  /** Of the second factor, where the user has one. */
  readonly code?: string;
  /** Of the Ewon; no other in the account has it. */
  readonly name: string;
};

/** 202: nobody has decided yet. */
export type PendingAnswer = {
  readonly status: 'pending';
  readonly code: 'REGISTRATION_PENDING' | 'REPLACE_PROPOSED';
  readonly account: { readonly id: AccountId; readonly name: string };
};

/** 200: what approval hands out. `ca` is the CA that issues the server certificates, not trust by itself. */
export type Grant = {
  readonly status: 'approved' | 'replaced';
  readonly deviceId: DeviceId;
  readonly account: { readonly id: AccountId; readonly name: string };
  readonly name: string;
  readonly pool: string;
  readonly customFields: readonly [string, string, string];
  readonly certificate: string;
  readonly ca: string;
  readonly accountKeys: readonly Ed25519Jwk[];
  readonly mqtt: { readonly urls: readonly string[]; readonly topicPrefix: string };
  /** The account's policy, so that it counts from the first moment on. */
  readonly policy?: SignedByAccount;
};

/** Payload of `POST /device/v1/certificates`: a CSR of the same device key. */
export type RenewalRequest = { readonly csr: string };

/** 202 of `POST /device/v1/certificates`: a person decides. */
export type RenewalAnswer = { readonly status: 'renewal'; readonly code: 'RENEWAL_PENDING' };

/** `GET /device/v1/directory`. */
export type Directory = {
  readonly nonce: string;
  readonly registrations: string;
  readonly unlink: string;
  readonly time: Timestamp;
  readonly account: { readonly accountKeys: readonly Ed25519Jwk[] };
  readonly ca: string;
};

/** 200 of `POST unlink`: the account does not list this Ewon as linked any more. */
export type UnlinkAnswer = { readonly status: 'unlinked' };

/** `application/problem+json` (RFC 9457) with a code of the list of codes. */
export type Problem = {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail?: string;
};

/** Printable, not empty, no blanks around: a name is shown in lists, logs and terminals. */
const ewonName = {
  type: 'string',
  pattern: '^(?! )[^\\u0000-\\u001f\\u007f-\\u009f\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]{1,100}(?<! )$',
};
const accountName = exactly({ id: accountId, name: text(100) });

const requestSchema = exactly({
  requestId,
  device: deviceFacts,
  note: { type: 'string', pattern: '^[\\x20-\\x7e]{0,140}$' },
  csr,
  grkBinding: jws,
  evidence: exactly({ slot: slotId, t2mSha256: sha256Hex, manifest: jws }, ['manifest']),
});

const wizardSchema = exactly(
  {
    ...{ requestId, device: deviceFacts, csr, account: text(100, 1), user: text(USER_NAME_MAX_CHARACTERS, 1) },
    ...{ password: text(WIZARD_PASSWORD_MAX_CHARACTERS), code: text(64), name: ewonName },
  },
  ['password', 'code'],
);

const grantSchema = atLeast(
  {
    status: { enum: ['approved', 'replaced'] },
    deviceId,
    account: accountName,
    name: text(100),
    pool: text(100),
    customFields: { type: 'array', items: text(255), minItems: 3, maxItems: 3 },
    certificate: pem,
    ca: pem,
    accountKeys: listOf(jwk, 8, 1),
    mqtt: atLeast({
      urls: listOf({ type: 'string', pattern: '^(mqtts|wss)://[^\\s]+$', maxLength: 255 }, MQTT_URLS_MAX, 1),
      topicPrefix: matching('^ewon/v1/a_[a-z2-7]{26}/d_[a-z2-7]{26}$'),
    }),
    policy: signedByAccount,
  },
  ['policy'],
);

const pendingSchema = atLeast({
  status: { const: 'pending' },
  code: { enum: ['REGISTRATION_PENDING', 'REPLACE_PROPOSED'] },
  account: accountName,
});
const directorySchema = atLeast({
  nonce: httpsUrl,
  registrations: httpsUrl,
  unlink: httpsUrl,
  time: timestamp,
  account: atLeast({ accountKeys: listOf(jwk, 8, 1) }),
  ca: pem,
});
const problemSchema = atLeast(
  { type: text(255), title: text(255), status: { type: 'integer' }, code: text(64), detail: text(1000) },
  ['detail'],
);

/** Reads the payload of a registration. Codes: BAD_REQUEST. */
export const readRegistrationRequest = jsonReader<RegistrationRequest>(requestSchema);
/** Reads the payload of a registration by wizard. Codes: BAD_REQUEST. */
export const readWizardRequest = jsonReader<WizardRequest>(wizardSchema);
/** Reads the payload of a renewal. Codes: BAD_REQUEST. */
export const readRenewalRequest = jsonReader<RenewalRequest>(exactly({ csr }));
/** Reads a 202 of the certificates resource. Codes: ACCOUNT_ERROR. */
export const readRenewalAnswer = jsonReader<RenewalAnswer>(
  atLeast({ status: { const: 'renewal' }, code: { const: 'RENEWAL_PENDING' } }),
  'ACCOUNT_ERROR',
);
/** Reads a 200 of the registration resource. Codes: ACCOUNT_ERROR. */
export const readGrant = jsonReader<Grant>(grantSchema, 'ACCOUNT_ERROR');
/** Reads a 202 of the registration resource. Codes: ACCOUNT_ERROR. */
export const readPendingAnswer = jsonReader<PendingAnswer>(pendingSchema, 'ACCOUNT_ERROR');
/** Reads a 200 of the unlink resource. Codes: ACCOUNT_ERROR. */
export const readUnlinkAnswer = jsonReader<UnlinkAnswer>(atLeast({ status: { const: 'unlinked' } }), 'ACCOUNT_ERROR');
/** Reads the directory. Codes: ACCOUNT_ERROR. */
export const readDirectory = jsonReader<Directory>(directorySchema, 'ACCOUNT_ERROR');
/** Reads a problem document. Codes: ACCOUNT_ERROR. */
export const readProblem = jsonReader<Problem>(problemSchema, 'ACCOUNT_ERROR');
