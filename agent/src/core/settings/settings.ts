// What is set at the console: a candidate that is edited, commits of which the newest holds, and the trial of the newest.
//
//            set, no, rollback, load            commit                       the agent came up (or: and commit again in time)
//   running ───────────────────────▶ candidate ────────▶ running, on trial ───────────────────────────────────────▶ running
//                                                             │ did not come up in three starts, or was not confirmed in time
//                                                             └────────▶ what held before holds again
//
// All of it is one document, and each step is one write of it: whatever is interrupted, the old configuration holds or the new one.

import {
  type Code,
  err,
  jsonReader,
  MINUTE_MS,
  type Millis,
  ok,
  type Result,
  type Timestamp,
  toUtf8,
} from '@ewon-agent/contracts';
import type { Settings } from './settings-keys.ts';

/** One that was in force. `n`: counts them, for ever. */
export type Commit = { readonly n: number; readonly at: Timestamp; readonly by: string; readonly settings: Settings };
/** The newest commit has to prove itself. `good`: which commit holds if it does not; 0: the file alone. */
export type Trial = {
  readonly until: 'up' | 'confirmed';
  readonly good: number;
  /** Starts of the agent that were begun with it. */
  readonly starts: number;
  readonly isUp: boolean;
  readonly minutes?: number;
};
export type Candidate = {
  readonly settings: Settings;
  readonly by: string;
  readonly since: Timestamp;
  readonly at: Timestamp;
};
export type WentBack = { readonly from: number; readonly to: number; readonly at: Timestamp; readonly why: Code };
export type SavedSettings = {
  /** The number that was given last. */
  readonly last: number;
  /** The newest first. */
  readonly commits: readonly Commit[];
  readonly trial?: Trial;
  readonly candidate?: Candidate;
  /** One that held is not kept any more: what was before the oldest is not known. */
  readonly isCut?: true;
  /** The last time that a commit was taken back, until the next commit. */
  readonly wentBack?: WentBack;
};
/** Who does it, and when. */
export type Author = { readonly by: string; readonly at: Timestamp };

export const NO_SETTINGS: SavedSettings = { last: 0, commits: [] };
export const COMMITS_KEPT = 10;
/** All keys that there are, and more interfaces than a board has. */
export const SETTINGS_MAX = 100;
/** A start that is cut short by a power failure says nothing against the settings; three in a row do. */
export const STARTS_MAX = 3;
/** As network people have it: time to walk to the cabinet, not to forget about it. */
export const CONFIRM_MINUTES = { min: 1, max: 1440, usual: 10 } as const;

/** What holds. */
export function settingsOf({ commits }: SavedSettings): Settings {
  return commits[0]?.settings ?? {};
}

/** What is being edited; what holds where nothing is. */
export function candidateOf(saved: SavedSettings): Settings {
  return saved.candidate?.settings ?? settingsOf(saved);
}

/** Has the candidate be this. */
export function edited(saved: SavedSettings, settings: Settings, { by, at }: Author): SavedSettings {
  if (sameSettings(settings, settingsOf(saved))) return discarded(saved);
  return { ...saved, candidate: { settings, by, at, since: saved.candidate?.since ?? at } };
}

export function discarded({ candidate: _, ...saved }: SavedSettings): SavedSettings {
  return saved;
}

/**
 * Has the candidate hold, on trial; without changes it confirms what is on trial.
 * @param minutes it goes back after so long, unless it is confirmed; without it once it came up it stays
 * Codes: SETTINGS_NO_CHANGE, SETTINGS_NOT_UP.
 */
export function committed(saved: SavedSettings, author: Author, minutes?: number): Result<SavedSettings> {
  const { trial, candidate, wentBack: _, ...kept } = saved;
  const waits = trial?.until === 'confirmed';
  if (waits && !trial.isUp) return err('SETTINGS_NOT_UP');
  if (!candidate) return waits && minutes === undefined ? ok(kept) : err('SETTINGS_NO_CHANGE');
  // nothing is good before it came up; what waits to be confirmed is confirmed by a commit that does not ask for it again
  const isProved = !trial || (waits && minutes === undefined);
  const good = isProved ? (saved.commits[0]?.n ?? 0) : trial.good;
  const n = saved.last + 1;
  const next: Trial = {
    ...{ until: minutes === undefined ? 'up' : 'confirmed', good, starts: 0, isUp: false },
    ...(minutes !== undefined && { minutes }),
  };
  const commits = [{ n, ...author, settings: candidate.settings }, ...saved.commits];
  const isKept = (commit: Commit, i: number) => i < COMMITS_KEPT || commit.n === good;
  const left = commits.filter(isKept);
  const isCut = saved.isCut === true || left.length < commits.length;
  return ok({ last: n, commits: left, trial: next, ...(isCut && { isCut }) });
}

