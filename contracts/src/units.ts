// Units that names in this code base end with. A bare number never crosses a border.

/** Milliseconds since 1970-01-01T00:00:00Z, or a length of time, as the name says (`atMs`, `afterMs`). */
export type Millis = number;
/** RFC 3339 UTC with milliseconds: `2026-03-01T12:00:00.000Z`. */
export type Timestamp = string;

export const SECOND_MS = 1000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
export const KIB = 1024;

/** Writes a time as RFC 3339 UTC with milliseconds. */
export function timestampOf(atMs: Millis): Timestamp {
  return new Date(atMs).toISOString();
}
