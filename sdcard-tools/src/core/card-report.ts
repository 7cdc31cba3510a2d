import {
  type CardFiles,
  type CardManifest,
  CODES,
  type Code,
  type Fault,
  type Fingerprint,
  fingerprintOf,
  type GrkId,
  grkIdOf,
  publicKeyOf,
  type Result,
} from '@ewon-agent/contracts';
import { judgeCard } from './card.ts';
import { inStrictOrder, T2M_JSON, T2M_TXT } from './easy-commissioning.ts';
import { readT2mJson } from './t2m-json.ts';
import { parseT2mTxt } from './t2m-txt.ts';

/** What `sdcard inspect` says of a card: never the key. `signed` is there when T2M.json is whole, even if it belongs to another T2M.txt. */
export type CardReport = {
  readonly outcome: Code;
  /** What was met and what to do about it; absent for a usable card. */
  readonly detail?: string;
  readonly next?: string;
  readonly t2m: { readonly grkId: GrkId; readonly note: string } | null;
  readonly signed: SignedReport | null;
  /** Files of the easy-commissioning list that are there, in the order in which an Ewon takes them, and T2M.json. */
  readonly files: readonly string[];
};

export type SignedReport = Pick<CardManifest, 'accountUrl' | 'pool' | 'notBefore' | 'notAfter' | 'receipt' | 'wipe'> & {
  readonly accountKeyFingerprint: Fingerprint;
};

/** Says what a card is worth, from what was read of it or from why it could not be read. */
export function reportCard(read: Result<CardFiles>): CardReport {
  if (!read.ok) return { ...outcomeOf(read.fault), t2m: null, signed: null, files: [] };
  const files = read.value;
  const judged = judgeCard(files, {});
  const t2m = files.t2mTxt && parseT2mTxt(files.t2mTxt);
  return {
    ...(judged.ok ? { outcome: 'CARD_USABLE' } : outcomeOf(judged.fault)),
    t2m: t2m?.ok ? { grkId: grkIdOf(t2m.value.grk), note: t2m.value.note } : null,
    signed: files.t2mJson ? reportSigned(files.t2mJson) : null,
    files: inStrictOrder([
      ...files.otherFiles,
      ...(files.t2mTxt ? [T2M_TXT] : []),
      ...(files.t2mJson ? [T2M_JSON] : []),
    ]),
  };
}

/** Says what a T2M.json says; null for one that is not whole. */
export function reportSigned(bytes: Uint8Array): SignedReport | null {
  const signed = readT2mJson(bytes);
  const key = signed.ok ? publicKeyOf(signed.value.manifest.accountKey) : undefined;
  if (!signed.ok || !key) return null;
  const { accountUrl, pool, notBefore, notAfter, receipt, wipe } = signed.value.manifest;
  const accountKeyFingerprint = fingerprintOf(key);
  return {
    accountUrl,
    accountKeyFingerprint,
    ...(pool !== undefined && { pool }),
    notBefore,
    ...(notAfter !== undefined && { notAfter }),
    receipt,
    wipe,
  };
}

function outcomeOf(fault: Fault): Pick<CardReport, 'outcome' | 'detail' | 'next'> {
  return { outcome: fault.code, detail: fault.detail, next: CODES[fault.code].next };
}
