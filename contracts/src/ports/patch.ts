import type { Result } from '../result.ts';
import type { Patch, PatchKind, RepositoryHeld } from '../schema/patch.ts';

/** What a repository offers, as far as it could be trusted. */
export type RepositoryRead = {
  readonly held: RepositoryHeld;
  /** Targets whose `custom` is that of a patch; others are left out. */
  readonly patches: readonly Patch[];
};

/**
 * The repository of security patches that this device trusts.
 *
 * Obligations:
 * - `refresh` reads the metadata and answers what is trusted afterwards. What was trusted before stays so when it fails, and
 *   after a power cut at any moment. Versions never go back, and no clock that is set back un-expires anything. A refusal says
 *   which attack it was taken for, by its code: TUF_UNSIGNED, TUF_BELOW_THRESHOLD, TUF_ROLLBACK, TUF_FROZEN, TUF_MIXED, TUF_ENDLESS,
 *   TUF_SLOW, TUF_MALFORMED; TUF_UNREACHABLE, TUF_NO_ROOT, TUF_ROOT_FOREIGN, PATCH_STOPPED and
 *   STATE_UNWRITABLE are none.
 * - `download` brings a patch that the last good `refresh` offered, and goes on where it was interrupted, also by a start of the
 *   agent. It resolves with the path of the file when all of it is on the disk and its length and hash are those that were
 *   signed. An aborted one resolves with PATCH_STOPPED, and no byte is asked for after that. Codes beside those: TUF_TARGET_WRONG,
 *   TUF_ENDLESS, TUF_SLOW, TUF_UNREACHABLE, TUF_TARGET_UNKNOWN, PATCH_NO_ROOM,
 *   STATE_UNWRITABLE.
 * - `keepOnly` removes what was downloaded, whole or in part, of all but the patches named by their hashes.
 * - Nothing throws, and one call is made at a time.
 */
export type PatchRepositoryPort = {
  refresh(signal: AbortSignal): Promise<Result<RepositoryRead>>;
  download(patch: Patch, watch: PatchWatch): Promise<Result<{ readonly file: string }>>;
  keepOnly(sha256s: readonly string[]): Promise<void>;
};

export type PatchWatch = { readonly signal: AbortSignal; readonly received: (bytes: number) => void };

/** What runs now, of one kind. `productCode` is what `productCodes` of a patch must name. */
export type PatchedNow = { readonly version: string; readonly productCode: string };

/**
 * Puts one kind of patch to work.
 *
 * Obligations:
 * - `install` may be interrupted at any moment, also by a power cut. Afterwards the old version runs or the new one, and the same
 *   call again, with the same patch, comes to an end: it finds out by itself how far it was.
 * - It resolves with the version that runs, which is that of the patch; or with `restart` when that is told only after this
 *   process has ended, which it is then waited for.
 * - A failure leaves the version that ran before. Codes: see those of PATCH_, and those of the Ewon.
 * - `settle` puts back what an installation has left aside that nobody goes on with, as of an Ewon that went away; `later`: it cannot be now.
 * - Nothing throws; one call is made at a time.
 */
export type PatchInstallerPort = {
  readonly kind: PatchKind;
  present(): Promise<Result<PatchedNow>>;
  install(
    patch: Patch,
    file: string,
    told: (step: string) => void,
  ): Promise<Result<{ readonly version: string } | { readonly restart: true }>>;
  settle?(): Promise<'done' | 'later'>;
};
