import type { Code } from '../codes.ts';
import { type Reader, toUtf8 } from '../validate.ts';
import { assert, assertFault, assertOk, suite } from './suite.ts';

type Json = Record<string, unknown>;

/** A good sample of what a reader reads, and what may be wrong with it. */
export type ReaderTable = {
  readonly read: Reader<unknown>;
  readonly code: Code;
  readonly good: Json;
  /** Paths of members that may be missing, such as `evidence.manifest`. */
  readonly optional?: readonly string[];
  /** Paths of objects in which unknown members are ignored (`''` is the whole); elsewhere they are refused. */
  readonly open?: readonly string[];
  /** More good ones: path → values it may have. */
  readonly alsoGood?: Readonly<Record<string, readonly unknown[]>>;
  /** path → values it must not have. */
  readonly broken: Readonly<Record<string, readonly unknown[]>>;
};

/** Runs a table: the good sample, each member left out, of another type or unknown, and each broken value. */
export function readerSuite(name: string, table: ReaderTable): void {
  const { read, code, good, optional = [], open = [], alsoGood = {}, broken } = table;
  const refused = (value: unknown, what: string) => {
    const result = read(toUtf8(JSON.stringify(value)));
    assert.ok(!result.ok, `accepted: ${what}`);
    assertFault(result, code);
  };

  suite(name, (test) => {
    test('the good sample is read as it stands', () => {
      assert.deepEqual(assertOk(read(toUtf8(JSON.stringify(good)))), good);
    });

    for (const path of pathsIn(good)) {
      test(`${path} is ${optional.includes(path) ? 'optional' : 'required'}, and of its type`, () => {
        const without = changed(good, path, undefined);
        if (optional.includes(path)) assertOk(read(toUtf8(JSON.stringify(without))));
        else refused(without, `without ${path}`);
        for (const value of othersThan(valueAt(good, path)))
          refused(changed(good, path, value), `${path}: ${JSON.stringify(value)}`);
      });
    }

    for (const path of ['', ...pathsIn(good).filter((p) => isObject(valueAt(good, p)))]) {
      test(`an unknown member in ${path || 'the whole'} is ${open.includes(path) ? 'ignored' : 'refused'}`, () => {
        const more = changed(good, path ? `${path}.unknown` : 'unknown', 1);
        if (open.includes(path)) assertOk(read(toUtf8(JSON.stringify(more))));
        else refused(more, `unknown member in ${path}`);
      });
    }

    for (const [path, values] of Object.entries(alsoGood)) {
      for (const value of values) {
        test(`${path} may be ${short(value)}`, () =>
          void assertOk(read(toUtf8(JSON.stringify(changed(good, path, value))))));
      }
    }

    for (const [path, values] of Object.entries(broken)) {
      values.forEach((value, i) => {
        test(`${path} must not be ${short(value)} (${i + 1})`, () => refused(changed(good, path, value), path));
      });
    }

    test('what is no object is refused', () => {
      for (const value of [null, [], [good], 'x', 1, true, {}]) refused(value, JSON.stringify(value));
    });
  });
}

/** Paths of all members, objects before what is in them; lists are not entered. */
function pathsIn(value: Json, prefix = ''): readonly string[] {
  return Object.entries(value).flatMap(([name, member]) => [
    prefix + name,
    ...(isObject(member) ? pathsIn(member, `${prefix}${name}.`) : []),
  ]);
}

function valueAt(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((at, name) => (isObject(at) ? at[name] : undefined), value);
}

function changed(value: Json, path: string, to: unknown): Json {
  const [name = '', ...rest] = path.split('.');
  const inner = value[name];
  return { ...value, [name]: rest.length > 0 && isObject(inner) ? changed(inner, rest.join('.'), to) : to };
}

function othersThan(value: unknown): readonly unknown[] {
  const type = Array.isArray(value) ? 'list' : typeof value;
  const samples: Readonly<Record<string, unknown>> = {
    string: 'x',
    number: 1,
    boolean: true,
    list: ['x'],
    object: { x: 1 },
  };
  return [null, ...Object.entries(samples).flatMap(([of, sample]) => (of === type ? [] : [sample]))];
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? 'left out';
  return text.length > 60 ? `${text.slice(0, 60)}… of ${text.length} characters` : text;
}
