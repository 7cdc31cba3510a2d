import type { CardPart, CardPiece, Result } from '@ewon-agent/contracts';
import { findOtherFile } from '../core/known-files.ts';
import type { BlockDevice } from './block-device.ts';
import type { Exfat } from './exfat.ts';
import type { Fat } from './fat.ts';
import { onCard } from './on-card.ts';
import type { CardBudget } from './sectors.ts';

/** What one piece may cost. Of a sound card it takes the piece itself, its entry, and the table as far as the piece. */
export const PIECE_BUDGET: CardBudget = {
  bytes: 2560 * 1024, // a piece whose every sector lies in another page of 4 KiB, a long root, and the table of 300,000 clusters or so
  sectors: 32_768, // a chain that jumps about in its table is asked for sector by sector; some 50 ms
  timeMs: 1800, // as for reading a card
};

/**
 * Reads a piece of one of the other files of a card, which is found by its name in any case. Each piece is found anew, from the table
 * on: nothing of a hostile card is kept between two of them.
 * Codes: CARD_GONE (no such file, too), CARD_NOT_A_FILE, those of reading a card.
 */
export function readCardPiece(
  device: BlockDevice,
  part: CardPart,
  budget: CardBudget = PIECE_BUDGET,
): Promise<Result<CardPiece>> {
  return onCard(device, budget, {
    fat: (fat) => readOnFat(fat, part),
    exfat: (exfat) => readOnExfat(exfat, part),
  });
}

function readOnFat(fat: Fat, part: CardPart): Result<CardPiece> {
  const mounted = fat.mount();
  if (!mounted.ok) return mounted;
  const entries = fat.list([part.name]);
  if (!entries.ok) return entries;
  const found = findOtherFile(entries.value, part.name);
  return found.ok ? fat.piece({ ...part, name: found.value.name }) : found;
}

async function readOnExfat(exfat: Exfat, part: CardPart): Promise<Result<CardPiece>> {
  const entries = await exfat.list();
  if (!entries.ok) return entries;
  const found = findOtherFile(entries.value, part.name);
  return found.ok ? exfat.piece(found.value, part) : found;
}
