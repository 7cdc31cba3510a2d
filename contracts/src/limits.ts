import { DAY_MS, KIB, MINUTE_MS, SECOND_MS } from './units.ts';

// Every size and wait of the wire that both sides must agree on. What one side alone decides is in its configuration.

/** What is read of `T2M.txt` at most (threats.md, "The card"): a key line, a note of 140 characters and room to spare. */
export const T2M_TXT_MAX_BYTES = 4 * KIB;
/** What is read of `T2M.json` at most: a manifest with two CA certificates in PEM is about 4 KiB. */
export const T2M_JSON_MAX_BYTES = 64 * KIB;
/** `RESULT.TXT` at most: a line is about 170 bytes, so some 700 devices of one card. */
export const RESULT_TXT_MAX_BYTES = 128 * KIB;
/** One piece of another file of the card at most: what a board can spare, and what the slowest card answers within two seconds. */
export const CARD_PIECE_MAX_BYTES = 256 * KIB;
/** `T2MNote`, ewon-facts §1.4. */
export const NOTE_MAX_CHARACTERS = 140;
/** AUG-0062 §3: "at most 128 GB". */
export const MEDIUM_MAX_BYTES = 128e9;
/** Body of any device request; a registration with CSR is about 3 KiB. */
export const DEVICE_REQUEST_MAX_BYTES = 32 * KIB;
/** Body of any answer of the account; a grant with two CA certificates is about 6 KiB. */
export const ACCOUNT_ANSWER_MAX_BYTES = 256 * KIB;
/** Longest `Prefer: wait=` the account honours. */
export const LONG_POLL_MAX_MS = 30 * SECOND_MS;
/** A nonce is good this long (RFC 8555 §6.5 leaves it open). */
export const NONCE_VALID_MS = 5 * MINUTE_MS;
/** A pending record nobody decides about goes away. */
export const PENDING_VALID_MS = 30 * DAY_MS;
/** Pending records one GRK may hold. */
export const PENDING_QUOTA_PER_GRK = 100;
/** How long a device certificate is valid; renewed at two thirds. */
export const DEVICE_CERTIFICATE_VALID_MS = 90 * DAY_MS;
/** How long after its end a certificate is still renewed without a person: gateways lie switched off for months. */
export const RENEWAL_GRACE_MS = 730 * DAY_MS;
/** Largest MQTT packet either side sends or accepts. */
export const MQTT_PACKET_MAX_BYTES = 256 * KIB;
/** Messages of QoS 1 that one device may have on their way to the broker at once: some for what is live, the others for a backlog. */
export const MQTT_IN_FLIGHT_MAX = 220;
/** Addresses of brokers that a grant lists. */
export const MQTT_URLS_MAX = 8;

/** Names of users of an account. */
export const USER_NAME_MAX_CHARACTERS = 64;
/** Of a password that the wizard sends, whatever the account's policy is: each is hashed at some cost. */
export const WIZARD_PASSWORD_MAX_CHARACTERS = 256;
