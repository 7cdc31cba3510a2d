/** Tells whether a value is one that the Ewon takes. */
export type Takes = (value: string) => boolean;

/** Whatever it is. */
export const any: Takes = () => true;
/** Off or on. */
export const flag: Takes = (value) => /^[01]$/.test(value);
/** An IPv4 address. */
export const address: Takes = (value) =>
  /^\d{1,3}(\.\d{1,3}){3}$/.test(value) && value.split('.').every((part) => Number(part) < 256);
/** A TCP or UDP port; 0 stands for none. */
export const port: Takes = upTo(65_535);
/** A length of time, in the unit of its key. */
export const time: Takes = upTo(2 ** 31 - 1);

/** One of these numbers. */
export function oneOf(...values: readonly number[]): Takes {
  const texts = new Set(values.map(String));
  return (value) => texts.has(value);
}

/** A whole number from 0. */
export function upTo(max: number): Takes {
  return (value) => /^\d{1,10}$/.test(value) && Number(value) <= max;
}

/** So many characters at most. */
export function longest(characters: number): Takes {
  return (value) => value.length <= characters;
}
