import {
  comparePatchVersions,
  err,
  jsonReader,
  ok,
  type PatchCustom,
  parsePatchVersion,
  type Result,
  whyNotFrom,
} from '@ewon-agent/contracts';
import { isNewer } from './version-state.ts';

// What the agent asks root for, and what root judges it by. An order is written by whoever has the agent's rights, so nothing in it is
// believed: it names a target, and brings the metadata that says whether the target is one.

/** The file that holds each order, in the directory that the agent and root share. */
export const ORDER_FILES = { install: 'install', online: 'online', target: 'target' } as const;
/** The verdict on the last order to install, in the directory that only root writes. */
export const VERDICT_FILE = 'verdict.json';

/** Beyond any repository of patches: 30 roots and the other roles are 100 KiB. */
export const ORDER_BYTES_MAX = 8 * 1024 * 1024;

export type InstallOrder = {
  /** Chosen by the agent, so that it finds its order again. */
  readonly id: string;
  /** Name of the target. */
  readonly path: string;
  /** Files of the repository by their name (`2.root.json`, `timestamp.json`, `snapshot.json`, `targets.json`), as text. */
  readonly metadata: Readonly<Record<string, string>>;
};

/** "I am this version, my files are in order and I have been online." */
export type OnlineOrder = { readonly version: string };

export type Verdict = { readonly id: string; readonly code?: string; readonly detail?: string };

const text = (maxLength: number) => ({ type: 'string', maxLength });
const id = { type: 'string', pattern: '^[0-9a-f]{32}$' };
const object = (required: readonly string[], properties: object) => ({ type: 'object', required, properties });

/** Codes: BAD_REQUEST. */
export const readInstallOrder = jsonReader<InstallOrder>(
  object(['id', 'path', 'metadata'], {
    id,
    path: { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$' },
    metadata: {
      type: 'object',
      maxProperties: 300,
      propertyNames: { pattern: '^(\\d{1,9}\\.)?(root|timestamp|snapshot|targets)\\.json$' },
      additionalProperties: text(ORDER_BYTES_MAX),
    },
  }),
);
/** Codes: BAD_REQUEST. */
export const readOnlineOrder = jsonReader<OnlineOrder>(object(['version'], { version: text(40) }));
/** Codes: BAD_REQUEST. */
export const readVerdict = jsonReader<Verdict>(object(['id'], { id, code: text(64), detail: text(500) }));

/** What a version says of itself, in `about.json` among its files. */
export type About = { readonly version: string; readonly arch: string; readonly node: string };
export const ABOUT_FILE = 'about.json';
/** What is started of a version. */
export const ENTRY_FILE = 'main.mjs';
/** Codes: BAD_REQUEST. */
export const readAbout = jsonReader<About>(
  object(['version', 'arch', 'node'], { version: text(40), arch: text(16), node: text(40) }),
);

/** What runs here. */
export type Here = { readonly version: string; readonly arch: string; readonly node: string };

/**
 * Judges what a repository says of a target. Codes: PATCH_NOT_SUPPORTED (of another kind), PATCH_WRONG_PRODUCT, PATCH_NOT_NEWER,
 * PATCH_NOT_FROM_HERE.
 */
export function mayReplace(here: Here, custom: PatchCustom): Result<void> {
  const { kind, productCodes, version } = custom;
  if (kind !== 'agent') return err('PATCH_NOT_SUPPORTED', `kind ${kind}, where the agent is meant`);
  if (productCodes.length > 0 && !productCodes.includes(here.arch))
    return err('PATCH_WRONG_PRODUCT', `for ${productCodes.join()}, this is ${here.arch}`);
  const present = parsePatchVersion(here.version);
  if (!present || !isNewer(version, here.version))
    return err('PATCH_NOT_NEWER', `${version}, where ${here.version} is installed`);
  const not = whyNotFrom(present, custom);
  if (!not) return ok(undefined);
  const why = not.is === 'for others' ? `from ${custom.from.join()}` : `it requires ${not.step}`;
  return err('PATCH_NOT_FROM_HERE', `${why}, this is ${here.version}`);
}

/** Judges what the files say of themselves beside what was signed of them. Codes: PATCH_ARCHIVE_BAD, PATCH_WRONG_PRODUCT, PATCH_NOT_FROM_HERE. */
export function mayRunHere(here: Here, { version }: Pick<PatchCustom, 'version'>, about: About): Result<void> {
  if (about.version !== version) return err('PATCH_ARCHIVE_BAD', `it says that it is ${about.version}, not ${version}`);
  if (about.arch !== here.arch)
    return err('PATCH_WRONG_PRODUCT', `its files are for ${about.arch}, this is ${here.arch}`);
  const [needed, present] = [parsePatchVersion(about.node), parsePatchVersion(here.node)];
  return needed && present && comparePatchVersions(present, needed) >= 0
    ? ok(undefined)
    : err('PATCH_NOT_FROM_HERE', `it needs Node ${about.node}, the package brings ${here.node}`);
}
