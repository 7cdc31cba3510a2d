import { type Code, type Fault, type Millis, timestampOf, unreachable } from '@ewon-agent/contracts';

// Why metadata of a repository was refused, as what was found rather than as text, and which attack that is taken for
// (TUF specification 1.0.33 §1.5.2 and §5).

export const TUF_ROLES = ['root', 'timestamp', 'snapshot', 'targets'] as const;
export type TufRole = (typeof TUF_ROLES)[number];

/** What was found wrong with a file that was fetched; `file` is its name. */
export type TufRefusal = { readonly file: string } & (
  | { readonly found: 'malformed'; readonly what: string }
  /** Signatures by keys that may sign the role, out of those that it needs. */
  | { readonly found: 'signatures'; readonly good: number; readonly needed: number; readonly by: string }
  /** A version, or that of another file it names, below the one that was trusted before. */
  | { readonly found: 'older'; readonly what: string; readonly version: number; readonly trusted: number }
  /** A file that was part of what was trusted before is named no more. */
  | { readonly found: 'dropped'; readonly what: string }
  /** Not the length, hash or version that was signed for it. */
  | { readonly found: 'other'; readonly what: string }
  | { readonly found: 'expired'; readonly expiresMs: Millis; readonly atMs: Millis }
);

/** Names the attack a refusal is taken for. Codes: TUF_MALFORMED, TUF_UNSIGNED, TUF_BELOW_THRESHOLD, TUF_ROLLBACK, TUF_MIXED, TUF_FROZEN. */
export function faultOfRefusal(refusal: TufRefusal): Fault {
  return { code: codeOf(refusal), detail: `${refusal.file}: ${detailOf(refusal)}` };
}

function codeOf(refusal: TufRefusal): Code {
  switch (refusal.found) {
    case 'malformed':
      return 'TUF_MALFORMED';
    case 'signatures':
      return refusal.good === 0 ? 'TUF_UNSIGNED' : 'TUF_BELOW_THRESHOLD';
    case 'older':
    case 'dropped':
      return 'TUF_ROLLBACK';
    case 'other':
      return 'TUF_MIXED';
    case 'expired':
      return 'TUF_FROZEN';
    default:
      return unreachable(refusal);
  }
}

function detailOf(refusal: TufRefusal): string {
  switch (refusal.found) {
    case 'malformed':
    case 'other':
      return refusal.what;
    case 'signatures':
      return `${refusal.good} of ${refusal.needed} good signatures that ${refusal.by} asks for`;
    case 'older':
      return `${refusal.what} is version ${refusal.version}, ${refusal.trusted} was seen before`;
    case 'dropped':
      return `${refusal.what} is not named any more`;
    case 'expired':
      return `expired at ${saidTime(refusal.expiresMs)}, and it is ${saidTime(refusal.atMs)} at least`;
    default:
      return unreachable(refusal);
  }
}

/** A clock may stand beyond what a date can say. */
function saidTime(atMs: Millis): string {
  return Math.abs(atMs) <= 8.64e15 ? timestampOf(atMs) : 'beyond all dates';
}
