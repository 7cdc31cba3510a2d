import type { SlotId } from '../ids.ts';
import type { Result } from '../result.ts';

/**
 * What a slot reports. `insertion` names one stay of one medium in the slot: the same card taken out and put
 * back, or a file replaced in place, is another insertion.
 */
export type SlotChange =
  | { readonly on: 'CardInserted'; readonly slot: SlotId; readonly insertion: string }
  | { readonly on: 'CardRemoved'; readonly slot: SlotId };

/** What was found in the root of the first partition: raw bytes, nothing judged. */
export type CardFiles = {
  /** At most T2M_TXT_MAX_BYTES; absent when there is no such file. */
  readonly t2mTxt?: Uint8Array;
  /** At most T2M_JSON_MAX_BYTES; absent when there is no such file. */
  readonly t2mJson?: Uint8Array;
  /** Other files of the easy-commissioning list (ewon-facts §1.2) that are there, in their strict order. */
  readonly otherFiles: readonly string[];
};

/**
 * Card slots of a board.
 *
 * Obligations:
 * - `watch` reports what is in the slots already before it resolves, then every change, in order, per slot
 *   alternating inserted and removed; a card replaced without a gap reports removed, then inserted.
 * - After `stop` nothing is reported any more.
 * - `read` looks up known names only (in any case), walks nothing, keeps to the limits of the contracts, and answers within
 *   two seconds: one whole version of each file or a refusal, never a mixture. It never throws.
 *   Codes: CARD_GONE (also when `insertion` is not the present one), CARD_UNREADABLE, CARD_NOT_FAT, CARD_DAMAGED, CARD_TOO_LARGE,
 *   CARD_NOT_A_FILE, CARD_MEDIUM_TOO_LARGE, CARD_BUDGET. A card without T2M.txt is read well; judging is not its business.
 */
export type SlotPort = {
  readonly slots: readonly SlotId[];
  watch(report: (change: SlotChange) => void): Promise<{ stop(): Promise<void> }>;
  read(slot: SlotId, insertion: string): Promise<Result<CardFiles>>;
};
