import {
  comparePatchVersions,
  err,
  jsonReader,
  ok,
  parsePatchVersion,
  type Result,
  toUtf8,
} from '@ewon-agent/contracts';

// Which versions of the agent there are beside the packaged one, and which of them is started (docs/decisions/0041-agent-versions.md).
// Kept by root; the agent only reads it.
//
//   nothing ──taken──▶ trial ──proven──▶ blessed
//                      │  ▲ │
//         overdue, tries left │ └─ no try left, or damaged ─▶ nothing, and `last` says why
//                      ▼  │ the version before was online
//                     resting
//
// `blessed` was online once and is started. `trial` is started instead of it while it has tries left and does not rest; a try is
// counted before the start. A version that rests waits until the one before has been online: then the way to the account is there.

export const SLOT_NAMES = ['a', 'b'] as const;
/** A directory beside the packaged version. */
export type SlotName = (typeof SLOT_NAMES)[number];

/** How often a version is started without having been online. */
export const TRIES = 3;

/** A version in its directory. */
export type SlotVersion = {
  readonly slot: SlotName;
  readonly version: string;
  /** Of the target it came from. */
  readonly sha256: string;
  /** Of its files, as they were unpacked. */
  readonly digest: string;
  /** Of the order that brought it. */
  readonly id: string;
};
export type TrialVersion = SlotVersion & { readonly triesLeft: number; readonly resting: boolean };

const ENDINGS = ['PATCH_NOT_BLESSED', 'PATCH_NOT_NEWER'] as const;
/** How the last trial ended, where it did not end well. */
export type Ending = {
  readonly id: string;
  readonly version: string;
  readonly code: (typeof ENDINGS)[number];
  readonly detail: string;
};

export type Versions = { readonly blessed?: SlotVersion; readonly trial?: TrialVersion; readonly last?: Ending };

/** Nothing but the packaged version. */
export const PACKAGE_ONLY: Versions = {};

export type Start = {
  readonly versions: Versions;
  /** What is to be started; undefined: the packaged version. */
  readonly start?: SlotVersion;
  readonly onTrial: boolean;
};

/**
 * Chooses what is started now, and counts a try.
 * @param isWhole whether the files of a version are those that were unpacked
 */
export function chooseStart(
  versions: Versions,
  facts: { readonly packaged: string; readonly isWhole: (version: SlotVersion) => boolean },
): Start {
  const { trial, last } = versions;
  const isOfUse = (version: SlotVersion | undefined): version is SlotVersion =>
    version !== undefined && isNewer(version.version, facts.packaged) && facts.isWhole(version);
  const blessed = isOfUse(versions.blessed) ? versions.blessed : undefined;
  const kept: Versions = { ...(blessed && { blessed }), ...(last && { last }) };
  const before: Start = { versions: kept, ...(blessed && { start: blessed }), onTrial: false };
  if (!trial) return before;
  const ended = (code: Ending['code'], detail: string): Start => ({
    ...before,
    versions: endTrial(kept, trial, code, detail),
  });
  if (!isNewer(trial.version, facts.packaged)) return ended('PATCH_NOT_NEWER', `the package is ${facts.packaged}`);
  if (!isOfUse(trial)) return ended('PATCH_NOT_BLESSED', 'its files were damaged');
  if (trial.resting) return { ...before, versions: { ...kept, trial } };
  if (trial.triesLeft === 0) return ended('PATCH_NOT_BLESSED', `it was not online in ${TRIES} starts`);
  const tried = { ...trial, triesLeft: trial.triesLeft - 1 };
  return { versions: { ...kept, trial: tried }, start: tried, onTrial: true };
}

/** Takes a version that was just unpacked on trial. One that was on trial before gives way. */
export function takeOnTrial({ blessed }: Versions, version: SlotVersion): Versions {
  return { ...(blessed && { blessed }), trial: { ...version, triesLeft: TRIES, resting: false } };
}

