import {
  type DeviceId,
  err,
  type Fault,
  type Millis,
  type Serial,
  type Timestamp,
  timestampOf,
} from '@ewon-agent/contracts';
import type { EwonLink, GrkRecord } from './records.ts';

// What the account answers to a registration (docs/decisions/0002-wire-v1.md §3). Signatures and form were checked
// at the door; here it is decided. A registration only ever creates a *pending* record.

/** An Ewon of this account with the serial or the key of the request. */
export type KnownEwon = {
  readonly deviceId: DeviceId;
  readonly serial: Serial;
  readonly publicKey: string;
  readonly link: EwonLink;
  readonly online: boolean;
  readonly createdAt: Timestamp;
};

/** Absent is no limit. */
export type GrkUses = Partial<Pick<GrkRecord, 'usesMax' | 'uses'>>;

export type RegistrationFacts = {
  readonly nowMs: Millis;
  readonly publicKey: string;
  readonly serial: Serial;
  /** The key that the request is bound to; undefined when the account has none with this id. */
  readonly grk: (Pick<GrkRecord, 'state' | 'expiresAt'> & GrkUses) | undefined;
  /** Dates of the card, when it came with a manifest that this account signed. */
  readonly cardDates: { readonly notBefore: Timestamp; readonly notAfter?: Timestamp | undefined } | undefined;
  readonly autoRegistration: boolean;
  /** The record with the same request id. */
  readonly sameRequest: { readonly registrationId: string; readonly publicKey: string } | undefined;
  /** The pending record of the same device key; its request id is another one. */
  readonly pendingOfKey: string | undefined;
  readonly ewons: readonly KnownEwon[];
  /** Pending records of this GRK, of this source network, without {@link RegistrationFacts.pendingOfKey}. */
  readonly pendingOfGrk: number;
  readonly pendingOfNetwork: number;
  readonly quota: { readonly perGrk: number; readonly perNetwork: number };
};

export type RegistrationDecision =
  | { readonly do: 'repeat'; readonly registrationId: string }
  | { readonly do: 'refuse'; readonly fault: Fault }
  | { readonly do: 'insert'; readonly supersedes: string | undefined; readonly replaces: DeviceId | undefined };

/**
 * Decides about a registration. The same request id with the same key is answered as before whatever happened to
 * the GRK since; what became of the record, its Location tells.
 * Codes: REQUEST_REUSED, GRK_UNKNOWN, GRK_REVOKED, GRK_EXPIRED, GRK_USED_UP, AUTOREGISTRATION_OFF, SERIAL_ACTIVE, PENDING_QUOTA.
 */
export function decideRegistration(facts: RegistrationFacts): RegistrationDecision {
  if (facts.sameRequest) {
    if (facts.sameRequest.publicKey !== facts.publicKey) return refuse('REQUEST_REUSED');
    return { do: 'repeat', registrationId: facts.sameRequest.registrationId };
  }
  const key = judgeKey(facts);
  if (key) return key;
  if (!facts.autoRegistration) return refuse('AUTOREGISTRATION_OFF');
  const twin = facts.ewons.find(
    (ewon) =>
      ewon.serial === facts.serial && ewon.publicKey !== facts.publicKey && ewon.link === 'linked' && ewon.online,
  );
  if (twin) return refuse('SERIAL_ACTIVE', facts.serial);
  // who waits may be approved, and would be one too many then
  if (isUsedUp(facts.grk, facts.pendingOfGrk)) return refuse('GRK_USED_UP', `${facts.grk?.usesMax} uses`);
  if (facts.pendingOfGrk >= facts.quota.perGrk) return refuse('PENDING_QUOTA', `${facts.pendingOfGrk} of this key`);
  if (facts.pendingOfNetwork >= facts.quota.perNetwork)
    return refuse('PENDING_QUOTA', `${facts.pendingOfNetwork} from this network`);
  return { do: 'insert', supersedes: facts.pendingOfKey, replaces: proposeReplacement(facts) };
}

/**
 * The Ewon whose replacement is proposed: the one with the same key (the device forgot), then the one with the same
 * serial (the board was changed); among several the linked one, then the youngest.
 */
export function proposeReplacement(
  facts: Pick<RegistrationFacts, 'ewons' | 'publicKey' | 'serial'>,
): DeviceId | undefined {
  const rank = (ewon: KnownEwon): string =>
    [ewon.publicKey === facts.publicKey, ewon.link === 'linked'].map(Number).join('') + ewon.createdAt;
  return facts.ewons
    .filter((ewon) => ewon.link === 'linked' || ewon.link === 'unlinked')
    .filter((ewon) => ewon.publicKey === facts.publicKey || ewon.serial === facts.serial)
    .toSorted((a, b) => (rank(a) < rank(b) ? 1 : -1))[0]?.deviceId;
}

function judgeKey({ grk, cardDates, nowMs }: RegistrationFacts): RegistrationDecision | undefined {
  const now = timestampOf(nowMs);
  if (!grk) return refuse('GRK_UNKNOWN');
  if (grk.state === 'revoked') return refuse('GRK_REVOKED');
  if (grk.expiresAt !== null && isBefore(grk.expiresAt, now)) return refuse('GRK_EXPIRED', `since ${grk.expiresAt}`);
  if (!cardDates) return undefined;
  if (isBefore(now, cardDates.notBefore)) return refuse('GRK_EXPIRED', `card valid from ${cardDates.notBefore}`);
  if (cardDates.notAfter !== undefined && isBefore(cardDates.notAfter, now))
    return refuse('GRK_EXPIRED', `card valid until ${cardDates.notAfter}`);
  return undefined;
}

/** Tells whether a key has no use left beside those that wait with it. */
export function isUsedUp(grk: GrkUses | undefined, waiting: number): boolean {
  const { usesMax = null, uses = 0 } = grk ?? {};
  return usesMax !== null && uses + waiting >= usesMax;
}

/** Compares as times, because a manifest may leave the milliseconds out. */
function isBefore(a: Timestamp, b: Timestamp): boolean {
  return Date.parse(a) < Date.parse(b);
}

function refuse(code: Fault['code'], detail = ''): RegistrationDecision {
  return { do: 'refuse', fault: err(code, detail).fault };
}
