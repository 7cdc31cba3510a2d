import { MINUTE_MS, type Millis, type Timestamp } from '@ewon-agent/contracts';

/**
 * An Ewon that is online says something every quarter of an hour (its health). After two of those and a while more it
 * is gone, and nobody could tell: its broker was killed, and with it the last will.
 */
export const SILENT_OFFLINE_MS: Millis = 35 * MINUTE_MS;

/** Tells whether nothing was heard of an Ewon for longer than one that is online is silent. */
export function isSilent({ lastSeenAt }: { readonly lastSeenAt: Timestamp | null }, nowMs: Millis): boolean {
  return lastSeenAt !== null && nowMs - Date.parse(lastSeenAt) > SILENT_OFFLINE_MS;
}

/**
 * Tells whether an Ewon that counts as online is not any more.
 * @param listeningSince from when on it would have been heard by this server
 */
export function isGone(
  ewon: { readonly online: boolean; readonly lastSeenAt: Timestamp | null },
  { nowMs, listeningSinceMs }: { readonly nowMs: Millis; readonly listeningSinceMs: Millis },
): boolean {
  const heardMs = Math.max(listeningSinceMs, ewon.lastSeenAt === null ? 0 : Date.parse(ewon.lastSeenAt));
  return ewon.online && nowMs - heardMs > SILENT_OFFLINE_MS;
}
