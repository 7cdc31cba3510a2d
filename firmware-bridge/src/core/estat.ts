import { type EwonIdentity, err, ok, parseSerial, type Result } from '@ewon-agent/contracts';
import type { Setting, SettingsFile } from './comcfg.ts';
import { type SettingLine, settingOf } from './setting-line.ts';
import {
  hasControls,
  isBlank,
  type LineFault,
  type RefusedLine,
  readText,
  type TextFile,
  tooLong,
} from './text-file.ts';

/** The export block descriptor of the status (`estat`) as text. Source: ewon-facts §4, RG-001 p. 168. */
export const ESTAT_DESCRIPTOR = '$dtES$ftT';

/**
 * Reads the status export block: one `Key:Value` a line, LF or CRLF, a value perhaps in quotes. Keys nobody here
 * knows are kept; of a key that stands twice the first counts; a line without a key is left out.
 */
export function parseEstat(text: string): ReadonlyMap<string, string> {
  const estat = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const read = statusOf(line);
    if (read && !estat.has(read.key)) estat.set(read.key, read.value);
  }
  return estat;
}

/**
 * Reads the status as a file that `writeSettings` gives back byte for byte, with a reason for each line that is none.
 * Codes: TEXT_TOO_LARGE, TEXT_ENCODING.
 */
export function parseEstatFile(bytes: Uint8Array): Result<SettingsFile> {
  const text = readText(bytes);
  return text.ok ? ok(estatIn(text.value)) : text;
}

/**
 * Finds who the Ewon is. Model and firmware may be missing (empty text), the serial may not: without it a person
 * could not tell which Ewon asks. Codes: FIRMWARE_ANSWER_BAD.
 */
export function identityFrom(estat: ReadonlyMap<string, string>): Result<EwonIdentity> {
  const serial = SERIAL_KEYS.map((key) => parseSerial(estat.get(key))).find((parsed) => parsed.ok);
  if (!serial?.ok) return err('FIRMWARE_ANSWER_BAD', whatIsWrong(estat));
  return ok({ serial: serial.value, model: firstOf(estat, MODEL_KEYS), firmware: firstOf(estat, ['FwrVersion']) });
}

/** Which key holds the serial depends on the model and the firmware (ewon-facts §4). */
const SERIAL_KEYS = ['SerNum', 'SERNUM', 'MbSerNum'];
const MODEL_KEYS = ['CodeName', 'MbPartNum'];
/** What the registration request takes for model and firmware. */
const SHOWN_MAX_CHARACTERS = 64;
const QUOTED_KEY = /^([ \t]{0,64})"(\w{1,64})"/;

/** Reads a line; key and value may stand in quotes, which are not part of them. */
function statusOf(line: string): SettingLine | undefined {
  // quotes become blanks, so that places in the line stay the same
  const read = settingOf(line.replace(QUOTED_KEY, '$1 $2 '));
  if (!read) return undefined;
  if (read.value.length < 2 || !/^"[^"]*"$/.test(read.value)) return read;
  return { ...read, value: read.value.slice(1, -1), from: read.from + 1, to: read.to - 1 };
}

function estatIn(text: TextFile): SettingsFile {
  const settings: Setting[] = [];
  const refused: RefusedLine[] = [];
  for (const [index, { text: written }] of text.lines.entries()) {
    if (isBlank(written)) continue;
    const line = index + 1;
    const read = tooLong(written) ?? (hasControls(written) ? undefined : statusOf(written)) ?? NO_STATUS;
    if ('reason' in read) refused.push({ line, ...read });
    else settings.push({ line, ...read });
  }
  return { text, settings, refused };
}

const NO_STATUS: LineFault = { code: 'ESTAT_LINE_BAD', reason: 'not Key:Value' };

function firstOf(estat: ReadonlyMap<string, string>, keys: readonly string[]): string {
  return (keys.map((key) => estat.get(key)).find((value) => value) ?? '').slice(0, SHOWN_MAX_CHARACTERS);
}

function whatIsWrong(estat: ReadonlyMap<string, string>): string {
  if (estat.size === 0) return 'the answer is not a status of Key:Value lines';
  const met = SERIAL_KEYS.find((key) => estat.has(key));
  return met ? `${met} is ${JSON.stringify(estat.get(met)?.slice(0, 40))}` : `no ${SERIAL_KEYS.join(', ')}`;
}
