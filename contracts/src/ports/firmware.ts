import type { Serial } from '../ids.ts';
import type { Result } from '../result.ts';
import type { TagSample } from '../schema/messages.ts';
import type { Millis } from '../units.ts';

/** What the Ewon's firmware says of itself. `firmware` as in events.txt: `14.6s0`. */
export type EwonIdentity = { readonly serial: Serial; readonly model: string; readonly firmware: string };

/** A tag of the Ewon as it stands. Its answer does not tell types apart, so a boolean tag is 0 or 1. */
export type TagReading = Required<Omit<TagSample, 'at'>>;

/** A kind of link by which an Ewon goes out. */
export type EwonWanKind = 'ethernet' | 'cellular' | 'wifi';

/** By its settings, an Ewon falls back from its primary way out to a secondary one, and goes back after `stayMs`, whatever the primary does meanwhile. */
export type EwonFallback = { readonly primary: EwonWanKind; readonly secondary: EwonWanKind; readonly stayMs: Millis };

/** A file of easy commissioning, on a card that may be pulled while it is read. */
export type CardFile = {
  /** As on the list of ewon-facts §1.2, whatever the case on the card: `backup.tar`. */
  readonly name: string;
  readonly sizeBytes: number;
  /**
   * Answers the bytes from an offset on: at most CARD_PIECE_MAX_BYTES, fewer at the end of the file. Codes: those of `SlotPort.piece`.
   */
  piece(offset: number, length: number): Promise<Result<Uint8Array>>;
};

/**
 * The Ewon beside the agent.
 *
 * Obligations:
 * - `identity` answers within five seconds and never throws. Codes: FIRMWARE_UNREACHABLE, FIRMWARE_ANSWER_BAD.
 * - `tags` is there only where the Ewon can be asked for the values of its tags. It answers all of them within five seconds,
 *   in the Ewon's order, and never throws. Codes: those of `identity`.
 * - `status` is there only where the Ewon can be asked for its status block: the values by their keys. It answers as `identity` does.
 * - `fallback` is there only where the Ewon can be asked for its settings: `none` for one that has no secondary way out. It answers as `identity` does, and
 *   nothing of the other settings, among them passwords, is in its answer.
 * - `take` is there only where the Ewon can be given files. It is asked for one file at a time, in the strict order: firmware files first,
 *   then configuration. It answers when the Ewon is ready for the next file, a restart of the Ewon included, and after ten minutes at most.
 * - `take` asks for each byte at most once, in order, and for no more at a time than CARD_PIECE_MAX_BYTES; a file that it declines it
 *   may leave unread. A fault of a piece ends the file, is answered as it is, and leaves the Ewon as it was; so does a file
 *   that ends before its size (CARD_DAMAGED). It never throws.
 *   Codes: FIRMWARE_FILE_DECLINED, those of `identity`, those of the pieces.
 */
export type FirmwarePort = {
  identity(): Promise<Result<EwonIdentity>>;
  tags?(): Promise<Result<readonly TagReading[]>>;
  status?(): Promise<Result<ReadonlyMap<string, string>>>;
  fallback?(): Promise<Result<EwonFallback | 'none'>>;
  take?(file: CardFile): Promise<Result<void>>;
};
