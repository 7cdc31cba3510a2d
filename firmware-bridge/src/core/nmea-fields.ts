/** Reads fields of a sentence; an empty one is undefined, and the first that is not of its form is remembered in `wrong`. */
export type FieldReader = {
  number(at: number, from?: number, to?: number): number | undefined;
  whole(at: number, from: number, to: number): number | undefined;
  word<T extends string>(at: number, ...of: readonly T[]): T | undefined;
  /** `hhmmss.ss` as `hh:mm:ss.ss`; a leap second is let through. */
  time(at: number): string | undefined;
  /** `ddmmyy` as `yyyy-mm-dd`; 80 to 99 are of the last century. */
  date(at: number): string | undefined;
  /** Degrees, south and west negative, of a value and the letter after it; both or neither are there. */
  degrees(at: number, letters: 'NS' | 'EW'): number | undefined;
  /** Says which field was wrong first: `field 3`, counted from 1 after the type. */
  wrong(): string | undefined;
};

export function fieldReader(fields: readonly string[]): FieldReader {
  let wrong: string | undefined;
  const refuse = (at: number): undefined => {
    wrong ??= `field ${at + 1}`;
    return undefined;
  };
  const read = <T>(at: number, form: RegExp, make: (match: RegExpExecArray) => T | undefined): T | undefined => {
    const text = fields[at] ?? '';
    if (text === '') return undefined;
    const match = form.exec(text);
    return (match && make(match)) ?? refuse(at);
  };
  const within = (number: number, from: number, to: number) => (number >= from && number <= to ? number : undefined);
  return {
    number: (at, from = -1e9, to = 1e9) =>
      read(at, /^[+-]?(\d{1,12}(\.\d{0,12})?|\.\d{1,12})$/, ([text]) => within(Number(text), from, to)),
    whole: (at, from, to) => read(at, /^\d{1,9}$/, ([text]) => within(Number(text), from, to)),
    word: (at, ...of) => read(at, /^.*$/, ([text]) => of.find((word) => word === text)),
    time: (at) =>
      read(
        at,
        /^([01]\d|2[0-3])([0-5]\d)([0-5]\d|60)(\.\d{0,9})?$/,
        ([, hour, minute, second, part = '']) => `${hour}:${minute}:${second}${part === '.' ? '' : part}`,
      ),
    date: (at) =>
      read(at, /^(\d\d)(\d\d)(\d\d)$/, ([, day = '', month = '', year = '']) =>
        calendarDay(`${Number(year) >= 80 ? '19' : '20'}${year}-${month}-${day}`),
      ),
    degrees: (at, letters) => {
      const [positive = '', negative = ''] = letters;
      const limit = letters === 'NS' ? 90 : 180;
      const value = read(at, /^(\d{1,3})(\d\d(?:\.\d{0,10})?)$/, ([, degrees, minutes]) =>
        Number(minutes) < 60 ? within(Number(degrees) + Number(minutes) / 60, 0, limit) : undefined,
      );
      const letter = read(at + 1, /^.$/, ([text]) => [positive, negative].find((known) => known === text));
      if (value === undefined && letter === undefined) return undefined;
      if (value === undefined || letter === undefined) return refuse(value === undefined ? at : at + 1);
      return letter === negative ? 0 - value : value;
    },
    wrong: () => wrong,
  };
}

/** Takes a day that is in the calendar, and no 31st of February. */
export function calendarDay(text: string): string | undefined {
  const day = new Date(`${text}T00:00:00Z`);
  return Number.isNaN(day.getTime()) || !day.toISOString().startsWith(text) ? undefined : text;
}
