import { assert, suite } from '@ewon-agent/contracts/testing';
import type { AccountFixture } from '../../testing/account-fixture.ts';
import { onAccount } from '../../testing/stories.ts';
import { AREAS } from './declarations.ts';
import type { Declared } from './declared.ts';

// What the document says a route takes is taken, and what it does not say is refused: by the server itself.

type Schema = {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly pattern?: string;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly minimum?: number;
};

/** Texts of all forms that there are; a pattern is given the first one that it takes. */
const TEXTS = [
  ...['a', '1', '100', '0123abcd', '00:00', '192.0.2.1', 'a@b', `d_${'a'.repeat(26)}`, `c_${'a'.repeat(26)}`],
  ...['2026-03-01T12:00:00Z', `g_${'a'.repeat(22)}`, 'a'.repeat(22), `${'a'.repeat(42)}A`, `a_${'a'.repeat(26)}`],
  ...['-----BEGIN CERTIFICATE-----\n', 'https://a'],
];

function sampleOf(schema: Schema, which: 'required' | 'all'): unknown {
  if (schema.anyOf) return sampleOf(schema.anyOf[0] ?? {}, which);
  if ('const' in schema) return schema.const;
  if (schema.enum) return schema.enum[0];
  const type = [schema.type].flat()[0];
  if (type === 'boolean') return true;
  if (type === 'integer' || type === 'number') return schema.minimum ?? 1;
  if (type === 'array') return Array.from({ length: schema.minItems ?? 1 }, () => sampleOf(schema.items ?? {}, which));
  if (type === 'object') {
    const { properties = {}, required = [] } = schema;
    const names = which === 'all' ? Object.keys(properties) : required;
    return Object.fromEntries(names.map((name) => [name, sampleOf(properties[name] ?? {}, which)]));
  }
  const found = TEXTS.find((text) => new RegExp(schema.pattern ?? '', 'u').test(text));
  assert.ok(found !== undefined, `no text fits ${schema.pattern}: add one`);
  return found;
}

/** Bodies that a schema does not allow, each wrong in one place. */
function wrongOnes(schema: Schema): readonly object[] {
  const { properties = {}, required = [] } = schema.anyOf?.[0] ?? schema;
  const whole = Object(sampleOf(schema, 'all'));
  return [
    { ...whole, 'no-such-member': 1 },
    ...required.map((name) => Object.fromEntries(Object.entries(whole).filter(([one]) => one !== name))),
    ...Object.entries(properties).map(([name, { type }]) => ({
      ...whole,
      [name]: type === 'object' ? 'x' : { no: 1 },
    })),
  ];
}

/** As {@link wrongOnes}: in a query everything is text. */
function wrongQueries({ properties = {} }: Schema): readonly Record<string, string>[] {
  const wrong = ({ maxLength }: Schema) => (maxLength === undefined ? ' ' : 'x'.repeat(maxLength + 1));
  return [{ 'no-such-parameter': '1' }, ...Object.entries(properties).map(([name, one]) => ({ [name]: wrong(one) }))];
}

/** Who has not the right of an import is refused before anything of his is read. */
const AFTER_THE_RIGHT = '/api/v1/handover/';
const routes = Object.values(AREAS)
  .flatMap((area) => Object.entries(area))
  .filter(([route]) => !route.includes(AFTER_THE_RIGHT));
type Method = Parameters<AccountFixture['admin']>[0];

/** Where to send it: in the place of a parameter stands what has its form. */
function pathOf(url: string, { path = {} }: Declared): string {
  return url.replace('/api/v1/', '').replaceAll(/:(\w+)/g, (_, name) => String(sampleOf(path[name] ?? {}, 'all')));
}

suite('bodies and queries of the admin API', { timeoutMs: 120_000 }, (test) => {
  test(
    'what the document does not allow is refused with 400, what it allows is read',
    onAccount(async ({ admin }) => {
      let asked = 0;
      for (const [route, declared] of routes) {
        const [method = '', url = ''] = route.split(' ');
        const path = pathOf(url, declared);
        const { body, query } = declared;
        const tell = async (sent: object) => {
          asked += 1;
          const question = query && !body ? `?${new URLSearchParams({ ...sent })}` : '';
          const answer = await admin(method as Method, path + question, body && sent);
          return { ...answer, what: `${route} ${JSON.stringify(sent).slice(0, 300)}: ${answer.text.slice(0, 500)}` };
        };
        const schema: Schema | undefined = (body ?? query)?.schema;
        if (!schema) continue;
        for (const sent of body ? wrongOnes(schema) : wrongQueries(schema)) {
          const { status, json, what } = await tell(sent);
          // a query is typed by people as well, whose values are refused by their fields
          const isOfField = !body && !('no-such-parameter' in sent) && json?.code === 'FIELD_UNFIT';
          assert.deepEqual([status, isOfField ? 'BAD_REQUEST' : json?.code], [400, 'BAD_REQUEST'], what);
        }
        for (const which of ['required', 'all'] as const) {
          const { json, what } = await tell(Object(sampleOf(schema, which)));
          // a reader's fault names a place in what was sent; whatever else is wrong was found later
          assert.ok(!(json?.code === 'BAD_REQUEST' && String(json.detail).startsWith('/')), what);
        }
      }
      assert.ok(asked > 200, `${asked} requests`);
    }),
  );
});
