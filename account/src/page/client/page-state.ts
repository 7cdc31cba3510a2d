// What the page knows, and how it learns more.
//
//   starting ──▶ signedOut ──▶ ready
//       └────────────────────────▲
//
// starting   nothing is known yet
// signedOut  the server does not know us; `problem` says why when a sign-in was tried
// ready      the lists are shown; `connection` tells whether they are live, and old lists stay while it is lost
import type {
  Account,
  AutoRegistration,
  Ewon,
  Grk,
  Me,
  Permission,
  Policy,
  Problem,
  Registration,
} from './api-types.ts';

export type Lists = {
  readonly account: Account;
  readonly me: Me;
  readonly registrations: readonly Registration[];
  readonly ewons: readonly Ewon[];
  readonly grks: readonly Grk[];
  readonly pools: readonly string[];
  readonly autoRegistration: AutoRegistration;
  readonly policy: Policy;
  /** How far the server's clock is ahead of the browser's; negative when it is behind. */
  readonly clockAheadMs: number;
};

const COLLATOR = new Intl.Collator();

export type Connection = 'connecting' | 'live' | 'lost';

export type PageState =
  | { readonly at: 'starting' }
  | { readonly at: 'signedOut'; readonly problem?: Problem }
  | {
      readonly at: 'ready';
      readonly connection: Connection;
      readonly lists: Lists;
      /** Counts what was written into the log, so that an open log knows when to read again. */
      readonly logChanges: number;
      /** The same of what patches hang on: what Ewons tell of them, rollouts, the policy, the repository. */
      readonly patchChanges: number;
    };

export type PageEvent =
  | { readonly on: 'SignedOut'; readonly problem?: Problem }
  | { readonly on: 'Loaded'; readonly lists: Lists }
  | { readonly on: 'Connected' }
  | { readonly on: 'ConnectionLost' }
  | { readonly on: 'RegistrationChanged'; readonly row: Registration }
  | { readonly on: 'EwonChanged'; readonly row: Ewon }
  | { readonly on: 'LogChanged' | 'PatchesChanged' };

/** The next state. An event that does not fit keeps the state: changes that arrive before the lists are in the lists. */
export function transition(state: PageState, event: PageEvent): PageState {
  if (event.on === 'SignedOut') return { at: 'signedOut', ...(event.problem && { problem: event.problem }) };
  if (event.on === 'Loaded') {
    const before = state.at === 'ready' ? state : { connection: 'connecting' as const, logChanges: 0, patchChanges: 0 };
    return {
      at: 'ready',
      connection: before.connection,
      lists: allowed(event.lists),
      logChanges: before.logChanges + 1,
      patchChanges: before.patchChanges + 1,
    };
  }
  if (state.at !== 'ready') return state;
  switch (event.on) {
    case 'Connected':
      return { ...state, connection: 'live' };
    case 'ConnectionLost':
      return { ...state, connection: 'lost' };
    case 'RegistrationChanged':
      return withLists(state, { registrations: placed(state.lists.registrations, event.row, (r) => r.id) });
    case 'EwonChanged': {
      const { ewons } = state.lists;
      const last = ewons.find(({ deviceId }) => deviceId === event.row.deviceId);
      const after = withLists(state, { ewons: placed(ewons, event.row, (e) => e.deviceId).filter(isListed) });
      return isOfPatches(last, event.row) ? { ...after, patchChanges: state.patchChanges + 1 } : after;
    }
    case 'LogChanged':
      return { ...state, logChanges: state.logChanges + 1 };
    case 'PatchesChanged':
      return { ...state, patchChanges: state.patchChanges + 1 };
  }
}

/** Tells whether the person may do this, in some pool at least; the server judges each case. */
export function may({ me }: Pick<Lists, 'me'>, permission: Permission): boolean {
  return me.permissions.includes(permission);
}

/** Who waits for a person, longest first: a new one comes last, so that no button moves away under a finger. */
export function pendingOf(lists: Lists): readonly Registration[] {
  const pending = lists.registrations.filter((r) => r.state === 'pending');
  return pending.toSorted((a, b) => a.createdAt.localeCompare(b.createdAt));
}

/**
 * The Ewons whose place a new one may take: those that are not online, the proposed one first. The proposed one is
 * there even when it is online: it is then the same device, which asks again, and the server judges that.
 */
export function replaceable(lists: Lists, asks: Pick<Registration, 'replaces'>): readonly Ewon[] {
  const rank = (e: Ewon) => (e.deviceId === asks.replaces ? 0 : 1);
  const free = lists.ewons.filter((e) => e.status !== 'online' || rank(e) === 0);
  return free.toSorted((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
}

/** The keys that open the door, oldest first. */
export function validKeys(lists: Lists): readonly Grk[] {
  return lists.grks.filter((grk) => grk.state === 'active').toSorted((a, b) => a.createdAt.localeCompare(b.createdAt));
}

/** The key that a card is written with unless a person chooses: the newest of our own, or else the newest. */
export function cardKey(keys: readonly Grk[]): Grk | undefined {
  return keys.findLast((grk) => grk.origin === 'made') ?? keys.at(-1);
}

/** The Ewons in which every word of a search stands, by name. */
export function found(lists: Lists, search: string): readonly Ewon[] {
  const words = search.toLowerCase().split(/\s+/);
  const text = (e: Ewon) => [e.name, e.serial, e.pool, e.description, ...e.customFields].join(' ').toLowerCase();
  const matching = lists.ewons.filter((e) => words.every((word) => text(e).includes(word)));
  return matching.toSorted((a, b) => byName(a, b));
}

/** The order of a list by name. One collator for all: for a thousand names `localeCompare` takes ten times as long. */
export function byName(a: Pick<Ewon, 'name'>, b: Pick<Ewon, 'name'>): number {
  return COLLATOR.compare(a.name, b.name);
}

/** Who would be turned away: all that wait, or those that came with one key. */
export function voidedBy(lists: Lists, grkId?: string): readonly Registration[] {
  return pendingOf(lists).filter((r) => grkId === undefined || r.grkId === grkId);
}

/** Removed and replaced Ewons are history. */
function isListed(ewon: Ewon): boolean {
  return ewon.link === 'linked' || ewon.link === 'unlinked';
}

/** Tells whether patches stand otherwise since an Ewon changed; most of what changes is when it was heard last. */
function isOfPatches(before: Ewon | undefined, after: Ewon): boolean {
  const told = (e: Ewon | undefined) =>
    [e?.patch?.epoch, e?.patch?.seq, e?.link, e?.name, e?.status, e?.firmware, e?.agent].join();
  return told(before) !== told(after);
}

function withLists<S extends PageState & { at: 'ready' }>(state: S, part: Partial<Lists>): S {
  return { ...state, lists: allowed({ ...state.lists, ...part }) };
}

/** Keeps no place while geolocation is off, also one that a change on its way still carried. */
function allowed(lists: Lists): Lists {
  if (lists.policy.geolocation || lists.ewons.every(({ location }) => location === undefined)) return lists;
  return { ...lists, ewons: lists.ewons.map(({ location: _, ...ewon }) => ewon) };
}

/** Puts a row in the place of the one with its key, or at the end. */
function placed<T>(rows: readonly T[], row: T, keyOf: (row: T) => string): readonly T[] {
  const key = keyOf(row);
  return rows.some((r) => keyOf(r) === key) ? rows.map((r) => (keyOf(r) === key ? row : r)) : [...rows, row];
}
