import {
  type AccountId,
  type Code,
  DAY_MS,
  type DeviceId,
  err,
  type Fault,
  type Millis,
  type MovableEwon,
  ok,
  type Result,
  type Serial,
  type Timestamp,
} from '@ewon-agent/contracts';
import type { KnownEwon } from '../registration.ts';

// An import of Ewons from another account, as the account knows it that they come to
// (docs/decisions/0052-import-from-another-account.md):
//
//   listed ──start──▶ running ──all have moved or failed──▶ done
//      │                 └──────────────end──▶ ended
//      └──────────────nobody started it: forgotten
//
// listed   what the source may hand over was read; nobody is expected yet
// running  the Ewons that were chosen are expected by their keys
// done     of none there is anything to wait for
// ended    a person ended it: those that had not moved are not expected any more
//
// And each Ewon of it:
//
//   listed ──chosen──▶ waiting ──it came──▶ moved
//                         ├──the source said why not, or its time is up──▶ failed
//                         └──the import was ended──▶ stayed

export type ImportState = 'listed' | 'running' | 'done' | 'ended';
export type ImportedState = 'listed' | 'waiting' | 'moved' | 'failed' | 'stayed';

/** An Ewon that the source keeps, and why. */
export type StayingEwon = {
  readonly name: string;
  readonly serial: string;
  readonly model: string;
  readonly why: Code;
};

export type ImportRecord = {
  /** What devices name it by: 128 random bits. */
  readonly importId: string;
  readonly state: ImportState;
  readonly source: {
    readonly accountId: AccountId;
    readonly name: string;
    /** Of its admin interface. */
    readonly url: string;
    /** PEM that is trusted for it; null: what the machine trusts. */
    readonly ca: string | null;
  };
  /** What the source gave to do this one thing, sealed; null once it was given back. The password is kept nowhere. */
  readonly sealedRight: string | null;
  /** Empty until it is started, as the next. */
  readonly pool: string;
  /** Of this account, as it was called when the import was started. */
  readonly directoryUrl: string;
  /** Who started it, or listed it. */
  readonly by: string;
  /** Until it is started. */
  readonly staying: readonly StayingEwon[];
  /** Why the source could not be asked last. */
  readonly trouble: { readonly code: Code; readonly detail: string } | null;
  readonly createdAt: Timestamp;
  readonly startedAt: Timestamp | null;
  readonly changedAt: Timestamp;
};

export type ImportedEwon = {
  /** Raw 32 bytes, base64url: by it the device shows who it is. */
  readonly publicKey: string;
  readonly serial: Serial;
  readonly model: string;
  /** In the source. */
  readonly sourceName: string;
  /** Here. */
  readonly name: string;
  readonly state: ImportedState;
  /** Whether the source has ordered it to come, or taken its order back; whether it knows that it has moved. */
  readonly agreed: 'nothing' | 'ordered' | 'over';
  /** A code, or what the device said. */
  readonly reason: string | null;
  readonly deviceId: DeviceId | null;
};

/** Orders wait this long for an Ewon: gateways lie switched off over a shutdown of the plant. */
export const MOVE_VALID_MS: Millis = 30 * DAY_MS;
/** An Ewon that has just begun when its time is up is still let in. */
export const EXPECTED_MS: Millis = MOVE_VALID_MS + DAY_MS;
/** Ewons of one import; more are imported in turns. */
export const IMPORTED_MAX = 10_000;

/** Tells whether an Ewon is let in that comes for this import. */
export function isExpected(of: Pick<ImportRecord, 'state'>, ewon: Pick<ImportedEwon, 'state'>): boolean {
  return of.state === 'running' && ewon.state === 'waiting';
}

/** A name for an Ewon that nobody has: its own, or that with the first number that is free. */
export function freeName(wanted: string, isTaken: (name: string) => boolean): string {
  for (let n = 1; ; n++) {
    const name = n === 1 ? wanted : numberedName(wanted, n);
    if (!isTaken(name)) return name;
  }
}

/** `Pump (2)`, no longer than a name may be. */
export function numberedName(name: string, n: number): string {
  const ending = ` (${n})`;
  return `${name.slice(0, NAME_MAX_CHARACTERS - ending.length).trimEnd()}${ending}`;
}

/** What a person chose of a list: which Ewons, by their keys, and how each is called here. */
export type Choice = { readonly key: string; readonly name: string };

/** Names that are taken, each with the key of who has it: a device that was here before may have its own again. */
export type TakenNames = ReadonlyMap<string, string>;

/**
 * Plans which Ewons are expected. A name that is taken is refused, never changed in silence.
 * Codes: NOT_FOUND (not in the list), BAD_REQUEST (none, or one twice), NAME_TAKEN.
 */
