import { quoted } from './cells.ts';

/** A tag as it stands on the simulated Ewon; a string tag has text. */
export type TagState = { readonly value: number | string; readonly quality: number };

/** What an Ewon writes for a tag whose source answers; its lower byte is the quality of OPC DA. */
export const QUALITY_GOOD = 65472;

/**
 * Writes the export block of instant values: a header, then a line for each tag, with CRLF (ewon-facts §4).
 * No tag is in alarm.
 */
export function instantValuesText(tags: ReadonlyMap<string, TagState>): string {
  const lines = [...tags].map(([name, { value, quality }], i) =>
    [i + 1, quoted(name), typeof value === 'string' ? quoted(value) : value, 0, 0, quality].join(';'),
  );
  return [HEADER, ...lines].map((line) => `${line}\r\n`).join('');
}

const HEADER = ['TagId', 'TagName', 'Value', 'AlStatus', 'AlType', 'Quality'].map(quoted).join(';');
