import fc from 'fast-check';
import { assert, assertFault, assertOk, suite } from './testing/suite.ts';
import { jsonReader, reader, toUtf8 } from './validate.ts';

const objectWith = (...names: readonly string[]) => ({
  type: 'object',
  properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])),
  required: names,
  additionalProperties: false,
});

suite('reader', (test) => {
  for (const name of ['constructor', 'toString', 'hasOwnProperty', 'valueOf']) {
    test(`a required member ${name} is not satisfied by Object.prototype`, () => {
      const schema = { type: 'object', properties: { [name]: {} }, required: [name] };
      assertFault(reader(schema)({}), 'BAD_REQUEST');
      assertFault(jsonReader(schema)(toUtf8('{}')), 'BAD_REQUEST');
      assertOk(jsonReader(schema)(toUtf8(`{"${name}":{}}`)));
    });
  }

  test('a member that only a prototype has does not count', () => {
    assertFault(reader(objectWith('a'))(Object.create({ a: 'x' })), 'BAD_REQUEST');
  });

  test('__proto__ in JSON is an additional member and changes no prototype', () => {
    const read = jsonReader(objectWith('a'));
    assertFault(read(toUtf8('{"a":"x","__proto__":{"b":1}}')), 'BAD_REQUEST');
    assertFault(read(toUtf8('{"__proto__":{"a":"x"}}')), 'BAD_REQUEST');
    assert.equal(Reflect.get({}, 'b'), undefined);
  });

  test('all faults are told at once, each with its path', () => {
    const schema = {
      type: 'object',
      properties: {
        list: { type: 'array', items: { type: 'integer' } },
        kind: { enum: ['one', 'two'] },
        v: { const: 1 },
        name: {},
      },
      required: ['list', 'kind', 'v', 'name'],
      additionalProperties: false,
    };
    const fault = assertFault(
      reader(schema, 'CONFIG_INVALID')({ list: [1, 'x'], kind: 'three', v: 2, nmae: 'x' }),
      'CONFIG_INVALID',
    );
    for (const told of [
      "/: must have required property 'name'",
      '/: must NOT have additional properties ("nmae")',
      '/list/1: must be integer',
      '/kind: must be equal to one of the allowed values (["one","two"])',
      '/v: must be equal to constant (1)',
    ]) {
      assert.ok(fault.detail.includes(told), `${told} in ${fault.detail}`);
    }
  });

  test('a value that was refused is not repeated, because it may be a secret', () => {
    const schema = { type: 'object', properties: { key: { type: 'string', pattern: '^x$' }, kind: { enum: ['a'] } } };
    const fault = assertFault(reader(schema)({ key: 'hunter2', kind: 'hunter2' }), 'BAD_REQUEST');
    assert.ok(!JSON.stringify(fault).includes('hunter2'));
  });

  test('thousands of faults are told in one short line, and how many there are', () => {
    const fault = assertFault(
      reader({ type: 'array', items: { type: 'integer' } })(new Array(5000).fill('x')),
      'BAD_REQUEST',
    );
    assert.ok(fault.detail.endsWith('; and 4992 more'));
    assert.ok(fault.detail.length < 400);
  });

  test('names of members are shown harmlessly and cut', () => {
    const fault = assertFault(reader(objectWith())({ [`\x1b[2J${'x'.repeat(10_000)}`]: 1 }), 'BAD_REQUEST');
    assert.match(fault.detail, /^[\x20-\x7e…]{1,200}$/);
  });

  test('numbers are not made of text, nor text of numbers', () => {
    assertFault(reader({ type: 'integer' })('5'), 'BAD_REQUEST');
    assertFault(reader({ type: 'string' })(5), 'BAD_REQUEST');
    assertFault(reader({ type: 'boolean' })('true'), 'BAD_REQUEST');
  });

  test('a default fills what is left out', () => {
    const schema = { type: 'object', properties: { level: { type: 'string', default: 'info' } } };
    assert.deepEqual(assertOk(jsonReader(schema)(toUtf8('{}'))), { level: 'info' });
  });

  test('a reader can be used again, and its faults do not pile up', () => {
    const read = reader(objectWith('a'));
    const first = assertFault(read({}), 'BAD_REQUEST');
    assertOk(read({ a: 'x' }));
    assert.deepEqual(assertFault(read({}), 'BAD_REQUEST'), first);
  });

  test('the value that is read is the one that was given', () => {
    const value = { a: 'x' };
    assert.equal(assertOk(reader(objectWith('a'))(value)), value);
  });
});

suite('jsonReader', (test) => {
  const read = jsonReader({}, 'T2MJSON_BAD');
  const refused = {
    'no bytes at all': '',
    'half a document': '{"a":',
    'two documents': '{}{}',
    'a comment': '{} // x',
    'a trailing comma': '[1,]',
    'a byte order mark inside': ' \ufeff{}',
    undefined: 'undefined',
    NaN: 'NaN',
  };
  for (const [name, text] of Object.entries(refused)) {
    test(`${name} is not JSON`, () => void assertFault(read(toUtf8(text)), 'T2MJSON_BAD'));
  }

  test('bytes that are not UTF-8 are refused, not repaired', () => {
    for (const bytes of [
      [0x22, 0xff, 0x22],
      [0x22, 0xc0, 0x80, 0x22],
      [0x22, 0xed, 0xa0, 0x80, 0x22],
      [0xff, 0xfe, 0x7b, 0, 0x7d, 0],
    ]) {
      assertFault(read(Uint8Array.from(bytes)), 'T2MJSON_BAD');
    }
  });

  test('what is no bytes is refused: text, buffers, numbers', () => {
    for (const value of ['{}', new ArrayBuffer(2), 5, null, undefined, [123, 125]])
      assertFault(read(value), 'T2MJSON_BAD');
  });

  test('a fault tells how many bytes there were, and none of them', () => {
    assert.equal(assertFault(read(toUtf8('A01-SECRET')), 'T2MJSON_BAD').detail, 'not JSON (10 bytes)');
  });

  test('every JSON value is read as what it says, null and false too', () => {
    for (const value of [null, false, 0, '', [], {}])
      assert.deepEqual(assertOk(read(toUtf8(JSON.stringify(value)))), value);
    fc.assert(
      fc.property(fc.json(), (json) => assert.deepEqual(assertOk(read(toUtf8(json))), JSON.parse(json))),
      { numRuns: 200 },
    );
  });

  test('any bytes are refused or read, never thrown at', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const result = read(bytes);
        if (!result.ok) assertFault(result, 'T2MJSON_BAD');
      }),
      { numRuns: 500 },
    );
  });

  test('a nesting of 100,000 levels is refused or read, never thrown at', () => {
    const deep = read(toUtf8('['.repeat(100_000) + ']'.repeat(100_000)));
    if (!deep.ok) assertFault(deep, 'T2MJSON_BAD');
  });
});
