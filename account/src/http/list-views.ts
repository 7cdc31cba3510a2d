import type { DeviceId, Problem, Serial, Timestamp } from '@ewon-agent/contracts';
import type { Candidate } from '../core/candidates.ts';
import type { EwonRecord } from '../core/records.ts';
import type { Undoable } from '../service/replacement.ts';
import type { EwonCounts, LocatedEwon } from '../store/lists.ts';
import { type EwonView, ewonView, type LogLineView } from './views.ts';

// What the admin API answers of long lists.

/** One Ewon of a page. `undoUntil`: it took the place of another, which can be undone so long. */
export type EwonRowView = EwonView & { readonly undoUntil?: Timestamp };

/** `GET /api/v1/ewons` with a question. `next` is what `after` of the next page is; `total` counts all that are found. */
export type EwonPageView = {
  readonly rows: readonly EwonRowView[];
  readonly total: number;
  readonly next: string | null;
};

/** `GET /api/v1/ewons/counts`. `fields`: names of the custom fields, empty where they have none. */
export type EwonCountsView = EwonCounts & { readonly fields: readonly [string, string, string] };

/** One of `GET /api/v1/ewons/places`: an Ewon that has a place. `status` is offline as well for who is not let in. */
export type LocatedView = Omit<LocatedEwon, 'online'> & { readonly status: EwonView['status'] };

/** One line of what is answered to an order on many. */
export type BulkLine = { readonly id: string; readonly done: number; readonly of: number } & (
  | { readonly ok: true; readonly name: string }
  | { readonly ok: false; readonly problem: Problem & { readonly next: string } }
);

/** `GET /api/v1/registrations/:id/candidates`, the likeliest first. */
export type CandidateView = {
  readonly ewon: EwonView;
  readonly reasons: Candidate['reasons'];
};

/** `GET /api/v1/replacements`: one that can still be undone. `deviceId` has the place, under `name`; `replaced` had it. */
export type ReplacementView = {
  readonly deviceId: DeviceId;
  readonly name: string;
  readonly serial: Serial;
  readonly replaced: { readonly deviceId: DeviceId; readonly name: string; readonly serial: Serial };
  readonly at: Timestamp;
  readonly until: Timestamp;
};

/** `GET /api/v1/log/lines`. A page may be short, or empty, and still have a next one. */
export type LogPageView = { readonly lines: readonly LogLineView[]; readonly next: string | null };

export function candidateView({ ewon, reasons }: Candidate & { readonly ewon: EwonRecord }): CandidateView {
  return { ewon: ewonView(ewon), reasons };
}

export function locatedView({ online, ...shown }: LocatedEwon): LocatedView {
  return { ...shown, status: online ? 'online' : 'offline' };
}

export function replacementView({ by, replaced, at, until }: Undoable): ReplacementView {
  const { deviceId, name, serial } = by;
  return {
    ...{ deviceId, name, serial, at, until },
    replaced: { deviceId: replaced.deviceId, name: replaced.name, serial: replaced.serial },
  };
}
