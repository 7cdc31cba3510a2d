import { createHash } from 'node:crypto';
import { err, ok, type Result } from './result.ts';

// Names that cross a border (docs/decisions/0002-wire-v1.md §1). Each is parsed once at the door; inside, the
// branded type says that it was.

declare const brand: unique symbol;
type Named<T extends string> = string & { readonly [brand]: T };

/** `YYWW-NNNN-PP`; the last two digits are the product code. Source: ewon-facts §2. */
export type Serial = Named<'Serial'>;
/** `d_` and 26 characters of lower-case base32; made by the account, never by the device (CVE-2024-33897). */
export type DeviceId = Named<'DeviceId'>;
/** `a_` and 26 characters of lower-case base32. */
export type AccountId = Named<'AccountId'>;
/** The Global Registration Key itself: a secret. Never log it, never send it; show its {@link GrkId}. */
export type Grk = Named<'Grk'>;
/** First 8 hex digits of SHA-256 over the 36 bytes of the GRK. The only form in which a GRK may be shown. */
export type GrkId = Named<'GrkId'>;
/** `4f2a-90c1-77be-03d5`: for people to compare; programs compare the whole key. */
export type Fingerprint = Named<'Fingerprint'>;
/** `c_` and 26 characters of lower-case base32; made by the account, one for each command. */
export type CommandId = Named<'CommandId'>;
/** Hardware name of a slot, such as `sd0` or `usb1`; set in the configuration. */
export type SlotId = Named<'SlotId'>;

const FORMS = {
  serial: /^\d{4}-\d{4}-\d{2}$/,
  deviceId: /^d_[a-z2-7]{26}$/,
  accountId: /^a_[a-z2-7]{26}$/,
  commandId: /^c_[a-z2-7]{26}$/,
  grk: /^A01-[0-9A-Z]{32}$/,
  grkId: /^[0-9a-f]{8}$/,
  slotId: /^[a-z][a-z0-9]{0,15}$/,
};

/** Reads a serial number. Codes: BAD_REQUEST. */
export function parseSerial(text: unknown): Result<Serial> {
  return parse<Serial>(text, FORMS.serial, 'serial');
}

/** Reads a device id. Codes: BAD_REQUEST. */
export function parseDeviceId(text: unknown): Result<DeviceId> {
  return parse<DeviceId>(text, FORMS.deviceId, 'device id');
}

/** Reads an account id. Codes: BAD_REQUEST. */
export function parseAccountId(text: unknown): Result<AccountId> {
  return parse<AccountId>(text, FORMS.accountId, 'account id');
}

/** Reads a command id. Codes: BAD_REQUEST. */
export function parseCommandId(text: unknown): Result<CommandId> {
  return parse<CommandId>(text, FORMS.commandId, 'command id');
}

/** Also with a slip in it: half a key, or one in small letters, is nobody's business either. */
const GRK_LIKE = /A01-[0-9A-Z]{16,}/gi;

/** Tells whether something in a text looks like a GRK. */
export function holdsGrk(text: string): boolean {
  return text.search(GRK_LIKE) !== -1;
}

/** Takes what looks like a GRK out of a text. */
export function withoutGrks(text: string): string {
  return text.replace(GRK_LIKE, '[registration key]');
}

/** Reads a GRK. The fault never repeats what was given. Codes: T2M_KEY_FORM. */
export function parseGrk(text: unknown): Result<Grk> {
  if (typeof text === 'string' && FORMS.grk.test(text)) return ok(text as Grk);
  return err('T2M_KEY_FORM', typeof text === 'string' ? `${text.length} characters` : typeof text);
}

/** Reads a GRK id. Codes: BAD_REQUEST. */
export function parseGrkId(text: unknown): Result<GrkId> {
  return parse<GrkId>(text, FORMS.grkId, 'GRK id');
}

/** Tells what an Ewon calls the device in a slot (AUG-0062 §7): one whose name begins with `usb` is its USB device, any other its SD device. */
export function slotKindOf(slot: SlotId): 'SD' | 'USB' {
  return slot.startsWith('usb') ? 'USB' : 'SD';
}

/**
 * Where a registration came from that no card asked for: a person at the console or the command line. It stands where a slot
 * stands, and has the form of one, so that an account of any release takes it.
 */
export const CONSOLE_SLOT = 'console' as SlotId;

/** Reads a slot name. Codes: BAD_REQUEST. */
export function parseSlotId(text: unknown): Result<SlotId> {
  return parse<SlotId>(text, FORMS.slotId, 'slot');
}

/** Computes the only form of a GRK that may be shown, logged or sent. */
export function grkIdOf(grk: Grk): GrkId {
  return createHash('sha256').update(grk, 'ascii').digest('hex').slice(0, 8) as GrkId;
}

/** Computes the fingerprint of a raw 32-byte public key. */
export function fingerprintOf(publicKey: Uint8Array): Fingerprint {
  const hex = createHash('sha256').update(publicKey).digest('hex');
  return (hex.slice(0, 16).match(/.{4}/g) ?? []).join('-') as Fingerprint;
}

/** The product code: the last two digits of a serial number. */
export function productCodeOf(serial: Serial): string {
  return serial.slice(-2);
}

/**
 * Writes bytes as an id with lower-case base32 (RFC 4648 §6, no padding).
 * @param random 17 or more random bytes, of which the first 130 bits are used; fewer are a bug of ours and throw
 */
export function deviceIdFrom(random: Uint8Array): DeviceId {
  return `d_${base32(random, 26)}` as DeviceId;
}

/** Writes 17 random bytes as an account id. */
export function accountIdFrom(random: Uint8Array): AccountId {
  return `a_${base32(random, 26)}` as AccountId;
}

/** Writes 17 random bytes as a command id. */
export function commandIdFrom(random: Uint8Array): CommandId {
  return `c_${base32(random, 26)}` as CommandId;
}

/**
 * Writes random bytes as a GRK: each byte picks one of 36 characters; bytes above 251 are left out for evenness.
 * @param random a few more than 32: of 32 alone, two times in five one is left out; of 48, about never more than 16
 * @returns undefined when fewer than 32 are left
 */
export function grkFrom(random: Uint8Array): Grk | undefined {
  const even = random.filter((b) => b < 252); // 252 = 7 × 36
  if (even.length < 32) return undefined;
  return `A01-${[...even.slice(0, 32)].map((b) => '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'[b % 36]).join('')}` as Grk;
}

function parse<T extends string>(text: unknown, form: RegExp, what: string): Result<T> {
  if (typeof text === 'string' && form.test(text)) return ok(text as T);
  return err('BAD_REQUEST', `${what}: got ${shown(text)}`);
}

/** A GRK pasted in the wrong place is a secret there as well. */
function shown(value: unknown): string {
  if (typeof value !== 'string') return value === null ? 'null' : typeof value;
  return /A01-/i.test(value) ? `${value.length} characters` : JSON.stringify(value).slice(0, 60);
}

function base32(bytes: Uint8Array, length: number): string {
  if (bytes.length * 8 < length * 5)
    throw new Error(`this is a bug: ${bytes.length} bytes cannot fill ${length} characters`);
  let bits = 0n;
  for (const b of bytes) bits = (bits << 8n) | BigInt(b);
  const total = bytes.length * 8;
  return Array.from(
    { length },
    (_, i) => 'abcdefghijklmnopqrstuvwxyz234567'[Number((bits >> BigInt(total - 5 * (i + 1))) & 31n)],
  ).join('');
}
