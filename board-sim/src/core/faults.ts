// What can go wrong, as data. Each name is a defect that somebody met on a real board, with its story beside it.

export const SLOT_FAULTS = [
  'ok',
  'pulledDuringRead', // the fitter is quicker than the reader: the LED blinked, so "it is done"
  'replacedDuringRead', // two cards in one hand
  'eio', // a worn card: a sector answers with EIO
  'slowCard', // a cheap card that collects its garbage for nearly two seconds first
  'hangingCard', // a contact that is half in: the kernel retries, nothing comes
  'notFat', // formatted by a camera, or a card that lost its boot sector
] as const;
export type SlotFault = (typeof SLOT_FAULTS)[number];

export const EWON_FAULTS = [
  'well',
  'silent', // the cable is out, or the Ewon boots: packets go nowhere
  'refused', // HTTP is closed towards this port (ClosedDevice), or moved to 81
  'drip', // an answer that comes a byte at a time and never ends
  'loginPage', // 200 with the HTML of the login page instead of the export block
  'noSerial', // asked while the firmware starts: the block lacks SerNum
  'wrongPassword', // the password was changed on the Ewon only
  'endless', // a proxy between the two that never stops
] as const;
export type EwonFault = (typeof EWON_FAULTS)[number];

/** Cuts the power once, at the n-th call of a port (counted from 1 since the power came on), before it acts or after it acted. */
export type PowerFault = { readonly call: number; readonly cut: 'before' | 'after' };

/** What stays wrong (one name) or what comes in turn (a list; after its end all is well). */
export type Scripted<F> = F | readonly F[];

export type Faults = {
  readonly reads?: Scripted<SlotFault>;
  readonly ewon?: Scripted<EwonFault>;
  readonly power?: PowerFault;
  /** `lost`: no battery behind the clock, so it stands at 1970 when the power comes back. */
  readonly wallClock?: 'kept' | 'lost';
};

/**
 * Takes the next fault of a script.
 * @returns the fault, and the script that remains
 */
export function nextFault<F>(script: Scripted<F> | undefined, well: F): readonly [F, Scripted<F> | undefined] {
  if (script === undefined) return [well, undefined];
  if (!isList(script)) return [script, script];
  const [first, ...rest] = script;
  return first === undefined ? [well, undefined] : [first, rest];
}

function isList<F>(script: Scripted<F>): script is readonly F[] {
  return Array.isArray(script);
}
