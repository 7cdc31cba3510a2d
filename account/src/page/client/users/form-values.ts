import { fieldOf } from '../parts.tsx';

/** Reads a password of a form: blanks around it belong to it. */
export function passwordOf(form: HTMLFormElement, name = 'password'): string {
  return String(new FormData(form).get(name) ?? '');
}

/** Reads all boxes of a name that are ticked. */
export function tickedOf(form: HTMLFormElement, name: string): readonly string[] {
  return new FormData(form).getAll(name).map(String);
}

/** Reads three fields that are called alike, with their number behind. */
export function threeOf(form: HTMLFormElement, name: string): readonly [string, string, string] {
  return [fieldOf(form, `${name}1`), fieldOf(form, `${name}2`), fieldOf(form, `${name}3`)];
}

/** Reads a number that may be left out. */
export function numberOrNone(form: HTMLFormElement, name: string): number | null {
  const text = fieldOf(form, name);
  return text === '' ? null : Number(text);
}
