import { type EwonIdentity, err, ok, parseSerial, type Result } from '@ewon-agent/contracts';

/** The export block descriptor of the status (`estat`) as text. Source: ewon-facts §4, RG-001 p. 168. */
export const ESTAT_DESCRIPTOR = '$dtES$ftT';

/**
 * Reads the status export block: one `Key:Value` a line, LF or CRLF, a value perhaps in quotes. Keys nobody here
 * knows are kept; of a key that stands twice the first counts; a line without a key is left out.
 */
export function parseEstat(text: string): ReadonlyMap<string, string> {
  const estat = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const colon = line.indexOf(':'); // only the first one: `ModemExtInfo:MFR: Telit , MODEL: HE910-D`
    const key = unquoted(line.slice(0, Math.max(colon, 0)));
    if (KEY.test(key) && !estat.has(key)) estat.set(key, unquoted(line.slice(colon + 1)));
  }
  return estat;
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

const KEY = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;
/** Which key holds the serial depends on the model and the firmware (ewon-facts §4). */
const SERIAL_KEYS = ['SerNum', 'SERNUM', 'MbSerNum'];
const MODEL_KEYS = ['CodeName', 'MbPartNum'];
/** What the registration request takes for model and firmware. */
const SHOWN_MAX_CHARACTERS = 64;

function unquoted(text: string): string {
  const trimmed = text.trim();
  return /^"[^"]*"$/.test(trimmed) ? trimmed.slice(1, -1) : trimmed;
}

function firstOf(estat: ReadonlyMap<string, string>, keys: readonly string[]): string {
  return (keys.map((key) => estat.get(key)).find((value) => value) ?? '').slice(0, SHOWN_MAX_CHARACTERS);
}

function whatIsWrong(estat: ReadonlyMap<string, string>): string {
  if (estat.size === 0) return 'the answer is not a status of Key:Value lines';
  const met = SERIAL_KEYS.find((key) => estat.has(key));
  return met ? `${met} is ${JSON.stringify(estat.get(met)?.slice(0, 40))}` : `no ${SERIAL_KEYS.join(', ')}`;
}
