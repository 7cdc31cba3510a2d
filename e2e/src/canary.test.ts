import { assert, suite } from '@ewon-agent/contracts/testing';
import { findIn, needlesFor } from './canary.ts';

const SECRET = 'A01-7QH2MZ4XW9KD1VB6RT8YC3PJ5NF0GSLE';
const OTHER = 'A01-0123456789ABCDEFGHIJKLMNOPQRSTUV';
const needles = needlesFor(SECRET);

/** Every encoding, by other means than the searcher's. */
const WRITTEN: Readonly<Record<string, (text: string) => string | Uint8Array>> = {
  raw: (text) => `{"key":"${text}"}`,
  'lower case': (text) => text.toLowerCase(),
  hex: (text) => Buffer.from(text).toString('hex'),
  HEX: (text) => [...text].map((c) => c.charCodeAt(0).toString(16).toUpperCase()).join(''),
  'hex with colons': (text) => [...text].map((c) => c.charCodeAt(0).toString(16)).join(':'),
  'URL-encoded': (text) => [...text].map((c) => `%${c.charCodeAt(0).toString(16)}`).join(''),
  'URL-ENCODED': (text) => [...text].map((c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`).join(''),
  'JSON-escaped': (text) => [...text].map((c) => `\\u00${c.charCodeAt(0).toString(16)}`).join(''),
  'JSON-ESCAPED': (text) => [...text].map((c) => `\\u00${c.charCodeAt(0).toString(16).toUpperCase()}`).join(''),
  'UTF-16 LE': (text) => Uint8Array.from([...text].flatMap((c) => [c.charCodeAt(0), 0])),
  'UTF-16 BE': (text) => Uint8Array.from([...text].flatMap((c) => [0, c.charCodeAt(0)])),
};
const encodingsIn = (bytes: string | Uint8Array) => findIn('there', bytes, needles).map(({ encoding }) => encoding);

suite('canary search', (test) => {
  for (const [encoding, write] of Object.entries(WRITTEN)) {
    test(`finds the secret and each half of it: ${encoding}`, () => {
      // UTF-16 of one order is also found in the other, a byte further
      const times = (text: string) => encodingsIn(write(text)).filter((found) => found === encoding).length;
      assert.deepEqual([times(SECRET), times(SECRET.slice(0, 20)), times(SECRET.slice(20))], [2, 1, 1]);
    });
  }

  test('finds it in base64 and base64url, wherever it stands in what was encoded', () => {
    const met = new Set<string>();
    for (let before = 0; before < 6; before++) {
      for (const form of ['base64', 'base64url'] as const) {
        const written = Buffer.from(`${'\xff~'.repeat(3).slice(0, before)}${SECRET}\xff`, 'latin1').toString(form);
        const found = encodingsIn(written);
        assert.equal(found.length, 2, `${form} after ${before} bytes`);
        for (const encoding of found) met.add(encoding);
      }
    }
    assert.deepEqual([...met].sort(), ['base64 at offset 0', 'base64 at offset 1', 'base64 at offset 2']);
  });

  test('there is a proof above for every encoding that is looked for', () => {
    const proven = [...Object.keys(WRITTEN), ...[0, 1, 2].map((offset) => `base64 at offset ${offset}`)];
    assert.deepEqual([...new Set(needles.map(({ encoding }) => encoding))].sort(), proven.sort());
  });

  test('finds nothing where there is another key, and says where without repeating what', () => {
    for (const write of Object.values(WRITTEN)) assert.deepEqual(encodingsIn(write(OTHER)), []);
    const hits = JSON.stringify(findIn('there', `xx${SECRET}`, needles));
    assert.match(hits, /"where":"there".*"offset":6/);
    assert.ok(!hits.includes(SECRET.slice(4, 12)));
  });
});
