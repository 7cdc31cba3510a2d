import { nameForm, nameOf, nameOrNone } from '../core/names.ts';
import { isTime } from '../core/times.ts';
import { typed } from './typed.ts';

// Forms of what people type into fields, each with what it may be.

/** Every name that there can be: of today's and of those that were given before core/names.ts. */
export const name = {
  type: 'string',
  pattern: '^(?! )[^\\u0000-\\u001f\\u007f-\\u009f\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]{1,100}(?<! )$',
};
/** One that is given. */
export const newName = typed<string>(name, nameForm(), (given) => nameOf(given));
/** One that is meant. */
export const knownName = typed(name, nameForm());

/** Characters of what is told of an Ewon or a user in one line. */
export const TEXT_MAX = 255;
export const text = (maxLength: number) => ({ type: 'string', maxLength });
export const line = (maxLength: number) => typed(text(maxLength), `at most ${maxLength} characters`);
/** The name of somebody, if it is told. */
export const nameIfAny = (maxLength: number) =>
  typed<string>(text(maxLength), `${nameForm(maxLength)}; or nothing`, (given) => nameOrNone(given, maxLength));

const three = (items: object) => ({ type: 'array', items, minItems: 3, maxItems: 3 });
/** All three, or those that are named by their number. */
const threeChange = (item: object) => ({
  anyOf: [three(item), { type: 'object', properties: { 1: item, 2: item, 3: item }, additionalProperties: false }],
});
const THREE_TEXTS = `three texts of at most ${TEXT_MAX} characters`;
export const customFields = typed(three(text(TEXT_MAX)), THREE_TEXTS);
export const customFieldsChange = typed(
  threeChange(text(TEXT_MAX)),
  `${THREE_TEXTS}, or those that change by 1, 2 or 3`,
);
/** @param max characters of a name */
export const fieldNamesChange = (max: number) =>
  typed<readonly string[] | Readonly<Record<string, string>>>(
    threeChange(text(max)),
    `three names, each ${nameForm(max)}, or nothing`,
    (given) => {
      const kept = Object.entries(given).map(([at, one]) => [at, nameOrNone(one, max)] as const);
      if (kept.some(([, one]) => one === undefined)) return undefined;
      return Array.isArray(given) ? kept.map(([, one]) => one) : Object.fromEntries(kept);
    },
  );

/** It is written on a card. */
export const note = typed(
  { type: 'string', pattern: '^[\\x20-\\x7e]{0,140}$' },
  'at most 140 characters, letters without accents, digits and signs',
);

type Within = { readonly min: number; readonly max: number };
const numberForm = ({ min, max }: Within) => `a whole number from ${min} to ${max}`;
const numberSchema = ({ min, max }: Within) => ({ type: 'integer', minimum: min, maximum: max });
export const number = (within: Within) => typed(numberSchema(within), numberForm(within));
export const numberOrNone = (within: Within) =>
  typed({ anyOf: [numberSchema(within), { type: 'null' }] }, `${numberForm(within)}, or null for none`);
/** A number in a query, where everything is text. @param max 9, 99, 999 …, as a pattern has it */
export const rows = (max: number) =>
  typed({ type: 'string', pattern: `^[1-9]\\d{0,${String(max).length - 1}}$` }, numberForm({ min: 1, max }));

const rfc3339 = { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,3})?Z$' };
const TIME_FORM = 'a time in UTC such as 2026-03-01T12:00:00Z';
const timeIfAny = (given: string | null) => (given === null || isTime(given) ? given : undefined);
export const timestamp = typed<string>(rfc3339, TIME_FORM, timeIfAny);
export const timestampOrNone = typed<string | null>(
  { anyOf: [rfc3339, { type: 'null' }] },
  `${TIME_FORM}, or null for none`,
  timeIfAny,
);
