// The files that an Ewon takes from a card, in the strict order in which it takes them.
// Source: AUG-0062 v1.4 §5; `ebus` and `edfs` are the signed variants of firmware 15, which that manual predates, so their
// place beside the unsigned ones is inferred (ewon-facts §1.2).

/** What a file is for: firmware files are processed first and separately, configuration files together. */
export type CommissioningKind = 'recovery' | 'firmware' | 'configuration' | 'registration';
export type CommissioningFile = { readonly name: string; readonly kind: CommissioningKind };

export const T2M_TXT = 'T2M.txt';
/** Not on the Ewon's list: a real Ewon ignores it. */
export const T2M_JSON = 'T2M.json';
/** Written by this agent only, on a card that asks for it. */
export const RESULT_TXT = 'RESULT.TXT';

/** The authorised files, first to last. `config.txt` and `program.bas` travel inside `backup.tar` only. */
export const AUTHORISED_FILES: readonly CommissioningFile[] = [
  { name: 'ewonfwr.debu', kind: 'recovery' },
  { name: 'ewonfwr.ebus', kind: 'recovery' },
  { name: 'ewonfwr.ebu', kind: 'recovery' },
  { name: 'ewonfwr.edfs', kind: 'firmware' },
  { name: 'ewonfwr.edf', kind: 'firmware' },
  { name: 'dewonfwr.edf', kind: 'firmware' },
  { name: 'backup.tar', kind: 'configuration' },
  { name: 'comcfg.txt', kind: 'configuration' },
  { name: T2M_TXT, kind: 'registration' },
];

/** Every name that is looked for on a card, first to last. */
export const CARD_NAMES: readonly string[] = [...AUTHORISED_FILES.map((f) => f.name), T2M_JSON, RESULT_TXT];

/**
 * Finds the known file that a directory entry is, in any case.
 * @returns the name as it is spelled here, or undefined for a file that is none of ours
 */
export function cardNameOf(entry: string): string | undefined {
  return CARD_NAMES.find((name) => isSameName(name, entry));
}

/** Puts names that were found into their strict order. */
export function inStrictOrder(found: readonly string[]): readonly string[] {
  return CARD_NAMES.filter((name) => found.includes(name));
}

/**
 * Compares in any case, without making strings: a hostile directory holds thousands of names. Not by toLowerCase(): U+212A KELVIN SIGN
 * would become an ASCII "k", so "bac\u212Aup.tar" would be found as backup.tar.
 */
function isSameName(name: string, entry: string): boolean {
  if (name.length !== entry.length) return false;
  for (let i = 0; i < name.length; i++) {
    if (folded(name.charCodeAt(i)) !== folded(entry.charCodeAt(i))) return false;
  }
  return true;
}

function folded(code: number): number {
  return code >= 0x41 && code <= 0x5a ? code + 0x20 : code; // A-Z
}
