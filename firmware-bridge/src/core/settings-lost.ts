import { type SettingsFile, settingValue } from './comcfg.ts';
import type { ConfigFile, Section } from './config-txt.ts';
import type { Row } from './row-line.ts';
import { isEncrypted } from './secrets.ts';
import { sameKey } from './setting-line.ts';
import { writeText } from './text-file.ts';

// What an Ewon had before something was done to it and has no more. Keys that it has now and had not are no loss: newer firmware has more of them. Of
// a value that is kept encrypted only that it is empty now can be told: newer firmware encrypts the same password in another way (`#_5` → `#_6`).

/** What was lost of comcfg.txt, and the lines that bring it back. */
export type LostComcfg = { readonly keys: readonly string[]; readonly bytes: Uint8Array };

/** What a key is that is not there any more: lost, or one that newer firmware has no use for. */
export type Absent = 'lost' | 'dropped';

/** Finds the settings of comcfg.txt that have another value now, or are not there. */
export function comcfgLost(before: SettingsFile, now: SettingsFile, absent: Absent = 'lost'): LostComcfg {
  const lost = before.settings.filter(
    ({ key }, i, all) =>
      !OF_ITS_OWN.some((own) => sameKey(own, key)) &&
      all.findLastIndex((other) => sameKey(other.key, key)) === i && // of one that stands twice the last counts
      isLost(settingValue(before, key), settingValue(now, key), absent),
  );
  const lines = lost.flatMap(({ line }) => before.text.lines.slice(line - 1, line));
  // CRLF, as the last line of a file may have no end
  const bytes = writeText({ ...before.text, mark: 'none', lines: lines.map(({ text }) => ({ text, end: '\r\n' })) });
  return { keys: lost.map(({ key }) => key), bytes };
}

/** Names the settings and the lists of config.txt that are not as they were. It is brought back whole: nothing says that an Ewon merges it. */
export function configLost(before: ConfigFile, now: ConfigFile, absent: Absent = 'lost'): readonly string[] {
  const lost = before.sections.flatMap((section) => {
    const there = now.sections.filter(({ name }) => name === section.name);
    const settings = there.flatMap((one) => one.settings);
    const valueNow = (key: string) => settings.findLast((setting) => sameKey(setting.key, key))?.value;
    const keys = section.settings.filter(({ key, value }) => isLost(value, valueNow(key), absent));
    const rows = there.flatMap((one) => one.rows.map((row) => cellsOf(one, row)));
    const isListLost = section.rows.some((row) => !rows.some((other) => isSameRow(cellsOf(section, row), other)));
    return [...keys.map(({ key }) => `${section.name}.${key}`), ...(isListLost ? [section.name] : [])];
  });
  return [...new Set(lost)];
}

/** Set by the Ewon itself, or from a card only (SSH-0050). */
const OF_ITS_OWN = ['BootOp', 'T2MKey', 'T2MNote'];

function isLost(before: string | undefined, now: string | undefined, absent: Absent): boolean {
  if (before === now || (now === undefined && absent === 'dropped')) return false;
  if (!isEncrypted(before) && !isEncrypted(now)) return true;
  return isEmptySecret(now) && !isEmptySecret(before);
}

/** No password is published as `#_1_//8=`, two bytes. */
function isEmptySecret(value: string | undefined): boolean {
  return value === undefined || /^(#_\d_.{0,4})?$/.test(value);
}

type Cells = ReadonlyMap<string, string>;

function cellsOf({ columns }: Section, { cells }: Row): Cells {
  return new Map(cells.map(({ text }, i) => [columns[i] ?? '', text]));
}

/** By the columns that it had: newer firmware has more of them. */
function isSameRow(before: Cells, now: Cells): boolean {
  return [...before].every(([column, text]) => !isLost(text, now.get(column), 'dropped'));
}
