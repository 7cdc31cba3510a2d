import {
  type CardFiles,
  type CardManifest,
  err,
  type Fault,
  type Grk,
  grkIdOf,
  ok,
  type Result,
  sha256Hex,
} from '@ewon-agent/contracts';
import type { AccountCard } from './account-card.ts';
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
  if (!read.ok) return overUnread(read.fault, { files, remove: [T2M_JSON] }, onTaken);
  const present = read.value;
  const otherKey = present.t2mTxt && otherKeyIn(present.t2mTxt, wanted.grk);
  if (otherKey && onTaken === 'refuse') return err('CARD_TAKEN', otherKey);
  const manifest = present.t2mJson && readT2mJson(present.t2mJson);
  const fits = manifest?.ok && manifest.value.manifest.t2mSha256 === sha256Hex(bytes.value);
  if (present.t2mJson && !fits && onTaken === 'refuse') return err('CARD_TAKEN', 'T2M.json would no longer fit');
  const remove = present.t2mJson && !fits ? [T2M_JSON] : [];
  return ok({ files, remove });
}

/**
 * Decides what to write for a card that an account signed. Without 'replace' neither another key nor a T2M.json of another account or key
 * is lost; an older one of the same account and key gives way.
 * @param read what was read of the card before
 * Codes: CARD_TAKEN, those of `read`.
 */
export function planSignedExport(
  read: Result<CardFiles>,
  card: Pick<AccountCard, 'grk' | 'manifest' | 't2mTxt' | 't2mJson'>,
  onTaken: OnTaken,
): Result<ExportPlan> {
  // T2M.txt last: a card that is pulled in between is none, rather than one that nobody signed
  const files = [
    { name: T2M_JSON, bytes: card.t2mJson },
    { name: T2M_TXT, bytes: card.t2mTxt },
  ];
  const plan = { files, remove: [] };
  if (!read.ok) return overUnread(read.fault, plan, onTaken);
  if (onTaken === 'replace') return ok(plan);
  const { t2mTxt, t2mJson } = read.value;
  const other = (t2mTxt && otherKeyIn(t2mTxt, card.grk)) ?? (t2mJson && otherSignerIn(t2mJson, card.manifest));
  return other === undefined ? ok(plan) : err('CARD_TAKEN', other);
}

/** What is too large to be read can be replaced all the same; any other fault would meet the writing as well. */
function overUnread(fault: Fault, plan: ExportPlan, onTaken: OnTaken): Result<ExportPlan> {
  if (fault.code !== 'CARD_TOO_LARGE') return { ok: false, fault };
  return onTaken === 'replace' ? ok(plan) : err('CARD_TAKEN', fault.detail);
}

function otherKeyIn(t2mTxt: Uint8Array, grk: Grk): string | undefined {
  const parsed = parseT2mTxt(t2mTxt);
  if (!parsed.ok) return `T2M.txt is there, but ${parsed.fault.code}`;
  return parsed.value.grk === grk ? undefined : `T2M.txt with GRK id ${grkIdOf(parsed.value.grk)}`;
}

function otherSignerIn(t2mJson: Uint8Array, manifest: CardManifest): string | undefined {
  const present = readT2mJson(t2mJson);
  if (!present.ok) return `T2M.json is there, but ${present.fault.code}`;
  const { accountKey, accountUrl, grkId } = present.value.manifest;
  if (accountKey.x !== manifest.accountKey.x) return `T2M.json of another account, ${accountUrl}`;
  return grkId === manifest.grkId ? undefined : `T2M.json for GRK id ${grkId}`;
}
