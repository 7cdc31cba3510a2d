import { type CardFiles, err, type Grk, grkIdOf, ok, type Result, sha256Hex } from '@ewon-agent/contracts';
import { T2M_JSON, T2M_TXT } from './easy-commissioning.ts';
import { readT2mJson } from './t2m-json.ts';
import { formatT2mTxt, parseT2mTxt } from './t2m-txt.ts';

/** What an export does to a card. */
export type ExportPlan = {
  readonly files: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  readonly remove: readonly string[];
};

/** Whether a registration that is on the card already may be lost. */
export type OnTaken = 'refuse' | 'replace';

/**
 * Decides what to write for an unsigned card. Without 'replace' nothing is lost that somebody may still need: neither another key nor a
 * T2M.json that would no longer fit.
 * @param read what was read of the card before
 * Codes: CARD_TAKEN, those of `read`, T2M_ENCODING, T2M_NOTE_TOO_LONG.
 */
export function planExport(
  read: Result<CardFiles>,
  wanted: { readonly grk: Grk; readonly note: string },
  onTaken: OnTaken,
): Result<ExportPlan> {
  const bytes = formatT2mTxt(wanted);
  if (!bytes.ok) return bytes;
  const files = [{ name: T2M_TXT, bytes: bytes.value }];
  if (!read.ok) {
    // what is too large to be read can be replaced all the same; any other fault would meet the writing as well
    if (read.fault.code !== 'CARD_TOO_LARGE') return read;
    return onTaken === 'replace' ? ok({ files, remove: [T2M_JSON] }) : err('CARD_TAKEN', read.fault.detail);
  }
  const present = read.value;
  const otherKey = present.t2mTxt && whatElse(present.t2mTxt, wanted.grk);
  if (otherKey && onTaken === 'refuse') return err('CARD_TAKEN', otherKey);
  const manifest = present.t2mJson && readT2mJson(present.t2mJson);
  const fits = manifest?.ok && manifest.value.manifest.t2mSha256 === sha256Hex(bytes.value);
  if (present.t2mJson && !fits && onTaken === 'refuse') return err('CARD_TAKEN', 'T2M.json would no longer fit');
  const remove = present.t2mJson && !fits ? [T2M_JSON] : [];
  return ok({ files, remove });
}

function whatElse(t2mTxt: Uint8Array, grk: Grk): string | undefined {
  const parsed = parseT2mTxt(t2mTxt);
  if (!parsed.ok) return `T2M.txt is there, but ${parsed.fault.code}`;
  return parsed.value.grk === grk ? undefined : `T2M.txt with GRK id ${grkIdOf(parsed.value.grk)}`;
}
