// A JSON schema (2020-12) that knows the type of what it describes: one that leaves out a member of its type, or has it otherwise, does not
// compile. That the server answers what a schema says, and no more, is shown by every test that asks it; see testing/declared-answers.ts.

/** A schema of values of a type; `parts` are the named schemas that it refers to. */
export type Shape<T> = {
  readonly schema: object;
  readonly parts: Parts;
  /** Never there: it keeps the type. */
  readonly of?: T;
};
type Parts = Readonly<Record<string, object>>;
type Optional<T> = { readonly optional: Shape<T> };
/** A shape for each member of a type, no more and no fewer. */
export type Members<T> = {
  readonly [K in keyof T]-?: Record<never, never> extends Pick<T, K> ? Optional<Exclude<T[K], undefined>> : Shape<T[K]>;
};

/** A schema that stands somewhere else already, of whose type this is a promise. */
export function as<T>(schema: object): Shape<T> {
  return { schema, parts: {} };
}

export function text<T extends string = string>(more: object = {}): Shape<T> {
  return as({ type: 'string', ...more });
}

export function oneOf<const V extends readonly (string | number | boolean | null)[]>(values: V): Shape<V[number]> {
  return as(values.length === 1 ? { const: values[0] } : { enum: values });
}

export const number: Shape<number> = as({ type: 'number' });
export const count: Shape<number> = as({ type: 'integer', minimum: 0 });
export const yesOrNo: Shape<boolean> = as({ type: 'boolean' });

export function list<T>(items: Shape<T>, more: object = {}): Shape<readonly T[]> {
  return { schema: { type: 'array', items: items.schema, ...more }, parts: items.parts };
}

/** Three texts, as custom fields are. */
export function three(): Shape<readonly [string, string, string]> {
  return as({ type: 'array', items: { type: 'string' }, minItems: 3, maxItems: 3 });
}

export function orNull<T>(shape: Shape<T>): Shape<T | null> {
  return { schema: { anyOf: [shape.schema, { type: 'null' }] }, parts: shape.parts };
}

export function either<T extends readonly unknown[]>(...shapes: { [I in keyof T]: Shape<T[I]> }): Shape<T[number]> {
  const all: readonly Shape<unknown>[] = shapes;
  return { schema: { anyOf: all.map(({ schema }) => schema) }, parts: joined(all) };
}

export function optional<T>(shape: Shape<T>): Optional<T> {
  return { optional: shape };
}

/** By names that are not known before. */
export function record<T, K extends string = string>(values: Shape<T>): Shape<Readonly<Record<K, T>>> {
  return { schema: { type: 'object', additionalProperties: values.schema }, parts: values.parts };
}

/** An object with these members and no others. */
export function object<T>(members: Members<T>): Shape<T> {
  const entries: readonly (readonly [string, Shape<unknown> | Optional<unknown>])[] = Object.entries(members);
  const shapes = entries.map(([name, one]) => [name, 'optional' in one ? one.optional : one] as const);
  return {
    schema: {
      type: 'object',
      properties: Object.fromEntries(shapes.map(([name, { schema }]) => [name, schema])),
      required: entries.filter(([, one]) => !('optional' in one)).map(([name]) => name),
      additionalProperties: false,
    },
    parts: joined(shapes.map(([, shape]) => shape)),
  };
}

/** A schema with a name of its own in the document. */
export function named<T>(name: string, { schema, parts }: Shape<T>): Shape<T> {
  return { schema: { $ref: `#/components/schemas/${name}` }, parts: { ...parts, [name]: schema } };
}

function joined(shapes: readonly Shape<unknown>[]): Parts {
  return Object.assign({}, ...shapes.map(({ parts }) => parts));
}
