// What the page knows, and how it learns more.
//
//   starting ──▶ signedOut ──▶ ready
//       ▲ └──────────────────────▲ │
//       └──────────────────────────┘
//
// starting   nothing is known yet
// signedOut  the server does not know us; `problem` says why when a sign-in was tried
// ready      the lists are shown; `connection` tells whether they are live, and old lists stay while it is lost. So do they,
//            and what a person has typed, while a session that ended by itself (`ended`) waits for the next sign-in
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
      /** The server does not know us any more; `problem` says why when another sign-in was tried. */
      readonly ended?: { readonly problem?: Problem };
      /** Counts what was written into the log, so that an open log knows when to read again. */
      readonly logChanges: number;
      /** The same of what patches hang on: what Ewons tell of them, rollouts, the policy, the repository. */
      readonly patchChanges: number;
      /** Counts how often everything was read anew: rows of Ewons, which sections keep for themselves, may be others then. */
      readonly readings: number;
    };

const FIRST = { connection: 'connecting', logChanges: 0, patchChanges: 0, readings: 0 } as const;

export type PageEvent =
  | { readonly on: 'SignedOut'; readonly problem?: Problem }
  /** The person has signed out: nothing of what was shown stays. */
  | { readonly on: 'Left' }
  | { readonly on: 'Loaded'; readonly lists: Lists }
  | { readonly on: 'Connected' }
  | { readonly on: 'ConnectionLost' }
  | { readonly on: 'RegistrationChanged'; readonly row: Registration }
  | { readonly on: 'LogChanged' | 'PatchesChanged' };

/** The next state. An event that does not fit keeps the state: changes that arrive before the lists are in the lists. */
export function transition(state: PageState, event: PageEvent): PageState {
  if (event.on === 'Left') return { at: 'starting' };
  if (event.on === 'SignedOut') {
    const why = event.problem ? { problem: event.problem } : {};
    return state.at === 'ready' ? { ...state, connection: 'lost', ended: why } : { at: 'signedOut', ...why };
  }
  if (event.on === 'Loaded') {
    const before = state.at === 'ready' ? state : FIRST;
    return {
      at: 'ready',
      connection: before.connection,
      lists: event.lists,
      logChanges: before.logChanges + 1,
      patchChanges: before.patchChanges + 1,
      readings: before.readings + 1,
    };
  }
  if (state.at !== 'ready') return state;
  switch (event.on) {
    case 'Connected':
      return { ...state, connection: 'live' };
    case 'ConnectionLost':
      return { ...state, connection: 'lost' };
    case 'RegistrationChanged':
      return { ...state, lists: { ...state.lists, registrations: placed(state.lists.registrations, event.row) } };
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

/** The keys that open the door, oldest first. */
export function validKeys(lists: Lists): readonly Grk[] {
  return lists.grks.filter((grk) => grk.state === 'active').toSorted((a, b) => a.createdAt.localeCompare(b.createdAt));
}

/** The key that a card is written with unless a person chooses: the newest of our own, or else the newest. */
export function cardKey(keys: readonly Grk[]): Grk | undefined {
  return keys.findLast((grk) => grk.origin === 'made') ?? keys.at(-1);
}

/** The order of a list by name. One collator for all: for a thousand names `localeCompare` takes ten times as long. */
export function byName(a: Pick<Ewon, 'name'>, b: Pick<Ewon, 'name'>): number {
  return COLLATOR.compare(a.name, b.name);
}

/** Who would be turned away: all that wait, or those that came with one key. */
export function voidedBy(lists: Lists, grkId?: string): readonly Registration[] {
  return pendingOf(lists).filter((r) => grkId === undefined || r.grkId === grkId);
}

/** Puts a row in the place of the one with its id, or at the end. */
function placed(rows: readonly Registration[], row: Registration): readonly Registration[] {
  return rows.some(({ id }) => id === row.id) ? rows.map((r) => (r.id === row.id ? row : r)) : [...rows, row];
}
