import type { Code } from './codes.ts';
import type { Fingerprint, GrkId, Serial } from './ids.ts';
import type { Timestamp } from './units.ts';

/** What a card remembers of one device, a line of RESULT.TXT: never a secret (protocol §2, docs/decisions/0010-receipt-and-wipe.md). */
export type CardReceipt = {
  readonly at: Timestamp;
  readonly serial: Serial;
  readonly fingerprint: Fingerprint;
  readonly grkId: GrkId;
  readonly code: Code;
};
