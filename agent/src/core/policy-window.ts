import { DAY_MS, DAYS, MINUTE_MS, type Millis, type PolicyWindow } from '@ewon-agent/contracts';

/**
 * Tells whether a window is open.
 * @param offsetMs what the local time of the board is ahead of UTC at that moment; counts for windows of zone `device`
 */
export function isOpen(window: PolicyWindow, atMs: Millis, offsetMs: Millis): boolean {
  const localMs = window.zone === 'device' ? atMs + offsetMs : atMs;
  const minute = Math.floor((((localMs % DAY_MS) + DAY_MS) % DAY_MS) / MINUTE_MS);
  const [from, to] = [minuteOf(window.from), minuteOf(window.to)];
  const today = dayOf(localMs);
  const isOn = (day: string | undefined) => window.days.some((one) => one === day);
  if (from < to) return isOn(today) && from <= minute && minute < to;
  // past midnight it is still the window of the day before
  return (isOn(today) && minute >= from) || (isOn(dayOf(localMs - DAY_MS)) && minute < to);
}

function dayOf(atMs: Millis): string | undefined {
  return DAYS[(new Date(atMs).getUTCDay() + 6) % 7];
}

function minuteOf(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return hours * 60 + minutes;
}
