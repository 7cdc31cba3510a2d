import type { Result } from '@ewon-agent/contracts';
import { assert, assertFault, suite } from '@ewon-agent/contracts/testing';
import { onAccount } from '../testing/stories.ts';
import { readBulk, readLogAsk, readLogExport, readProperties } from './list-bodies.ts';
import { readAbout, readNewUser } from './user-bodies.ts';

type Table = readonly (readonly [Result<unknown>, string])[];
const about = {
  name: 'a',
  company: '',
  address: '',
  reference: '',
  ewonFields: ['', '', ''],
  userFields: ['', '', ''],
};

suite('what a person typed', (test) => {
  test('is refused by its field, with what was met and what may stand there', () => {
    const password = 'secret 12';
    const table: Table = [
      [
        readNewUser({ login: 'a b', password }),
        'login "a b": 1 to 60 letters and digits of any language and . _ @ + -, no',
      ],
      [readNewUser({ login: 'a', password, email: 'x' }), 'email "x": an address such as ann@example.com, or nothing'],
      [
        readNewUser({ login: 'a', password, fullName: '\u200b' }),
        'fullName "\\u{200b}": 1 to 100 characters that can be',
      ],
      [
        readAbout({ ...about, name: '' }),
        'name "": 1 to 100 characters that can be seen, no blanks around them, not only',
      ],
      [
        readAbout({ ...about, userFields: ['', ' x', ''] }),
        'userFields: three names, each 1 to 40 characters that can be',
      ],
      [readProperties({ name: '\u202e'.repeat(60) }), `name "${'\\u{202e}'.repeat(40)}…": 1 to 100 characters`],
      [readProperties({ description: 'x'.repeat(256) }), `description "${'x'.repeat(40)}…": at most 255 characters`],
      [readBulk({ do: 'move', pool: '' }), 'pool "": 1 to 100 characters'],
      [readLogAsk({ from: 'yesterday' }), 'from "yesterday": a time in UTC such as 2026-03-01T12:00:00Z'],
      [readLogAsk({ to: '2026-02-30T00:00:00Z' }), 'to "2026-02-30T00:00:00Z": a time in UTC'],
      [
        readLogExport({ from: '2026-03-01T25:00:00Z', text: 'x'.repeat(201) }),
        `text "${'x'.repeat(40)}…": at most 200`,
      ],
    ];
    for (const [read, detail] of table) {
      const fault = assertFault(read, 'FIELD_UNFIT');
      assert.ok(fault.detail?.includes(detail), fault.detail);
    }
  });

  test('is kept in NFC; what a program sent wrongly is not said to be of a field', () => {
    assert.deepEqual(readProperties({ name: 'Pu\u0308mpe' }), { ok: true, value: { name: 'P\u00fcmpe' } });
    const fields = ['u\u0308', '', ''];
    const kept = readAbout({ ...about, ewonFields: fields });
    assert.deepEqual([kept.ok && kept.value.ewonFields, fields[0]], [['\u00fc', '', ''], 'u\u0308']);
    const programs: Table = [
      [readNewUser({ login: 'a' }), '/: must have required'],
      [readProperties({ name: 5 }), '/name: must be string'],
      [readProperties({ nome: 'x' }), '/: must NOT have additional'],
      [readAbout({ ...about, ewonFields: 'x' }), '/ewonFields: must be array'],
    ];
    for (const [read, detail] of programs) {
      const fault = assertFault(read, 'BAD_REQUEST');
      assert.ok(fault.detail?.includes(detail), fault.detail);
    }
  });

  test(
    'is answered by 400 and a sentence: a time that there is not, a name in the letters it was typed in',
    onAccount(async ({ admin }) => {
      for (const query of ['from=2026-13-01T00:00:00Z', 'to=2026-02-30T00:00:00Z', 'from=yesterday'])
        for (const path of ['log/lines', 'log/export']) {
          const { status, json } = await admin('GET', `${path}?${query}`);
          assert.deepEqual([status, json.code], [400, 'FIELD_UNFIT'], `${path}?${query}`);
        }
      const { json } = await admin('POST', 'pools', { name: 'हि\u200b' });
      assert.deepEqual(
        [json.code, json.next],
        ['FIELD_UNFIT', 'Correct the field that is named, as it says, and send it again.'],
      );
      assert.ok(json.detail.startsWith('name "हि\\u{200b}": 1 to 100 characters'), json.detail);
      for (const name of ['.', '..', ''])
        assert.equal((await admin('POST', 'pools', { name })).json.code, 'FIELD_UNFIT');
      assert.deepEqual((await admin('POST', 'pools', { name: 'u\u0308' })).json, ['Default', '\u00fc']);
    }),
  );
});
