import { createHash } from 'node:crypto';
import {
  type Code,
  err,
  jsonReader,
  ok,
  type Patch,
  type Result,
  readPatchCustom,
  toUtf8,
} from '@ewon-agent/contracts';
import { LengthOrHashMismatchError, UnsignedMetadataError } from '@tufjs/models/dist/error.js';
import { BadVersionError, EqualVersionError, ExpiredMetadataError } from 'tuf-js/dist/error.js';
import { TrustedMetadataStore } from 'tuf-js/dist/store.js';

// The second look at a target, by root: the whole chain of the repository once more (TUF 1.0, client workflow 5.1 to 5.6), from bytes
// that the agent brought and a root that it could not choose. Nothing is fetched, and delegations are not followed.

/** What was trusted last, as it is kept between two orders. */
export type Trusted = {
  /** SHA-256 of the root that a person put there; another one begins anew. */
  readonly began: string;
  readonly root: string;
  readonly timestamp?: string;
  readonly snapshot?: string;
  /** The latest time at which a whole repository held: a clock that is set back un-expires nothing, and one that runs ahead locks nobody out. */
  readonly seenAtMs: number;
};

export type SecondLook = {
  /** The file that root was given. */
  readonly firstRoot: string;
  /** As {@link trustedText} wrote it. */
  readonly saved: string | undefined;
  /** Files of the repository by name, from whoever. */
  readonly offered: Readonly<Record<string, string>>;
  readonly path: string;
  readonly nowMs: number;
};

/** As many as tuf-js takes in one go. */
const ROTATIONS_MAX = 256;

/**
 * Looks up a target in what is offered, if all of it can be trusted.
 * @returns the target, and what is to be kept in any case: what was verified stays so when what comes after it is refused.
 *  Codes: TUF_NO_ROOT, TUF_MALFORMED, TUF_UNSIGNED, TUF_BELOW_THRESHOLD, TUF_ROLLBACK, TUF_FROZEN, TUF_MIXED, TUF_TARGET_UNKNOWN, PATCH_UNREADABLE
 */
export function lookAgain(look: SecondLook): { readonly target: Result<Patch>; readonly trusted: Trusted | undefined } {
  const began = createHash('sha256').update(look.firstRoot).digest('hex');
  const before = readTrusted(look.saved, began) ?? { began, root: look.firstRoot, seenAtMs: 0 };
  const nowMs = Math.max(before.seenAtMs, look.nowMs);
  let store: TrustedMetadataStore;
  try {
    store = new TrustedMetadataStore(Buffer.from(before.root));
  } catch (cause) {
    return { target: err('TUF_NO_ROOT', 'the first root is no signed root', cause), trusted: undefined };
  }
  Reflect.set(store, 'referenceTime', new Date(nowMs)); // tuf-js asks the clock for it, which may be set back
  const walk: Walk = { store, offered: look.offered, nowMs, kept: before };
  const target = attempt(() => {
    walkRoots(walk);
    walkTimestamp(walk);
    walkSnapshot(walk);
    return walkTargets(walk, look.path);
  });
  return { target, trusted: walk.kept };
}

/** What is saved of it. */
export function trustedText(trusted: Trusted): string {
  return `${JSON.stringify({ v: 1, ...trusted })}\n`;
}

type Walk = {
  readonly store: TrustedMetadataStore;
  readonly offered: SecondLook['offered'];
  readonly nowMs: number;
  kept: Trusted;
};

/** 5.3: each root in turn, signed by the one before. */
function walkRoots(walk: Walk): void {
  const { store, offered } = walk;
  const latest = versionOf(offered['root.json']);
  for (let taken = 0; taken < ROTATIONS_MAX; taken += 1) {
    const version = store.root.signed.version + 1;
    const text = offered[`${version}.root.json`] ?? (latest === version ? offered['root.json'] : undefined);
    if (text === undefined) break;
    step('root.json', () => store.updateRoot(Buffer.from(text)));
    walk.kept = { ...walk.kept, root: text };
  }
  const { version } = store.root.signed;
  if (latest !== undefined && latest > version)
    throw new Refusal(
      'TUF_MALFORMED',
      `roots between ${version} and ${latest} are missing; replace the first root by a newer one`,
    );
}

/** 5.4. One from before counts only where today's root still signs it: so a fast-forwarded repository recovers by new keys. */
function walkTimestamp(walk: Walk): void {
  const { store } = walk;
  const before = walk.kept.timestamp;
  if (before !== undefined) quietly(() => store.updateTimestamp(Buffer.from(before)));
  const text = offeredFile(walk, 'timestamp.json');
  try {
    step('timestamp.json', () => store.updateTimestamp(Buffer.from(text)));
  } catch (cause) {
    const same = cause instanceof Refusal && cause.cause instanceof EqualVersionError;
    if (!same || before === undefined) throw cause;
    // the same version again is none newer: the one from before stays, and may have expired
    if (store.timestamp?.signed.isExpired(new Date(walk.nowMs)))
      throw new Refusal('TUF_FROZEN', 'timestamp.json has expired');
    return;
  }
  walk.kept = { ...walk.kept, timestamp: text };
}

