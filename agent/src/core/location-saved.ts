import {
  err,
  jsonReader,
  LOCATION_OFF_BY,
  type LocationEvidence,
  type LocationOffBy,
  locationMembers,
  ok,
  type Result,
  type Timestamp,
  toUtf8,
} from '@ewon-agent/contracts';
import { LEDGER_DEEDS, LEDGER_MAX, type Ledger, LOCATION_SOURCES } from './location-ledger.ts';

// What survives a restart while this device may be located: what its account was told, so that it is not told again, and the ledger.
// When it may not be located any more, nothing of a place is left in it: only that the account has to be told, until it was.

/** What the account may know. `arrived`: the broker had it; else it may know it, and is told it once more. */
export type Told = {
  readonly deviceId: string;
  readonly at: Timestamp;
  readonly evidence: LocationEvidence;
  readonly arrived: boolean;
};
/** What was told has to be taken back, and the account was not told so yet. */
export type Withdrawing = { readonly deviceId: string; readonly by: LocationOffBy };
export type SavedLocation = { readonly told?: Told; readonly withdrawing?: Withdrawing; readonly ledger: Ledger };

export const NO_LOCATION_SAVED: SavedLocation = { ledger: [] };

/** Writes what is to survive. */
export function savedLocationText({ told, withdrawing, ledger }: SavedLocation): string {
  return JSON.stringify({ v: 1, ...(withdrawing ? { withdrawing, ledger: [] } : { told, ledger }) });
}

/** Reads it back. Codes: STATE_DAMAGED. */
export function readSavedLocation(text: string | undefined): Result<SavedLocation> {
  if (text === undefined) return ok(NO_LOCATION_SAVED);
  const read = readDocument(toUtf8(text));
  return read.ok ? read : err('STATE_DAMAGED', 'location.json'); // what is in it is not for a log
}

const [{ evidence }] = locationMembers;
const text = (maxLength: number) => ({ type: 'string', maxLength });
const object = (required: readonly string[], properties: object) => ({ type: 'object', required, properties });
const readDocument = jsonReader<SavedLocation & { readonly v: 1 }>(
  object(['v', 'ledger'], {
    v: { const: 1 },
    told: object(['deviceId', 'at', 'evidence', 'arrived'], {
      ...{ deviceId: text(64), at: text(40), arrived: { type: 'boolean' } },
      evidence,
    }),
    withdrawing: object(['deviceId', 'by'], { deviceId: text(64), by: { enum: LOCATION_OFF_BY } }),
    ledger: {
      type: 'array',
      maxItems: LEDGER_MAX,
      items: object(['did', 'what', 'at', 'until', 'times'], {
        ...{ did: { enum: LEDGER_DEEDS }, source: { enum: LOCATION_SOURCES }, times: { type: 'number' } },
        ...{ what: text(200), at: text(40), until: text(40) },
      }),
    },
  }),
);
