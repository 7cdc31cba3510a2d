import type { CardReceipt } from '../card-receipt.ts';
import type { SlotId } from '../ids.ts';
import type { Result } from '../result.ts';

/**
 * What a slot reports. `insertion` names one stay of one medium in the slot: the same card taken out and put
 * back, or a file replaced in place, is another insertion.
 */
export type SlotChange =
  | { readonly on: 'CardInserted'; readonly slot: SlotId; readonly insertion: string }
  | { readonly on: 'CardRemoved'; readonly slot: SlotId }
  /** Something that is no card was plugged into the slot and locked out, such as a keyboard in disguise; `device` names it. */
  | { readonly on: 'DeviceRefused'; readonly slot: SlotId; readonly device: string };

/** What was found in the root of the first partition: raw bytes, nothing judged. */
export type CardFiles = {
  /** At most T2M_TXT_MAX_BYTES; absent when there is no such file. */
  readonly t2mTxt?: Uint8Array;
  /** At most T2M_JSON_MAX_BYTES; absent when there is no such file. */
  readonly t2mJson?: Uint8Array;
  /** Other files of the easy-commissioning list (ewon-facts §1.2) that are there, in their strict order. */
  readonly otherFiles: readonly string[];
  /** There when the card carries a RESULT.TXT: it was used before. */
  readonly hasReceipts?: true;
};

/** A part of one of the `otherFiles`, by its name there; `offset` and `length` in bytes, whole and not negative. */
export type CardPart = { readonly name: string; readonly offset: number; readonly length: number };

/** A part of a file, raw and unjudged, and the size of the whole file. */
export type CardPiece = { readonly sizeBytes: number; readonly bytes: Uint8Array };

/** What is left on a card that asked for it: the receipt first, then the key is overwritten and removed. */
export type CardMark = { readonly receipt?: CardReceipt; readonly wipe?: true };

/**
 * Card slots of a board.
 *
 * Obligations:
 * - `watch` reports what is in the slots already before it resolves, then every change, in order, per slot
 *   alternating inserted and removed; a card replaced without a gap reports removed, then inserted.
 * - After `stop` nothing is reported any more.
 * - `DeviceRefused` is told once for each plug of such a device, beside the order of inserted and removed.
 * - `read` looks up known names only (in any case), walks nothing, keeps to the limits of the contracts, and answers within
 *   two seconds: one whole version of each file or a refusal, never a mixture. It never throws.
 *   Codes: CARD_GONE (also when `insertion` is not the present one), CARD_UNREADABLE, CARD_NOT_FAT, CARD_DAMAGED, CARD_TOO_LARGE,
 *   CARD_NOT_A_FILE, CARD_MEDIUM_TOO_LARGE, CARD_BUDGET, CARD_MOUNT_UNSAFE. A card without T2M.txt is read well; judging is not its business.
 * - `piece` answers a part of one of the `otherFiles` within two seconds: at most CARD_PIECE_MAX_BYTES whatever is asked for, fewer at the
 *   end of the file, none beyond it. Whoever wants a file asks for one piece after the other. It never throws.
 *   Codes: those of `read`; CARD_GONE also for a file that is not there (any more), or that is none of the `otherFiles`, such as T2M.txt.
 * - `mark` writes to the medium of that very insertion, whole or not at all, and flushes it; the stay goes on: nothing is reported, and the
 *   card can be read by the same insertion. One card is read or written by one call at a time. It never throws.
 *   Codes: those of `read`, CARD_UNWRITABLE (also write-protected), CARD_EXFAT, CARD_FULL.
 */
export type SlotPort = {
  readonly slots: readonly SlotId[];
  watch(report: (change: SlotChange) => void): Promise<{ stop(): Promise<void> }>;
  read(slot: SlotId, insertion: string): Promise<Result<CardFiles>>;
  piece(slot: SlotId, insertion: string, part: CardPart): Promise<Result<CardPiece>>;
  mark(slot: SlotId, insertion: string, mark: CardMark): Promise<Result<void>>;
};
