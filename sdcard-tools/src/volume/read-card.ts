import { type CardFiles, ok, type Result, T2M_JSON_MAX_BYTES, T2M_TXT_MAX_BYTES } from '@ewon-agent/contracts';
import { CARD_NAMES } from '../core/easy-commissioning.ts';
import { findKnownFiles, type KnownFiles } from '../core/known-files.ts';
import type { BlockDevice } from './block-device.ts';
import type { Exfat } from './exfat.ts';
import type { Fat } from './fat.ts';
import { onCard } from './on-card.ts';
import type { CardBudget } from './sectors.ts';

/** What reading a card may cost. A sound card takes about 10 sectors and 10 ms. */
export const CARD_BUDGET: CardBudget = {
  bytes: 512 * 1024, // a root directory of 16,000 entries; memory stays far below the 5 MB of threats.md
  sectors: 2560, // such a directory in clusters of one sector takes 2,048: FatFs asks for the table in between
  timeMs: 1800, // the slot must have decided within 2 s (threats.md)
};

/**
 * Reads what an Ewon would look for in the root of the first partition, a FAT12, FAT16, FAT32 or exFAT: T2M.txt, T2M.json, and the
 * names of the other files of the list. Names are matched in any case; nothing is walked. One whole version of each file or a refusal.
 * Codes: CARD_MEDIUM_TOO_LARGE, CARD_NOT_FAT, CARD_DAMAGED, CARD_NOT_A_FILE, CARD_TOO_LARGE, CARD_BUDGET, CARD_UNREADABLE, CARD_GONE.
 */
export function readCard(device: BlockDevice, budget: CardBudget = CARD_BUDGET): Promise<Result<CardFiles>> {
  return onCard(device, budget, { fat: readFatFiles, exfat: readExfatFiles });
}

function readFatFiles(fat: Fat): Result<CardFiles> {
  const mounted = fat.mount();
  if (!mounted.ok) return mounted;
  const entries = fat.list(CARD_NAMES);
  if (!entries.ok) return entries;
  const known = findKnownFiles(entries.value);
  if (!known.ok) return known;
  const { t2mTxt, t2mJson } = known.value;
  const txt = t2mTxt ? fat.read(t2mTxt.name, T2M_TXT_MAX_BYTES) : ok(undefined);
  if (!txt.ok) return txt;
  const json = t2mJson ? fat.read(t2mJson.name, T2M_JSON_MAX_BYTES) : ok(undefined);
  return json.ok ? ok(filesOf(txt.value, json.value, known.value)) : json;
}

async function readExfatFiles(exfat: Exfat): Promise<Result<CardFiles>> {
  const entries = await exfat.list();
  if (!entries.ok) return entries;
  const known = findKnownFiles(entries.value);
  if (!known.ok) return known;
  const { t2mTxt, t2mJson } = known.value;
  const txt = t2mTxt ? await exfat.read(t2mTxt, T2M_TXT_MAX_BYTES) : ok(undefined);
  if (!txt.ok) return txt;
  const json = t2mJson ? await exfat.read(t2mJson, T2M_JSON_MAX_BYTES) : ok(undefined);
  return json.ok ? ok(filesOf(txt.value, json.value, known.value)) : json;
}

function filesOf(
  t2mTxt: Uint8Array | undefined,
  t2mJson: Uint8Array | undefined,
  { otherFiles, hasReceipts }: KnownFiles<unknown>,
): CardFiles {
  return { ...(t2mTxt && { t2mTxt }), ...(t2mJson && { t2mJson }), otherFiles, ...(hasReceipts && { hasReceipts }) };
}
