import type { EwonEvent } from './events.ts';

// Whether an Ewon restarted. It may be away for minutes, or for less than the time between two looks; then its events tell.

/** What one look found: it did not answer, or it did and this is the last of its events that says that it boots. */
export type Look = { readonly found: 'nobody' } | { readonly found: 'ewon'; readonly boot?: string };
export type Restart = { readonly state: 'waiting' | 'away' | 'back'; readonly boot?: string };

/** Before the restart was asked for. */
export function beforeRestart(boot: string | undefined): Restart {
  return { state: 'waiting', ...(boot !== undefined && { boot }) };
}

/** Takes a look into account. `back` is final. */
export function afterLook(restart: Restart, look: Look): Restart {
  if (restart.state === 'back') return restart;
  if (look.found === 'nobody') return { ...restart, state: 'away' };
  const booted = look.boot !== undefined && look.boot !== restart.boot;
  return restart.state === 'away' || booted ? { ...restart, state: 'back' } : restart;
}

/** Names the last boot of a list of events. @returns undefined without one */
export function lastBoot(events: readonly EwonEvent[]): string | undefined {
  const boot = events.findLast(({ text }) => text.startsWith('System Booting'));
  return boot && `${boot.when} ${boot.number}`;
}
