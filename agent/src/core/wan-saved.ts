import { err, jsonReader, ok, type Result, toUtf8, WAN_HISTORY_MAX, type WanChange } from '@ewon-agent/contracts';
import type { Verdict } from './wan-judge.ts';

// What survives a power cut: how the way stood and since when, its history, the bytes of this month, and where the account was
// last found, so that a name server that is gone can be told from a way that is.

/** How the way stands, since when by the wall. */
export type Settled = Verdict & { readonly sinceMs: number };
/** Bytes that probes cost in a month; `spentTold` once the end of it was reported. */
export type Budget = { readonly month: string; readonly bytes: number; readonly spentTold?: true };
export type SavedWan = {
  readonly settled?: Settled;
  readonly history: readonly WanChange[];
  readonly budget: Budget;
  readonly knownAddress?: string;
};

/** Nothing was saved yet. */
export const NOTHING_SAVED: SavedWan = { history: [], budget: { month: '', bytes: 0 } };

/** Writes what is to survive. */
export function savedText({ settled, history, budget, knownAddress }: SavedWan): string {
  return JSON.stringify({ v: 1, settled, history, budget, knownAddress });
}

/** Reads it back. Codes: STATE_DAMAGED. */
export function readSavedWan(text: string | undefined): Result<SavedWan> {
  if (text === undefined) return ok(NOTHING_SAVED);
  const read = readDocument(toUtf8(text));
  return read.ok ? read : err('STATE_DAMAGED', `wan.json: ${read.fault.detail}`);
}

const text = { type: 'string', maxLength: 300 };
const object = (required: readonly string[], properties: object) => ({ type: 'object', required, properties });
const readDocument = jsonReader<SavedWan & { readonly v: 1 }>({
  type: 'object',
  required: ['v', 'history', 'budget'],
  properties: {
    v: { const: 1 },
    settled: object(['at', 'connectivity', 'cause', 'detail', 'sinceMs'], {
      at: { enum: ['online', 'offline'] },
      ...{ link: text, connectivity: text, cause: text, detail: text },
      sinceMs: { type: 'number' },
    }),
    history: { type: 'array', maxItems: WAN_HISTORY_MAX, items: object(['at', 'cause'], { at: text, cause: text }) },
    budget: object(['month', 'bytes'], { month: text, bytes: { type: 'number', minimum: 0 } }),
    knownAddress: text,
  },
});
