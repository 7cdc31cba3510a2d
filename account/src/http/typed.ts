import { err, ok, type Result, reader } from '@ewon-agent/contracts';
import { harmless } from '../core/harmless.ts';

// Members of a body or a query that a person types. What is wrong with one is said by the field and what it may be, and not as a
// mistake of the program that sent it.

const FITS = Symbol('fits');
/** A JSON schema with what it may be in words, which openapi/ tells as well. */
export type Typed = { readonly description: string; readonly [FITS]: (given: unknown) => unknown };
type Kinds = { readonly type?: unknown; readonly anyOf?: readonly Kinds[] };

/**
 * Marks a schema as one of what a person types.
 * @param says what it may be
 * @param kept the value as it is kept, undefined when it may not be; asked of what the schema allows
 */
export function typed<T = unknown>(
  schema: object,
  says: string,
  kept: (given: T) => unknown = (given) => given,
): Typed & object {
  const read = reader<T>(schema);
  const kinds = kindsOf(schema);
  const fits = (given: unknown) => {
    const kind = kindOf(given);
    if (!kinds.includes(kind)) return given; // a program sent it: the reader of the whole refuses it
    const taken = read(given);
    if (taken.ok) return kept(taken.value);
    return kind === 'object' ? given : undefined; // a program chose its members
  };
  return { ...schema, description: says, [FITS]: fits };
}

/** Reads what a person typed of a whole: as it is kept. Codes: FIELD_UNFIT. */
export function readTyped(given: unknown, properties: Readonly<Record<string, object>>): Result<unknown> {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return ok(given);
  const [whole, faults]: [Record<string, unknown>, string[]] = [{ ...given }, []];
  for (const [name, schema] of Object.entries(properties)) {
    if (!isTyped(schema) || !Object.hasOwn(whole, name)) continue;
    const kept = schema[FITS](whole[name]);
    if (kept === undefined) faults.push(`${name}${shown(whole[name])}: ${schema.description}`);
    else whole[name] = kept;
  }
  return faults.length > 0 ? err('FIELD_UNFIT', faults.join('; ')) : ok(whole);
}

function isTyped(schema: object): schema is Typed {
  return FITS in schema;
}

function kindsOf({ type, anyOf = [] }: Kinds): readonly unknown[] {
  return [type, ...anyOf.flatMap(kindsOf)].map((kind) => (kind === 'integer' ? 'number' : kind));
}

function kindOf(given: unknown): string {
  return Array.isArray(given) ? 'array' : typeof given;
}

/** What a person finds again in a field by. */
const SHOWN_CHARACTERS = 40;

/** The value that was met; of a list it is not known which one. */
function shown(given: unknown): string {
  if (typeof given === 'number') return ` ${given}`;
  if (typeof given !== 'string') return '';
  const characters = [...given];
  const cut = characters.length > SHOWN_CHARACTERS ? '…' : '';
  return ` "${harmless(characters.slice(0, SHOWN_CHARACTERS).join(''))}${cut}"`;
}
