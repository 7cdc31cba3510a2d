import { Ajv, type AnySchemaObject, type ErrorObject, type ValidateFunction } from 'ajv';
import { type Code, printable } from './codes.ts';
import { err, ok, type Result } from './result.ts';

/** Reads an untyped value once, at the door; inside nobody checks again. */
export type Reader<T> = (value: unknown) => Result<T>;

/**
 * Makes a reader from a JSON schema. Compiles at the first use, so importing costs nothing.
 * All faults are reported at once as `path: what is wrong`. With `ownProperties`, because otherwise members of
 * `Object.prototype` satisfy `required`.
 * @param code the code of the fault that the reader answers
 */
export function reader<T>(schema: AnySchemaObject, code: Code = 'BAD_REQUEST'): Reader<T> {
  let check: ValidateFunction<T> | undefined;
  return (value) => {
    check ??= compile<T>(schema);
    if (check(value)) return ok(value);
    const faults = (check.errors ?? []).filter(saysSomething).map(worded);
    const more = faults.length > SHOWN_FAULTS ? [`and ${faults.length - SHOWN_FAULTS} more`] : [];
    return err(code, [...faults.slice(0, SHOWN_FAULTS), ...more].join('; '));
  };
}

/** Like {@link reader}, from bytes of JSON in UTF-8. */
export function jsonReader<T>(schema: AnySchemaObject, code: Code = 'BAD_REQUEST'): Reader<T> {
  const read = reader<T>(schema, code);
  return (bytes) => {
    if (!(bytes instanceof Uint8Array)) return err(code, 'no bytes');
    const value = parseJson(bytes);
    return value === undefined ? err(code, `not JSON (${bytes.length} bytes)`) : read(value);
  };
}

/** JSON never gives undefined, so undefined means that it was not JSON; the bytes themselves may be hostile or secret and are not told. */
function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined; // the caller answers with its code
  }
}

/** What a person can read at once; a hostile message has thousands. */
const SHOWN_FAULTS = 8;

/** What these find is told by the errors beneath them as well. */
function saysSomething({ keyword }: ErrorObject): boolean {
  return keyword !== 'if';
}

/** Names of members and allowed values are told, the value itself never: it may be a secret. */
function worded({ instancePath, keyword, message, params }: ErrorObject): string {
  const told: unknown =
    params['additionalProperty'] ?? params['propertyName'] ?? params['allowedValues'] ?? params['allowedValue'];
  const named = told === undefined ? '' : ` (${printable(JSON.stringify(told), 80)})`;
  return `${printable(instancePath || '/', 100)}: ${message ?? keyword}${named}`;
}

function compile<T>(schema: AnySchemaObject) {
  return new Ajv({
    allErrors: true,
    ownProperties: true,
    useDefaults: true,
    strict: true,
    allowUnionTypes: true,
  }).compile<T>(schema);
}

/** Writes text as UTF-8 bytes. */
export function toUtf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
