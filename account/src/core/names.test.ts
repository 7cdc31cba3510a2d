import { assert, suite } from '@ewon-agent/contracts/testing';
import { harmless } from './harmless.ts';
import { loginOf, nameOf, nameOrNone } from './names.ts';

/** Texts in which an unseen character belongs to what is seen. */
const SEEN = [
  ...['Pump 3', 'Pümpe', '泵 三', 'مضخة', 'हिन्दी', 'a\u00a0b', '泵\u3000三', '#1', 'x.y', '...a', '©', '🇩🇪'],
  ...['👩‍🔧', '👩🏽‍🔧 3', '🏳️‍🌈', '❤️', '☕️', '3️⃣', '👨‍👩‍👧‍👦'],
  ...['می‌خواهم', 'کتاب‌خانه‌ها', 'क्‍ष', 'शब्‌द', 'ශ්‍රී', 'র‍্যাব'],
];
/** And in which something is there that nobody sees, or nothing is that one could. */
const UNSEEN = [
  ...[
    'a\u200bb',
    '\u200b',
    'Press 3\u00ad',
    'Press 3\ufe0f',
    'Press\u2060 3',
    'a\ufeffb',
    'a\u115f',
    'a\u034fb',
    'a\u3164',
  ],
  ...['a\u200cb', 'a\u200db', '3\u200d4', '\u200c\u0645', '\u0645\u200c', '👩\u200d', '\u0645\u200d\u0647', '❤️\u200b'],
  ...[
    'pump\u202egnp.exe',
    'a\u200f',
    '\u2066a\u2069',
    'a\u061c',
    'a\0',
    'a\nb',
    'a\u0085',
    'a\u2028b',
    'a\ue000',
    'a\ufdd0',
  ],
  ...['\ud800', 'a\udc00b', 'a\u{e0001}', 'a\u{e0100}'],
];

suite('names', (test) => {
  for (const name of SEEN) test(`"${name}" is one`, () => assert.equal(nameOf(name), name.normalize('NFC')));
  for (const name of [...UNSEEN, '', ' ', ' a', 'a ', '\u00a0a', '\u3000', '\u2800', '\u0301', '.', '..', '....'])
    test(`${JSON.stringify(name)} is none`, () => assert.equal(nameOf(name), undefined));

  test('what looks the same is the same', () => {
    assert.equal(nameOf('Pu\u0308mpe'), 'P\u00fcmpe');
    assert.equal(nameOf('\u212b'), '\u00c5');
    assert.equal(loginOf('u\u0308ber'), '\u00fcber');
  });

  test('the length counts characters as they are kept', () => {
    assert.ok(nameOf('u\u0308'.repeat(100)) && nameOf('😀'.repeat(100)));
    assert.equal(nameOf('a'.repeat(101)), undefined);
    assert.equal(nameOf('abc', 2), undefined);
  });

  test('some names may be left out', () => {
    assert.deepEqual([nameOrNone(''), nameOrNone('a'), nameOrNone(' ')], ['', 'a', undefined]);
  });

  test('a login is of letters of any language, with the marks that they need', () => {
    for (const login of ['Ann', 'a.b_c@d+e-1', 'हिन्दी', 'مضخة', 'สมชาย'])
      assert.equal(loginOf(login), login.normalize('NFC'), login);
    for (const login of ['', 'a b', 'a/b', '\u0301a', 'a\u200cb', 'ab\ufe0f', '..', 'x'.repeat(61)])
      assert.equal(loginOf(login), undefined, JSON.stringify(login));
  });
});

suite('harmless', (test) => {
  test('leaves what is seen as it is, and shows what is not', () => {
    for (const text of SEEN) assert.equal(harmless(`[${text}]`), `[${text}]`);
    for (const text of UNSEEN) assert.match(harmless(`[${text}]`), /\\u\{/, JSON.stringify(text));
    assert.equal(harmless('👩‍🔧\u200d|می‌\u200c'), '👩‍🔧\\u{200d}|می\\u{200c}\\u{200c}');
  });
});