/** 5.5 */
function walkSnapshot(walk: Walk): void {
  const { store } = walk;
  const before = walk.kept.snapshot;
  if (before !== undefined) quietly(() => store.updateSnapshot(Buffer.from(before), true));
  const known = store.snapshot;
  const text = offeredFile(walk, 'snapshot.json');
  step('snapshot.json', () => {
    try {
      store.updateSnapshot(Buffer.from(text));
    } catch (cause) {
      // tuf-js refuses a version that goes back before it takes the file, and one of another timestamp after
      if (cause instanceof BadVersionError && store.snapshot !== known)
        throw new Refusal('TUF_MIXED', 'snapshot.json is not the one that timestamp.json names');
      throw cause;
    }
  });
  walk.kept = { ...walk.kept, snapshot: text };
}

/** 5.6 */
function walkTargets(walk: Walk, path: string): Result<Patch> {
  const { store } = walk;
  const text = offeredFile(walk, 'targets.json');
  step('targets.json', () => {
    try {
      store.updateDelegatedTargets(Buffer.from(text), 'targets', 'root');
    } catch (cause) {
      if (cause instanceof BadVersionError)
        throw new Refusal('TUF_MIXED', 'targets.json is not the one that snapshot.json names');
      throw cause;
    }
  });
  walk.kept = { ...walk.kept, seenAtMs: walk.nowMs };
  const targets = store.targets?.signed.targets ?? {};
  const target = Object.hasOwn(targets, path) ? targets[path] : undefined;
  if (!target) return err('TUF_TARGET_UNKNOWN', path);
  const sha256 = target.hashes['sha256'];
  const custom = readPatchCustom(toUtf8(JSON.stringify(target.custom ?? null)));
  if (!custom.ok) return err('PATCH_UNREADABLE', `${path}: ${custom.fault.detail}`);
  if (sha256 === undefined || !/^[0-9a-f]{64}$/.test(sha256)) return err('PATCH_UNREADABLE', `${path} has no SHA-256`);
  return ok({ path, length: target.length, sha256, custom: custom.value });
}

function offeredFile({ offered, store }: Walk, name: 'timestamp.json' | 'snapshot.json' | 'targets.json'): string {
  const version = {
    'timestamp.json': undefined,
    'snapshot.json': store.timestamp?.signed.snapshotMeta.version,
    'targets.json': store.snapshot?.signed.meta['targets.json']?.version,
  }[name];
  // under the name that a consistent snapshot has, or under that of a client's own store
  const text = (version === undefined ? undefined : offered[`${version}.${name}`]) ?? offered[name];
  if (text === undefined) throw new Refusal('TUF_MALFORMED', `${name} is missing`);
  return text;
}

class Refusal extends Error {
  readonly code: Code;
  constructor(code: Code, detail: string, cause?: unknown) {
    super(detail, { cause });
    this.code = code;
  }
}

function attempt(act: () => Result<Patch>): Result<Patch> {
  try {
    return act();
  } catch (cause) {
    if (cause instanceof Refusal) return err(cause.code, cause.message, cause);
    throw cause; // a bug of ours
  }
}

/** Takes one file. What tuf-js throws at hostile bytes is a refusal, whatever its class. */
function step(name: string, take: () => void): void {
  try {
    take();
  } catch (cause) {
    throw cause instanceof Refusal ? cause : new Refusal(codeOf(cause), `${name}: ${textOf(cause)}`, cause);
  }
}

function codeOf(cause: unknown): Code {
  if (cause instanceof ExpiredMetadataError) return 'TUF_FROZEN';
  if (cause instanceof BadVersionError) return 'TUF_ROLLBACK';
  if (cause instanceof LengthOrHashMismatchError) return 'TUF_MIXED';
  // how many signatures were good is told nowhere but in the text
  if (cause instanceof UnsignedMetadataError)
    return / 0\/\d+ keys/.test(cause.message) ? 'TUF_UNSIGNED' : 'TUF_BELOW_THRESHOLD';
  return 'TUF_MALFORMED';
}

function textOf(cause: unknown): string {
  return cause instanceof Error ? cause.message.slice(0, 200) : 'unreadable';
}

/** For what was trusted before: where that does not hold under today's root or time, it binds nobody, and what is offered is judged alone. */
function quietly(take: () => void): void {
  try {
    take();
  } catch {
    // nothing to tell: see above
  }
}

function versionOf(text: string | undefined): number | undefined {
  try {
    const { signed } = JSON.parse(text ?? '{}');
    return typeof signed?.version === 'number' ? signed.version : undefined;
  } catch {
    return undefined; // then it is nobody's next root
  }
}

const string = { type: 'string' };
const readSaved = jsonReader<Trusted>({
  type: 'object',
  required: ['began', 'root', 'seenAtMs'],
  properties: { began: string, root: string, timestamp: string, snapshot: string, seenAtMs: { type: 'number' } },
});

/** A file that was spoilt is begun anew, from the first root. */
function readTrusted(text: string | undefined, began: string): Trusted | undefined {
  const read = text === undefined ? undefined : readSaved(toUtf8(text));
  if (!read?.ok || read.value.began !== began) return undefined;
  const { root, timestamp, snapshot, seenAtMs } = read.value;
  return {
    began,
    root,
    ...(timestamp !== undefined && { timestamp }),
    ...(snapshot !== undefined && { snapshot }),
    seenAtMs,
  };
}
