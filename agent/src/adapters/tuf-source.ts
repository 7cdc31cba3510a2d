import type { Millis, Result } from '@ewon-agent/contracts';

/**
 * Where the files of a repository come from.
 *
 * Obligations:
 * - A path is that of a URL: relative, its parts percent-encoded.
 * - `open` answers what is known before the first byte of content; bytes are asked for by `next`, and held in small pieces.
 * - After `close`, and after the signal, nothing is asked for any more.
 * - Nothing throws. Codes: TUF_UNREACHABLE; TUF_MALFORMED, when what answers does so in a form that was not asked for.
 */
export type TufSource = {
  open(path: string, order: TufOrder): Promise<Result<TufAnswer>>;
};

export type TufOrder = {
  readonly signal: AbortSignal;
  /** The first byte that is wanted; the source may begin at 0 all the same. */
  readonly from?: number;
};

export type TufAnswer = {
  /** When the account says it is; only a source that proved who it is has one. */
  readonly dateMs?: Millis | undefined;
} & ({ readonly is: 'missing' } | { readonly is: 'past its end' } | ({ readonly is: 'open' } & TufBody));

export type TufBody = {
  /** Where what comes begins. */
  readonly from: number;
  /** How long the file is, where that is told. */
  readonly totalBytes?: number | undefined;
  /** The next piece; undefined at the end. */
  next(): Promise<Result<Uint8Array | undefined>>;
  close(): void;
};

/** Where patches are in the tree of a repository; its metadata lies at the top (docs/patches.md). */
export const TARGETS_DIR = 'targets/';

/** A directory inside of a source. */
export function within(source: TufSource, dir: string): TufSource {
  return { open: (path, order) => source.open(dir + path, order) };
}
