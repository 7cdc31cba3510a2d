import { err, jsonReader, type Result } from '@ewon-agent/contracts';

// Commands to a running board are JSON objects, one a line; `do` says what, `id` comes back with the answer.

/** The schema of a path of this machine. */
export const PATH = { type: 'string', minLength: 1, maxLength: 4096 };

/** The schema of one command: its name, its members, and which of those may be left out. */
export function commandSchema(
  does: string,
  members: Readonly<Record<string, object>> = {},
  optional: readonly string[] = [],
): object {
  return {
    type: 'object',
    properties: { id: { type: 'integer' }, do: { const: does }, ...members },
    required: ['do', ...Object.keys(members).filter((name) => !optional.includes(name))],
    additionalProperties: false,
  };
}

/** Makes a reader of lines from the schema of each command. Codes: BAD_REQUEST, which names what can be done. */
export function commandReader<C extends { readonly do: string }>(
  schemas: Readonly<Record<C['do'], object>>,
): (line: string) => Result<C> {
  const readers = new Map(Object.entries<object>(schemas).map(([name, schema]) => [name, jsonReader<C>(schema)]));
  const readName = jsonReader<{ readonly do: string }>({
    type: 'object',
    properties: { do: { type: 'string', maxLength: 20 } },
    required: ['do'],
  });
  return (line) => {
    const bytes = new TextEncoder().encode(line);
    const name = readName(bytes);
    if (!name.ok) return name;
    const read = readers.get(name.value.do);
    return read ? read(bytes) : err('BAD_REQUEST', `do: one of ${[...readers.keys()].join(', ')}`);
  };
}
