import type { SeqRange } from '../seq-ranges.ts';
import { jsonReader } from '../validate.ts';
import { atLeast, count, listOf, text } from './common.ts';

/**
 * What the account says to a device on `down/ack`, once it has committed messages: their ranges, of one epoch. Ranges
 * instead of "all up to here", because new messages overtake those that wait (decision 0016).
 */
export type AckMessage = { readonly v: 1; readonly epoch: string; readonly ranges: readonly SeqRange[] };

/** An acknowledgement of 200 ranges is about 4 KiB; who has more sends several. */
export const ACK_RANGES_MAX = 200;

/** Reads an acknowledgement. A range that ends before it begins is none, and is ignored by whoever takes it. Codes: BAD_REQUEST. */
export const readAck = jsonReader<AckMessage>(
  atLeast({ v: { const: 1 }, epoch: text(40, 1), ranges: listOf(listOf(count, 2, 2), ACK_RANGES_MAX, 1) }),
);
