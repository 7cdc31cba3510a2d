import type { RegistrationRecord } from './records.ts';

/** What a template of names may hold, beside other text. */
export const NAME_PARTS = ['serial', 'note', 'model', 'n'] as const;

/**
 * A name by a template such as `Pump {n} ({serial})`.
 * @param n place in the list that is approved, from 1
 * @returns it without blanks around, as a name must be; a part that is empty leaves nothing
 */
export function nameBy(
  template: string,
  record: Pick<RegistrationRecord, 'serial' | 'note' | 'model'>,
  n: number,
): string {
  const parts = { serial: record.serial, note: record.note, model: record.model, n: String(n) };
  return template.replace(/\{(serial|note|model|n)\}/g, (_, part: keyof typeof parts) => parts[part]).trim();
}

/** The parts as they are written. */
export const KNOWN_PARTS: readonly string[] = NAME_PARTS.map((part) => `{${part}}`);

/**
 * The first part in braces that stands for nothing, such as `{name}` or `{Serial}`: who wrote it meant something, and no Ewon is
 * meant to be called so.
 */
export function unknownPartOf(template: string): string | undefined {
  return template.match(/\{[^{}]*\}/g)?.find((part) => !KNOWN_PARTS.includes(part));
}