/** A directory that no version is in that could be started; the one of a trial before is given up. */
export function freeSlot({ blessed }: Versions): SlotName {
  return blessed?.slot === 'a' ? 'b' : 'a';
}

/** What a version that says it has been online changes: it is blessed, or the one that rests may try again; undefined: nothing. */
export function provenOnline(
  versions: Versions,
  online: { readonly version: string; readonly started: { readonly version: string; readonly onTrial: boolean } },
): { readonly versions: Versions; readonly restart: boolean } | undefined {
  const { trial, blessed, last } = versions;
  const { started } = online;
  if (!trial || online.version !== started.version) return undefined; // said by one that does not run any more
  if (started.onTrial && started.version === trial.version) {
    const { triesLeft: _tries, resting: _resting, ...proven } = trial;
    return { versions: { blessed: proven }, restart: false };
  }
  if (started.onTrial || !trial.resting) return undefined;
  const again = { ...trial, resting: false };
  return { versions: { ...(blessed && { blessed }), ...(last && { last }), trial: again }, restart: true };
}

/** What it changes that a version on trial has run for long without having been online. */
export function overdue(versions: Versions): Versions {
  const { trial } = versions;
  if (!trial) return versions;
  if (trial.triesLeft > 0) return { ...versions, trial: { ...trial, resting: true } };
  const { trial: _ended, ...kept } = versions;
  return endTrial(kept, trial, 'PATCH_NOT_BLESSED', `it was not online in ${TRIES} starts`);
}

/** Directories that hold something of use. */
export function slotsInUse({ blessed, trial }: Versions): readonly SlotName[] {
  return [blessed, trial].flatMap((version) => (version ? [version.slot] : []));
}

/** Tells whether a version is newer than another. Nothing that cannot be read is. */
export function isNewer(version: string, than: string): boolean {
  const [a, b] = [parsePatchVersion(version), parsePatchVersion(than)];
  return a !== undefined && b !== undefined && comparePatchVersions(a, b) > 0;
}

/** What is saved. */
export function versionsText(versions: Versions): string {
  return `${JSON.stringify({ v: 1, ...versions })}\n`;
}

/** Reads it back. Codes: PATCH_SAVED_DAMAGED. */
export function readVersions(text: string | undefined): Result<Versions> {
  if (text === undefined) return ok(PACKAGE_ONLY);
  const read = readDocument(toUtf8(text));
  if (!read.ok) return err('PATCH_SAVED_DAMAGED', 'state.json', read.fault);
  const { v: _v, ...versions } = read.value;
  const { blessed, trial } = versions;
  return blessed && blessed.slot === trial?.slot ? err('PATCH_SAVED_DAMAGED', 'two in one slot') : ok(versions);
}

function endTrial(kept: Versions, { id, version }: SlotVersion, code: Ending['code'], detail: string): Versions {
  return { ...kept, last: { id, version, code, detail } };
}

const hex = (digits: number) => ({ type: 'string', pattern: `^[0-9a-f]{${digits}}$` });
const text = { type: 'string', maxLength: 200 };
const object = (properties: Record<string, object>) => ({
  type: 'object',
  required: Object.keys(properties),
  properties,
});
const slotVersion = { slot: { enum: SLOT_NAMES }, version: text, sha256: hex(64), digest: hex(64), id: hex(32) };
const tries = { type: 'integer', minimum: 0, maximum: TRIES };
const readDocument = jsonReader<Versions & { readonly v: 1 }>(
  {
    type: 'object',
    required: ['v'],
    properties: {
      v: { const: 1 },
      blessed: object(slotVersion),
      trial: object({ ...slotVersion, triesLeft: tries, resting: { type: 'boolean' } }),
      last: object({ id: hex(32), version: text, code: { enum: ENDINGS }, detail: text }),
    },
  },
  'PATCH_SAVED_DAMAGED',
);
