import { ANSWERS, type AtAnswer, cellAnswer } from './at-answers.ts';
import { sierraCell, ubloxCell } from './at-cells.ts';
import { atFields, plmn } from './at-fields.ts';
import { shortened } from './secrets.ts';
import type { LineFault } from './text-file.ts';

// What a modem says, line by line: echoes, results, answers (3GPP TS 27.007 and each family's own) and what it says unasked in between. A few answers need
// the lines before them, so that is remembered. Numbers that name one modem or one SIM leave here shortened.

/** What was heard before a line; begin with {@link AT_SILENCE}. */
export type AtContext = {
  /** The last command that was echoed, without its parameters: `AT+CGSN`. */
  readonly command: string;
  /** An answer of several lines that goes on. */
  readonly within: 'ucged' | 'gstatus' | 'none';
  readonly network?: string | undefined;
};
export const AT_SILENCE: AtContext = { command: '', within: 'none' };

/** Reads a line. Codes: AT_LINE_BAD (no text), AT_FIELD_BAD. */
export function readAt(context: AtContext, line: string): readonly [AtContext, AtAnswer | LineFault] {
  if (!/^[\t -~\x80-\xff]*$/.test(line)) return [context, { code: 'AT_LINE_BAD', reason: 'control characters' }];
  const text = line.trim();
  if (text === '') return [context, { code: 'AT_LINE_BAD', reason: 'blanks only' }];
  const [, echo] = /^(AT[+#$%^!&*]?[A-Z0-9]{0,16})/i.exec(text) ?? [];
  if (echo !== undefined && /^AT([^A-Z]|$|[A-Z]\d?$|E\d|Z|D)/i.test(text)) {
    const command = echo.toUpperCase().replace(/^ATD.*/, 'ATD'); // a number to dial is nobody's business
    return [
      { command, within: 'none' },
      { kind: 'echo', command },
    ];
  }
  if (RESULTS.test(text)) {
    const ends = !/^(RING|CONNECT)/.test(text);
    return [
      { ...context, ...(ends && { within: 'none' }) },
      { kind: 'result', result: text.slice(0, 40) },
    ];
  }
  return answer(context, text);
}

const RESULTS = /^(OK|ERROR|NO CARRIER|NO DIALTONE|NO ANSWER|BUSY|RING|CONNECT( \d{1,9})?)$/;

function answer(context: AtContext, text: string): readonly [AtContext, AtAnswer | LineFault] {
  const [, name, rest = ''] = /^([+#^!*$%]\w{2,16}(?: ERROR)?)(?::\s?(.*)|$)/.exec(text) ?? [];
  if (name === undefined) return unnamed(context, text);
  const fields = atFields(rest);
  if (name === '!GSTATUS')
    return [
      { ...context, within: 'gstatus' },
      { kind: 'other', name },
    ];
  if (name === '+UCGED')
    return [
      { ...context, within: 'ucged', network: undefined },
      { kind: 'other', name },
    ];
  const read = Object.hasOwn(ANSWERS, name) ? ANSWERS[name] : undefined;
  if (!read) return [context, { kind: 'other', name }];
  return [context, read(fields, name) ?? { code: 'AT_FIELD_BAD', reason: name }];
}

/** A line without a prefix: a part of a longer answer, a number, or words. */
function unnamed(context: AtContext, text: string): readonly [AtContext, AtAnswer | LineFault] {
  const fields = atFields(text);
  if (context.within === 'gstatus' && text.includes(':')) {
    const cell = sierraCell(text);
    return [context, cell ? { kind: 'cell', ...cell } : { kind: 'other', name: '!GSTATUS' }];
  }
  if (context.within === 'ucged' && fields.length >= 4) {
    if (fields.length < 12) {
      const network = plmn(fields[2]?.text, fields[3]?.text);
      return [
        { ...context, network },
        { kind: 'operator', ...(network !== undefined && { plmn: network }) },
      ];
    }
    return [{ ...context, within: 'none' }, cellAnswer(ubloxCell(fields, context.network)) ?? FIELD_BAD_UCGED];
  }
  const number = /^"?(\d{14,20})F?"?$/i.exec(text)?.[1];
  if (number !== undefined) return [context, { kind: NUMBERS[context.command] ?? 'number', shown: shortened(number) }];
  // a word of ours on a noisy line is not to be told from noise; many bytes that no modem writes are
  if (/[\x80-\xff]/.test(text)) return [context, { code: 'AT_LINE_BAD', reason: 'bytes that are no ASCII' }];
  return [context, { kind: 'text', text: text.slice(0, 200).replace(/\d{8,}/g, shortened) }];
}

const FIELD_BAD_UCGED: LineFault = { code: 'AT_FIELD_BAD', reason: '+UCGED' };
const NUMBERS: Readonly<Record<string, 'imei' | 'imsi' | 'iccid'>> = {
  ...{ 'AT+CGSN': 'imei', 'AT+GSN': 'imei', 'AT+CIMI': 'imsi' },
  ...{ 'AT+CCID': 'iccid', 'AT+QCCID': 'iccid', 'AT+CICCID': 'iccid', 'AT#CCID': 'iccid', 'AT^SCID': 'iccid' },
};
