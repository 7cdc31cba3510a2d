import { type EwonEvent, isError } from './events.ts';

// Whether an Ewon restarted. It may be away for minutes, or for less than the time between two looks; then its events tell. They also tell when it
// declines a firmware, over which it stays as it is.

/** What one look found: it did not answer, or it did, with its events where they can be read. */
export type Look = { readonly found: 'nobody' } | { readonly found: 'ewon'; readonly events?: readonly EwonEvent[] };
export type Restart = {
  readonly state: 'waiting' | 'away' | 'back';
  /** What it wrote against a firmware since, in its words. */
  readonly complaint?: string;
  /** The events from before; without them what is new cannot be told. */
  readonly known?: ReadonlySet<string>;
};

/** Before the restart was asked for, or the firmware sent. */
export function beforeRestart(events: readonly EwonEvent[] | undefined): Restart {
  return { state: 'waiting', ...(events && { known: new Set(events.map(keyOf)) }) };
}

/** Takes a look into account. `back` is final. */
export function afterLook(restart: Restart, look: Look): Restart {
  if (restart.state === 'back') return restart;
  if (look.found === 'nobody') return { ...restart, state: 'away' };
  const fresh = restart.known ? (look.events ?? []).filter((event) => !restart.known?.has(keyOf(event))) : [];
  if (restart.state === 'away' || fresh.some(isBoot)) return { ...restart, state: 'back' };
  const complaint = fresh.findLast((event) => isError(event) && !isBoot(event) && /firmware|\bfwr/i.test(event.text));
  return complaint ? { ...restart, complaint: complaint.text } : restart;
}

function isBoot({ text }: EwonEvent): boolean {
  return text.startsWith('System Booting');
}

function keyOf({ when, number, id, text }: EwonEvent): string {
  return `${when} ${number} ${id} ${text}`;
}