export function planImport(
  listed: readonly ImportedEwon[],
  choices: readonly Choice[],
  takenNames: TakenNames,
): Result<readonly ImportedEwon[]> {
  if (choices.length === 0) return err('BAD_REQUEST', 'no Ewon is chosen');
  const byKey = new Map(listed.map((ewon) => [ewon.publicKey, ewon]));
  const taken = new Map(takenNames);
  const chosen = new Map<string, ImportedEwon>();
  for (const { key, name } of choices) {
    const ewon = byKey.get(key);
    if (ewon?.state !== 'listed') return err('NOT_FOUND', `${name} is not in the list of this import`);
    if (chosen.has(key)) return err('BAD_REQUEST', `${name} is chosen twice`);
    if ((taken.get(name) ?? key) !== key) return err('NAME_TAKEN', name);
    taken.set(name, key);
    chosen.set(key, { ...ewon, name, state: 'waiting' });
  }
  return ok([...chosen.values()]);
}

/**
 * Refuses a list that no account makes: names and keys are there once in each. To number thousands of one name takes for ever.
 * Codes: IMPORT_SOURCE_BAD.
 */
export function judgeListed(movable: readonly MovableEwon[]): Result<undefined> {
  const [names, keys] = [new Set(movable.map(({ name }) => name)), new Set(movable.map(({ jwk }) => jwk.x))];
  const isOnce = names.size === movable.length && keys.size === movable.length;
  return isOnce ? ok(undefined) : err('IMPORT_SOURCE_BAD', 'it lists a name or a key twice');
}

/** What the source lists, as Ewons to choose from, each with a name that is free here. One key is one Ewon. */
export function listedOf(movable: readonly MovableEwon[], takenNames: TakenNames): readonly ImportedEwon[] {
  const taken = new Map(takenNames);
  const listed = new Map<string, ImportedEwon>();
  for (const { name: sourceName, serial, model, jwk } of movable) {
    if (listed.has(jwk.x)) continue;
    const name = freeName(sourceName, (one) => (taken.get(one) ?? jwk.x) !== jwk.x);
    taken.set(name, jwk.x);
    listed.set(jwk.x, {
      ...{ publicKey: jwk.x, serial, model, sourceName, name },
      ...{ state: 'listed', agreed: 'nothing', reason: null, deviceId: null },
    });
  }
  return [...listed.values()];
}

/** What is known when an Ewon comes for an import. */
export type ComingFacts = {
  readonly publicKey: string;
  readonly serial: Serial;
  /** What the import knows of its key, where it is expected still. */
  readonly expected: Pick<ImportedEwon, 'serial'> | undefined;
  /** Ewons with the serial or the key of the device. */
  readonly ewons: readonly KnownEwon[];
};

/** Decides whether an Ewon is let in that comes for an import. Codes: MOVE_UNKNOWN, SERIAL_ACTIVE. */
export function judgeComing({ publicKey, serial, expected, ewons }: ComingFacts): Fault | undefined {
  if (expected?.serial !== serial) return err('MOVE_UNKNOWN').fault;
  const twin = ewons.find((ewon) => ewon.publicKey !== publicKey && ewon.link === 'linked' && ewon.online);
  return twin && err('SERIAL_ACTIVE', twin.serial).fault;
}

/** How many of the Ewons of an import stand how. */
export type ImportCounts = Readonly<Record<Exclude<ImportedState, 'listed'>, number>>;

export function countsOf(ewons: readonly Pick<ImportedEwon, 'state'>[]): ImportCounts {
  const count = (state: ImportedState) => ewons.filter((ewon) => ewon.state === state).length;
  return { waiting: count('waiting'), moved: count('moved'), failed: count('failed'), stayed: count('stayed') };
}

/** How the source says that an Ewon stands which it has ordered to move. */
export type TheirWord = {
  readonly key: string;
  readonly state: 'ordered' | 'moved' | 'failed';
  readonly reason: string | null;
};

/** What the word of the source changes of an Ewon; undefined: nothing. That it has come here nobody can say but itself. */
export function heardOf(
  ewon: ImportedEwon,
  { state, reason }: Pick<TheirWord, 'state' | 'reason'>,
): Partial<ImportedEwon> | undefined {
  if (state === 'ordered') return ewon.agreed === 'nothing' ? { agreed: 'ordered' } : undefined;
  if (state === 'moved') return ewon.state === 'moved' && ewon.agreed !== 'over' ? { agreed: 'over' } : undefined;
  if (ewon.state === 'waiting') return { state: 'failed', reason, agreed: 'over' };
  // of one that has moved it is told, whatever it takes it for
  return ewon.state === 'stayed' && ewon.agreed !== 'over' ? { agreed: 'over' } : undefined;
}

/** Names are 100 characters at most, as the admin API takes them. */
const NAME_MAX_CHARACTERS = 100;

/**
 * Reads the address of another account's page, down to its origin. What crosses a network is encrypted; on this machine plain
 * HTTP is what the admin interface speaks. Codes: IMPORT_ADDRESS_BAD.
 */
export function readSourceUrl(text: string): Result<string> {
  const url = URL.parse(text.trim());
  const refuse = (why: string): { readonly ok: false; readonly fault: Fault } => err('IMPORT_ADDRESS_BAD', why);
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) return refuse('not an https:// address');
  if (url.username !== '' || url.password !== '') return refuse('a password does not belong into an address');
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) return refuse(`http:// to ${url.hostname}`);
  return ok(url.origin);
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
