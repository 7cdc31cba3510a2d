// The fields after the prefix of an answer: `+CREG: 2,1,"1A2B","01A2D001",7`.

/** One field; quotes are no part of it. */
export type AtField = { readonly text: string; readonly quoted: boolean };

/** Splits at commas outside of quotes; a quote that does not end goes on to the end. */
export function atFields(text: string): readonly AtField[] {
  const fields: AtField[] = [];
  let from = 0;
  let inQuotes = false;
  for (let at = 0; at <= text.length; at++) {
    if (text[at] === '"') inQuotes = !inQuotes;
    if (at < text.length && (inQuotes || text[at] !== ',')) continue;
    const field = text.slice(from, at).trim();
    const quoted = field.length > 1 && field.startsWith('"') && field.endsWith('"');
    fields.push({ text: quoted ? field.slice(1, -1) : field, quoted });
    from = at + 1;
  }
  return fields;
}

/** A decimal number, perhaps with a unit or a label after it that is left out (`-65dbm`). @returns undefined when there is none */
export function decimal(text: string | undefined): number | undefined {
  const [number] = /^[+-]?\d{1,10}(\.\d{1,6})?(?![\w.])/.exec((text ?? '').replace(/dBm?$/i, '')) ?? [];
  return number === undefined ? undefined : Number(number);
}

/** A hexadecimal number, with or without `0x`. @returns undefined when it is none, or all ones, which means unknown */
export function hexadecimal(text: string | undefined): number | undefined {
  const [, digits] = /^(?:0x)?([0-9a-f]{1,10})$/i.exec(text ?? '') ?? [];
  return digits === undefined || /^f{4,}$/i.test(digits) ? undefined : Number.parseInt(digits, 16);
}

/** Country and network as `26201`, from one text (`262-01`, `262 01`, `26201`) or from two. @returns undefined when there are none */
export function plmn(country: string | undefined, network?: string): string | undefined {
  const digits = `${country ?? ''}${network ?? ''}`.replace(/[ -]/g, '');
  return /^\d{5,6}$/.test(digits) ? digits : undefined;
}

/** Keeps a value that can be one, as a signal that is 0, 255 or far away is none. */
export function between(from: number, number: number | undefined, to: number): number | undefined {
  return number !== undefined && number >= from && number <= to ? number : undefined;
}