/** An agent starts: counted before it is tried. */
export function started(saved: SavedSettings, at: Timestamp): SavedSettings {
  const { trial } = saved;
  if (!trial) return saved;
  if (trial.starts >= STARTS_MAX) return takenBack(saved, at, 'SETTINGS_NOT_STARTED');
  return { ...saved, trial: { ...trial, starts: trial.starts + 1, isUp: false } };
}

/** An agent runs with what holds. */
export function cameUp(saved: SavedSettings): SavedSettings {
  const { trial, ...rest } = saved;
  if (!trial) return saved;
  return trial.until === 'up' ? rest : { ...saved, trial: { ...trial, isUp: true } };
}

/** What held before holds again; nothing changes where nothing is on trial. */
export function takenBack(saved: SavedSettings, at: Timestamp, why: Code): SavedSettings {
  const { trial, ...rest } = saved;
  if (!trial) return saved;
  const from = saved.commits[0]?.n ?? 0;
  const commits = saved.commits.filter(({ n }) => n <= trial.good);
  return { ...rest, commits, wentBack: { from, to: trial.good, at, why } };
}

/**
 * How long until it goes back; undefined where nothing waits to be confirmed. A clock that was set back gives it the whole time again, a few
 * times only as its starts are counted.
 */
export function confirmLeftMs({ trial, commits }: SavedSettings, nowMs: Millis): Millis | undefined {
  if (trial?.until !== 'confirmed' || trial.minutes === undefined) return undefined;
  const wholeMs = trial.minutes * MINUTE_MS;
  const goneMs = nowMs - Date.parse(commits[0]?.at ?? '');
  return goneMs >= 0 ? Math.max(wholeMs - goneMs, 0) : wholeMs;
}

export function sameSettings(a: Settings, b: Settings): boolean {
  return changesOf(a, b).length === 0;
}

/** What is different, a line for each: `+` new, `-` old. */
export function changesOf(from: Settings, to: Settings): readonly string[] {
  const paths = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort();
  const line = (sign: string, path: string, of: Settings) =>
    Object.hasOwn(of, path) ? [`${sign} ${path} ${JSON.stringify(of[path])}`] : [];
  return paths.flatMap((path) =>
    Object.hasOwn(from, path) && Object.hasOwn(to, path) && from[path] === to[path]
      ? []
      : [...line('-', path, from), ...line('+', path, to)],
  );
}

/** Writes what is to survive. */
export function savedSettingsText(saved: SavedSettings): string {
  return JSON.stringify({ v: 1, ...saved });
}

/** Reads it back. Codes: SETTINGS_DAMAGED. */
export function readSavedSettings(text: string | undefined): Result<SavedSettings> {
  if (text === undefined) return ok(NO_SETTINGS);
  const read = readDocument(toUtf8(text));
  if (!read.ok) return err('SETTINGS_DAMAGED', read.fault.detail);
  const { v: _, ...saved } = read.value;
  return ok(saved);
}

const text = (maxLength: number) => ({ type: 'string', maxLength });
const number = { type: 'integer', minimum: 0 };
const object = (required: readonly string[], properties: object) => ({ type: 'object', required, properties });
const settings = {
  type: 'object',
  propertyNames: { maxLength: 100 },
  maxProperties: SETTINGS_MAX,
  additionalProperties: { type: ['string', 'number', 'boolean'], maxLength: 1024 },
};
const readDocument = jsonReader<SavedSettings & { readonly v: 1 }>(
  object(['v', 'last', 'commits'], {
    ...{ v: { const: 1 }, last: number },
    commits: {
      ...{ type: 'array', maxItems: COMMITS_KEPT + 1 },
      items: object(['n', 'at', 'by', 'settings'], { n: number, at: text(40), by: text(64), settings }),
    },
    trial: object(['until', 'good', 'starts', 'isUp'], {
      ...{
        until: { enum: ['up', 'confirmed'] },
        good: number,
        starts: number,
        isUp: { type: 'boolean' },
        minutes: number,
      },
    }),
    candidate: object(['settings', 'by', 'since', 'at'], { settings, by: text(64), since: text(40), at: text(40) }),
    isCut: { const: true },
    wentBack: object(['from', 'to', 'at', 'why'], { from: number, to: number, at: text(40), why: text(64) }),
  }),
);
