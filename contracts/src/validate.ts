import { Ajv, type AnySchemaObject, type ValidateFunction } from 'ajv';
import type { Code } from './codes.ts';
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
    const faults = (check.errors ?? []).map((e) => `${e.instancePath || '/'}: ${e.message ?? e.keyword}`);
    return err(code, faults.slice(0, 8).join('; '));
  };
}

/** Like {@link reader}, from bytes of JSON in UTF-8. */
export function jsonReader<T>(schema: AnySchemaObject, code: Code = 'BAD_REQUEST'): Reader<T> {
  const read = reader<T>(schema, code);
  return (bytes) => {
    if (!(bytes instanceof Uint8Array)) return err(code, 'no bytes');
    try {
      return read(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
    } catch {
      return err(code, `not JSON (${bytes.length} bytes)`); // the bytes themselves may be hostile or secret
    }
  };
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
