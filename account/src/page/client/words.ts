import { harmless } from '../../core/harmless.ts';
import { LOCALE, TEXTS } from './texts.ts';

// How values are said to a person. Pure: the time of day comes in.

export { harmless };

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Under this, seconds are noise; also hides small differences between the clocks of server and browser. */
const JUST_NOW_MS = 5 * SECOND_MS;
/** Longest Ewon name the account takes. */
const NAME_MAX_CHARACTERS = 100;

/** Says how long ago something was: `just now`, `25 s ago`, `3 min ago`, `2 h ago`, `5 days ago`. A time ahead of us is `just now`. */
export function ago(at: string, nowMs: number): string {
  const T = TEXTS.ago;
  const passedMs = nowMs - Date.parse(at);
  if (!(passedMs >= JUST_NOW_MS)) return T.now; // also when the time cannot be read
  if (passedMs < MINUTE_MS) return T.seconds(Math.floor(passedMs / SECOND_MS));
  if (passedMs < HOUR_MS) return T.minutes(Math.floor(passedMs / MINUTE_MS));
  if (passedMs < DAY_MS) return T.hours(Math.floor(passedMs / HOUR_MS));
  return T.days(Math.floor(passedMs / DAY_MS));
}

/** Says how long something still holds: `40 s`, `23 h`, `364 days`; what is over is `no time`. */
export function stillHolds(until: string, nowMs: number): string {
  const T = TEXTS.holds;
  const leftMs = Date.parse(until) - nowMs;
  if (!(leftMs >= SECOND_MS)) return T.over; // also when the time cannot be read
  if (leftMs < MINUTE_MS) return T.seconds(Math.floor(leftMs / SECOND_MS));
  if (leftMs < HOUR_MS) return T.minutes(Math.floor(leftMs / MINUTE_MS));
  if (leftMs < 2 * DAY_MS) return T.hours(Math.floor(leftMs / HOUR_MS));
  return T.days(Math.floor(leftMs / DAY_MS));
}

const KIB = 1024;

/** Writes a size as `900 bytes`, `12 KiB`, `6.0 MiB`. */
export function sizeText(bytes: number): string {
  if (bytes < KIB) return TEXTS.bytes(bytes);
  if (bytes < KIB * KIB) return `${Math.round(bytes / KIB)} KiB`;
  return `${numberText(bytes / KIB / KIB, 1)} MiB`;
}

/** Writes a number as the language of the page does: `12,345`. @param decimals behind the point, all of them */
export function numberText(n: number, decimals = 0): string {
  return n.toLocaleString(LOCALE, { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

/** Writes a time as `2026-11-23 19:40:02` on the clock of whoever looks; what is not a time stays as it is. */
export function clockTime(at: string): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return harmless(at);
  const two = (n: number) => String(n).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/**
 * Proposes names for a new Ewon, the best first: the card's note, then with the serial behind it, because cards are written once and
 * used many times, then the serial. None is longer than a name may be.
 */
export function proposedNames(asks: { readonly note: string; readonly serial: string }): readonly string[] {
  const note = harmless(asks.note.trim());
  const names =
    note === ''
      ? [asks.serial]
      : [note, `${note.slice(0, NAME_MAX_CHARACTERS - 1 - asks.serial.length)} ${asks.serial}`, asks.serial];
  return names.filter((name) => name.length <= NAME_MAX_CHARACTERS);
}
