import type { BodyReader, BodySchema } from '../bodies.ts';
import type { Shape } from './shape.ts';

// What is said of each route beside what the route itself says (method, path, needs).

/** What a route takes and answers. */
export type Declared = {
  /** What it does, in one line. */
  readonly summary: string;
  /** Members of the path, where they have a form. */
  readonly path?: Readonly<Record<string, object>>;
  /** What it reads of the query. */
  readonly query?: Taken;
  /** JSON that it takes. */
  readonly body?: Taken | { readonly schema: object };
  /** What else than JSON it takes, by media type. */
  readonly takes?: Content;
  /** What it answers when all is well, by media type. */
  readonly answers: Content | 'nothing';
  /** It asks for the right of a handover itself. */
  readonly byRight?: true;
};
type Taken = Pick<BodyReader<unknown>, 'schema'> | { readonly schema: BodySchema };
export type Content = Readonly<Record<string, Shape<unknown>>>;
/** By `METHOD /path` as the route is named. */
export type Declarations = Readonly<Record<`${'GET' | 'POST' | 'PATCH' | 'DELETE'} /api/v1/${string}`, Declared>>;

export const JSON_TYPE = 'application/json';
export const LINES_TYPE = 'application/x-ndjson';

/** An answer in JSON. */
export function json(shape: Shape<unknown>): Content {
  return { [JSON_TYPE]: shape };
}
