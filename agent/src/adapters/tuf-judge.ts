import type { Fault, Millis } from '@ewon-agent/contracts';
import { EqualVersionError, ExpiredMetadataError } from 'tuf-js/dist/error.js';
import { TrustedMetadataStore } from 'tuf-js/dist/store.js';
import { snapshotBelow, type TufFloors, timestampBelow } from '../core/tuf-floors.ts';
import { faultOfRefusal, type TufRefusal, type TufRole } from '../core/tuf-refusal.ts';
import {
  acceptedNow,
  confirmTime,
  judgedAt,
  seenExpired,
  staysExpired,
  type TufTime,
  timeUnderNewRoot,
} from '../core/tuf-time.ts';
import { floorsOf, metaOf, parsed, refusalOf } from './tuf-refused.ts';
import { keysOf, type SignedFile, signersOf } from './tuf-signatures.ts';

/** The last moment that a date can say: an invalid one is never later than anything, so nothing would expire. */
const DATE_MAX_MS = 8.64e15;

export type Judging = {
  readonly floors: TufFloors;
  readonly time: TufTime;
  readonly clockMs: Millis;
  readonly accountMs: () => Millis | undefined;
  /** The file that was fetched last. What else is judged was trusted before: when it is refused, another one is fetched. */
  readonly fetched: () => { readonly name: string; readonly bytes: Buffer } | undefined;
};

/** What came of it: the first thing that was found wrong with a fetched file, and what is to be kept. */
export type Judged = { fault(): Fault | undefined; floors(): TufFloors; time(): TufTime };

/**
 * Stands between tuf-js and its store: the store judges as ever, then floors and times are asked as well, and what was found wrong
 * with a fetched file is remembered. Steps and clauses are those of the TUF specification 1.0.33 §5.
 */
export function judgeStore(store: TrustedMetadataStore, judging: Judging): Judged {
  const rootBefore = store.root.signed.version;
  const { prototype } = TrustedMetadataStore;
  const accepted: Partial<Record<TufRole, number>> = {};
  let { floors, time } = judging;
  let fault: Fault | undefined;
  const said = () => ({ clockMs: judging.clockMs, accountMs: judging.accountMs() });
  const atMs = () => Math.min(judgedAt(time, judging.clockMs), DATE_MAX_MS);
  const isFetched = (bytes: Buffer) => judging.fetched()?.bytes === bytes;
  const floorKeys = () => ({ timestamp: keysOf(store.root, 'timestamp'), snapshot: keysOf(store.root, 'snapshot') });

  const refuse = (bytes: Buffer, refusal: TufRefusal | undefined): void => {
    if (!refusal) return;
    if (isFetched(bytes)) fault ??= faultOfRefusal(refusal);
    throw new Error(refusal.found);
  };
  /** What has expired, or was seen expired before the clock was set back. */
  const expiry = (role: TufRole, file: SignedFile | undefined): TufRefusal | undefined => {
    if (!file) return undefined;
    const { version, expires } = file.signed;
    const expiresMs = Date.parse(expires);
    if (atMs() < expiresMs && !staysExpired(time, { role, version, expiresMs }, said())) return undefined;
    time = seenExpired(time, role, version);
    return { file: `${role}.json`, found: 'expired', expiresMs, atMs: Math.max(atMs(), expiresMs) };
  };
  /** Lets the store judge. What it throws about a fetched file is put into words. */
  const judge = <T>(role: TufRole, bytes: Buffer, act: () => T): T => {
    const previous = floorsOf(store);
    try {
      return act();
    } catch (error) {
      if (error instanceof EqualVersionError || !isFetched(bytes)) throw error;
      if (error instanceof ExpiredMetadataError) {
        const { root, timestamp, snapshot } = store;
        refuse(bytes, expiry('root', root) ?? expiry('timestamp', timestamp) ?? expiry('snapshot', snapshot));
        refuse(bytes, expiry('targets', parsed('targets', bytes)));
      }
      refuse(bytes, refusalOf({ store, role, file: judging.fetched()?.name ?? role, bytes, error, previous }));
      throw error;
    }
  };
  /** 5.3.11 and 5.4, with what a new root changes of time and floors. */
  const beginTimestamp = (bytes: Buffer): void => {
    const { version } = store.root.signed;
    if (version > rootBefore) time = timeUnderNewRoot(judging.time, said());
    Object.assign(store, { referenceTime: new Date(atMs()) }); // 5.1, which tuf-js takes from the clock
    const trusted = floors.root;
    if (version < trusted) refuse(bytes, { file: 'root.json', found: 'older', what: 'it', version, trusted });
  };
  const acceptTimestamp = (bytes: Buffer): void => {
    const { timestamp, root } = store;
    refuse(bytes, expiry('root', root) ?? expiry('timestamp', timestamp));
    if (!timestamp) return;
    const found = { version: timestamp.signed.version, snapshot: timestamp.signed.snapshotMeta.version };
    refuse(bytes, timestampBelow(floors, floorKeys(), found));
    floors = { ...floors, timestamp: { ...found, signedBy: signersOf(root, 'timestamp', timestamp) } };
    accepted.root = root.signed.version;
    accepted.timestamp = found.version;
  };

  store.updateRoot = (bytes) => judge('root', bytes, () => prototype.updateRoot.call(store, bytes));
  store.updateTimestamp = (bytes) => {
    beginTimestamp(bytes);
    try {
      const timestamp = judge('timestamp', bytes, () => prototype.updateTimestamp.call(store, bytes));
      acceptTimestamp(bytes);
      return timestamp;
    } catch (error) {
      if (error instanceof EqualVersionError) acceptTimestamp(bytes); // the one that is trusted stays, if it may
      throw error;
    }
  };
  store.updateSnapshot = (bytes, trusted) => {
    const snapshot = judge('snapshot', bytes, () => prototype.updateSnapshot.call(store, bytes, trusted));
    refuse(bytes, expiry('snapshot', snapshot));
    const meta = metaOf(snapshot);
    refuse(bytes, snapshotBelow(floors, floorKeys(), meta));
    const { version } = snapshot.signed;
    floors = { ...floors, snapshot: { version, meta, signedBy: signersOf(store.root, 'snapshot', snapshot) } };
    accepted.snapshot = version;
    return snapshot;
  };
  store.updateDelegatedTargets = (bytes, role, delegator) => {
    judge('targets', bytes, () => prototype.updateDelegatedTargets.call(store, bytes, role, delegator));
    if (role !== 'targets') return;
    refuse(bytes, expiry('targets', store.targets));
    if (store.targets) accepted.targets = store.targets.signed.version;
  };

  return {
    fault: () => fault,
    floors: () => ({ ...floors, root: Math.max(floors.root, store.root.signed.version) }),
    time: () => confirmTime(acceptedNow(time, accepted), said()),
  };
}
