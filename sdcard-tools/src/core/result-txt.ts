import { type CardReceipt, CODES, err, ok, RESULT_TXT_MAX_BYTES, type Result } from '@ewon-agent/contracts';

// RESULT.TXT, what a card remembers of the devices it was in (docs/decisions/0010-receipt-and-wipe.md): the form in which an Ewon
// writes its own lists (`;`, quoted, CRLF; ewon-facts §4), so that a spreadsheet opens it. Printable ASCII only.

const HEADER = '"Time";"Serial";"Fingerprint";"GrkId";"Outcome";"NextStep"';

/**
 * Adds the line of a device, in place of an older one of the same serial number. Lines that are not ours stay as they are.
 * @param present what RESULT.TXT holds; undefined when there is none
 * Codes: CARD_FULL (more than RESULT_TXT_MAX_BYTES).
 */
export function withReceipt(present: Uint8Array | undefined, receipt: CardReceipt): Result<Uint8Array> {
  const lines = linesOf(present);
  const kept = lines.filter((line) => !line.includes(`;"${receipt.serial}";`));
  const head = kept.length > 0 ? [] : [HEADER];
  // byte by byte as it was read, whatever somebody else wrote there
  const text = [...head, ...kept, lineOf(receipt)].map((line) => `${line}\r\n`).join('');
  if (text.length > RESULT_TXT_MAX_BYTES) return err('CARD_FULL', `RESULT.TXT of ${text.length} bytes`);
  return ok(Uint8Array.from(text, (character) => character.charCodeAt(0)));
}

/** Writes one line without its end. */
export function lineOf({ at, serial, fingerprint, grkId, code }: CardReceipt): string {
  return [at, serial, fingerprint, grkId, code, CODES[code].next]
    .map((value) => `"${value.replaceAll('"', "'")}"`)
    .join(';');
}

function linesOf(present: Uint8Array | undefined): readonly string[] {
  const text = Array.from(present ?? [], (byte) => String.fromCharCode(byte)).join('');
  return text.split(/\r?\n/).filter((line) => line !== '');
}
