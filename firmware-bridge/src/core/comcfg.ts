import { err, ok, type Result } from '@ewon-agent/contracts';
import { doubtAbout } from './comcfg-keys.ts';
import { isKey, type SettingLine, sameKey, settingOf, withValue } from './setting-line.ts';
import {
  hasControls,
  insertLine,
  isBlank,
  isWritable,
  LINE_MAX_CHARACTERS,
  type LineCode,
  type LineFault,
  type RefusedLine,
  readText,
  replaceLines,
  type TextFile,
  tooLong,
  writeText,
} from './text-file.ts';

// comcfg.txt, the communication settings of an Ewon: `Key:Value` a line, CRLF (SSH-0050, ewon-facts §3.1). An Ewon takes a partial file as a change
// of what it has, so a file is written back with nothing changed but what was asked.

/** A setting as it stands; `line` counts from 1. */
export type Setting = SettingLine & { readonly line: number };
/** A file of settings: its text, what was read of it, and the lines that could not be read. */
export type SettingsFile = {
  readonly text: TextFile;
  readonly settings: readonly Setting[];
  readonly refused: readonly RefusedLine[];
};

/** Reads comcfg.txt; lines that are none are kept and named. Codes: TEXT_TOO_LARGE, TEXT_ENCODING. */
export function parseComcfg(bytes: Uint8Array): Result<SettingsFile> {
  const text = readText(bytes);
  return text.ok ? ok(settingsIn(text.value, 'COMCFG_LINE_BAD')) : text;
}

/** Writes a file of settings; one that was not changed comes out byte for byte as it was. */
export function writeSettings({ text }: SettingsFile): Uint8Array {
  return writeText(text);
}

/** The value of a key. Of one that stands twice the last counts: an Ewon takes the lines in their order. */
export function settingValue({ settings }: SettingsFile, key: string): string | undefined {
  return settings.findLast((setting) => sameKey(setting.key, key))?.value;
}

/**
 * Sets a value of comcfg.txt: only its own bytes change. A key that stands twice is changed in both places, so that it does not matter which of
 * them counts. A key that is not there is added as a last line, before blank lines at the end.
 * Codes: SETTING_BAD (the key, a value that cannot stand in a line, or one that is documented as impossible).
 */
export function setComcfg(file: SettingsFile, key: string, value: string): Result<SettingsFile> {
  const doubt = doubtAbout(key, value);
  if (doubt) return err('SETTING_BAD', doubt);
  const text = withSetting(file.text, { key, value, settings: file.settings, end: lastWritten(file.text) });
  return text.ok ? ok(settingsIn(text.value, 'COMCFG_LINE_BAD')) : text;
}

/** Reads the lines of a text as settings; `code` is what a line is refused with. */
export function settingsIn(text: TextFile, code: LineCode): SettingsFile {
  const settings: Setting[] = [];
  const refused: RefusedLine[] = [];
  for (const [index, { text: written }] of text.lines.entries()) {
    if (isBlank(written)) continue;
    const line = index + 1;
    const read = readSetting(written, code);
    if ('reason' in read) refused.push({ line, ...read });
    else settings.push({ line, ...read });
  }
  return { text, settings, refused };
}

/** Reads one line, or says why not. */
export function readSetting(text: string, code: LineCode): SettingLine | LineFault {
  const long = tooLong(text);
  if (long) return long;
  if (hasControls(text)) return { code, reason: 'control characters' };
  return settingOf(text) ?? { code, reason: text.includes(':') ? 'no key before the colon' : 'no colon' };
}

/**
 * Sets a value among the given settings of a text, or adds a line after line `end` (counted from 1; 0 is the top).
 * Codes: SETTING_BAD.
 */
export function withSetting(
  text: TextFile,
  asked: { readonly key: string; readonly value: string; readonly settings: readonly Setting[]; readonly end: number },
): Result<TextFile> {
  const { key, value, settings, end } = asked;
  if (!isKey(key)) return err('SETTING_BAD', 'the key is not a letter followed by letters, digits and _');
  if (!isWritable(text, value))
    return err('SETTING_BAD', `${key}: characters that a ${text.encoding} line cannot hold`);
  if (value !== value.replace(/^[ \t]|[ \t]$/g, '')) return err('SETTING_BAD', `${key}: blanks around the value`);
  if (key.length + value.length + 1 > LINE_MAX_CHARACTERS) return err('SETTING_BAD', `${key}: too long`);
  const there = settings.filter((setting) => sameKey(setting.key, key));
  if (there.length === 0) return ok(insertLine(text, end - 1, `${key}:${value}`));
  const changed = there.map((setting): [number, string] => {
    const index = setting.line - 1;
    return [index, withValue(text.lines[index]?.text ?? '', setting, value)];
  });
  return ok(replaceLines(text, new Map(changed)));
}

/** The last line that is not blank, counted from 1; 0 without any. */
function lastWritten({ lines }: TextFile): number {
  return lines.findLastIndex(({ text }) => !isBlank(text)) + 1;
}
