import { err, ok, printable, type Result } from '@ewon-agent/contracts';
import { cardNameOf, inStrictOrder, RESULT_TXT, T2M_JSON, T2M_TXT } from './easy-commissioning.ts';

/** What the root directory of any file system says of an entry. */
export type RootEntry = { readonly name: string; readonly directory: boolean };

/** The entries of a root directory that matter: two files to be read, and the names of the others on the list. */
export type KnownFiles<E> = {
  readonly t2mTxt?: E;
  readonly t2mJson?: E;
  readonly otherFiles: readonly string[];
  readonly hasReceipts?: true;
};

/** Names that are no easy-commissioning file, or that are told by themselves. */
const OWN: readonly string[] = [T2M_TXT, T2M_JSON, RESULT_TXT];

/**
 * Finds the known files among the entries of a root directory, by their names in any case.
 * Codes: CARD_NOT_A_FILE, CARD_DAMAGED (two of a name).
 */
export function findKnownFiles<E extends RootEntry>(entries: readonly E[]): Result<KnownFiles<E>> {
  const t2mTxt = onlyOne(entries, T2M_TXT);
  if (!t2mTxt.ok) return t2mTxt;
  const t2mJson = onlyOne(entries, T2M_JSON);
  if (!t2mJson.ok) return t2mJson;
  const files = entries.filter((e) => !e.directory).map((e) => cardNameOf(e.name) ?? '');
  return ok({
    ...(t2mTxt.value && { t2mTxt: t2mTxt.value }),
    ...(t2mJson.value && { t2mJson: t2mJson.value }),
    otherFiles: otherFilesAmong(files),
    ...(files.includes(RESULT_TXT) && { hasReceipts: true }),
  });
}

/** The files that are for others than this agent, in their strict order. */
export function otherFilesAmong(names: readonly string[]): readonly string[] {
  return inStrictOrder(names.filter((name) => !OWN.includes(name)));
}

/**
 * Finds one of the other files among the entries of a root directory. The files with the key are none of them.
 * Codes: CARD_GONE (none of that name), CARD_NOT_A_FILE, CARD_DAMAGED (two of a name).
 */
export function findOtherFile<E extends RootEntry>(entries: readonly E[], name: string): Result<E> {
  const [known] = otherFilesAmong([cardNameOf(name) ?? '']);
  const found = known === undefined ? ok(undefined) : onlyOne(entries, known);
  if (!found.ok) return found;
  return found.value ? ok(found.value) : err('CARD_GONE', `there is no ${printable(name, 40)} to be read`);
}

function onlyOne<E extends RootEntry>(entries: readonly E[], name: string): Result<E | undefined> {
  const found = entries.filter((e) => cardNameOf(e.name) === name);
  if (found.some((e) => e.directory)) return err('CARD_NOT_A_FILE', name);
  return found.length > 1 ? err('CARD_DAMAGED', `${found.length} files are named ${name}`) : ok(found[0]);
}
