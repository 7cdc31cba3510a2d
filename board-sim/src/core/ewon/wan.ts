import { MINUTE_MS, type Millis, SECOND_MS } from '@ewon-agent/contracts';
import type { Settings } from './settings.ts';

// The WAN of an Ewon and its fallback (SSH-0050-00 v2.0): while on the primary, the hosts are asked every
// WANFbckCheckPeriod; after WANFbckMaxCnxRetries failures in a row the secondary is used for WANFbckMaxDuration, unless the
// last fallback began less than WANFbckMinInterval ago. That the tries come a period apart is our reading.

export const LINKS = ['ethernet', 'cellular', 'wifi'] as const;
export type Link = (typeof LINKS)[number];
/** `silent`: the link is there, and the hosts do not answer over it. `down`: no cable, no network. */
export type LinkState = 'up' | 'silent' | 'down';
export type LinkStates = { readonly [link in Link]: LinkState };

export type Wan = {
  readonly on: 'primary' | 'secondary';
  /** Checks of the primary that failed in a row. */
  readonly failed: number;
  /** When the next check is due, or the end of the secondary. Only where a secondary is set. */
  readonly dueAtMs?: Millis | undefined;
  readonly fellBackAtMs?: Millis | undefined;
};

/** Links as they are when nothing is wrong, at a place without Wi-Fi. */
export const LINKS_WELL: LinkStates = { ethernet: 'up', cellular: 'up', wifi: 'down' };

/** Begins at a boot, or when the settings changed. */
export function wanBegins(settings: Settings, atMs: Millis): Wan {
  const secondary = linkOf(settings.get('WANFbckCnx'));
  return { on: 'primary', failed: 0, ...(secondary && { dueAtMs: atMs + periodMs(settings) }) };
}

/** The link that is in use; none when WANCnx is 0 or of a kind that is not simulated (ADSL). */
export function linkInUse(wan: Wan, settings: Settings): Link | undefined {
  return linkOf(settings.get(wan.on === 'primary' ? 'WANCnx' : 'WANFbckCnx'));
}

/** Does what is due by a moment. `happened` has what the Ewon writes down. */
export function wanPasses(
  wan: Wan,
  settings: Settings,
  links: LinkStates,
  atMs: Millis,
): { readonly wan: Wan; readonly happened: readonly { readonly atMs: Millis; readonly text: string }[] } {
  const happened: { readonly atMs: Millis; readonly text: string }[] = [];
  let now = wan;
  while (now.dueAtMs !== undefined && now.dueAtMs <= atMs) {
    const due = now.dueAtMs;
    const next = now.on === 'secondary' ? backToPrimary(now, settings, due) : checked(now, settings, links, due);
    if (next.on !== now.on) {
      const link = linkInUse(next, settings) ?? 'none';
      happened.push({ atMs: due, text: `wanfbck-${next.on === 'secondary' ? 'Fallback' : 'Back'} to ${link}` });
    }
    now = next;
  }
  return { wan: now, happened };
}

function checked(wan: Wan, settings: Settings, links: LinkStates, atMs: Millis): Wan {
  const link = linkInUse(wan, settings);
  const well = link !== undefined && links[link] === 'up';
  const failed = well ? 0 : wan.failed + 1;
  const again = { ...wan, failed, dueAtMs: atMs + periodMs(settings) };
  if (failed < Math.max(1, numberIn(settings, 'WANFbckMaxCnxRetries'))) return again;
  const earliestMs = (wan.fellBackAtMs ?? Number.NEGATIVE_INFINITY) + minutesMs(settings, 'WANFbckMinInterval');
  if (atMs < earliestMs) return again;
  return { on: 'secondary', failed: 0, fellBackAtMs: atMs, dueAtMs: atMs + minutesMs(settings, 'WANFbckMaxDuration') };
}

function backToPrimary(wan: Wan, settings: Settings, atMs: Millis): Wan {
  return { ...wan, on: 'primary', failed: 0, dueAtMs: atMs + periodMs(settings) };
}

function linkOf(connection: string | undefined): Link | undefined {
  return { '1': 'cellular', '2': 'ethernet', '4': 'wifi' }[connection ?? ''] as Link | undefined;
}

/** A check takes some time, even where the period is set to nothing. */
function periodMs(settings: Settings): Millis {
  return Math.max(1, numberIn(settings, 'WANFbckCheckPeriod')) * SECOND_MS;
}

function minutesMs(settings: Settings, key: string): Millis {
  return Math.max(1, numberIn(settings, key)) * MINUTE_MS;
}

function numberIn(settings: Settings, key: string): number {
  return Number(settings.get(key) ?? 0) || 0;
}
