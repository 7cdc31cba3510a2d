import { grkIdOf, parseGrk, withoutGrks } from '@ewon-agent/contracts';

// What may be shown of values that are nobody's business. A short password could be found from even a piece of its hash, so its length is all that is said.

/** A value as it may be shown: as it is, as the id of a registration key, or hidden. */
export type Shown = { readonly value: string } | { readonly grkId: string } | { readonly hidden: string };

/** Shows a value by the name of its key. A registration key is hidden under any name, inside of other text as well. */
export function shownValue(key: string, value: string): Shown {
  const grk = parseGrk(value);
  if (grk.ok) return { grkId: grkIdOf(grk.value) };
  if (value !== '' && (isSecretKey(key) || isEncrypted(value))) return { hidden: `${value.length} characters` };
  return { value: isDeviceNumber(key) ? shortened(value) : withoutGrks(value) };
}

/** Tells whether a key names a secret: a password, a PIN, a key of a network or of an account. */
export function isSecretKey(key: string): boolean {
  return /pass(word|wd|phrase)?\d*$|pwd\d*$|psk$|pin\d*$|secret|token|key$/i.test(key);
}

/** Tells whether a value is one that an Ewon keeps encrypted. */
export function isEncrypted(value: string | undefined): boolean {
  return value !== undefined && ENCRYPTED.test(value);
}

/** Shows the first digits of an IMEI, IMSI or ICCID, which name model or operator, and hides those that name one modem or card. */
export function shortened(number: string): string {
  return number.slice(0, 6) + number.slice(6).replace(/\w/g, '*');
}

/** `#_1_…` to `#_6_…`: what an Ewon writes for values that it keeps encrypted (ewon-facts §3.1). */
const ENCRYPTED = /^#_\d/;

function isDeviceNumber(key: string): boolean {
  return /IMEI|IMSI|CCID/i.test(key);
}
