import type { Ewon, PatchEwon } from '../api-types.ts';
import { TEXTS } from '../texts.ts';
import { harmless } from '../words.ts';

const T = TEXTS.patches;

/** How an Ewon stands with patches, in one word. */
export function patchWord({ state, reason }: NonNullable<Ewon['patch']>): string {
  if (state !== 'idle' || reason === undefined) return T.words[state];
  const words: Readonly<Record<string, string>> = T.idleWords;
  return words[reason] ?? T.hindered;
}

/** How an Ewon stands with one patch. */
export function standingWord({ is, doing }: PatchEwon): string {
  return doing ? T.doing[doing] : T.is[is];
}

/** Why it does not have the patch; empty where there is nothing to say. */
export function whyWords({ is, doing, reason, detail, why = '', toldAt }: PatchEwon): string {
  if (reason === 'PATCH_OFF') {
    const decided: Readonly<Record<string, string>> = T.decided;
    return `${why} ${decided[detail ?? ''] ?? ''}`.trim();
  }
  if (reason === undefined && is === 'waits') return doing ? '' : T.comes;
  if (is === 'unknown') return toldAt === null ? '' : T.notRead;
  return detail === undefined ? why : `${why} (${harmless(detail)})`;
}
