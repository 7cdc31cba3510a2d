import { type Code, T2M_TXT_MAX_BYTES } from '@ewon-agent/contracts';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import fc from 'fast-check';
import { bytesOf, GRK, OTHER_GRK } from '../testing/cards.ts';
import { formatT2mTxt, parseT2mTxt } from './t2m-txt.ts';

const KEY = `T2MKey:${GRK}`;
const BOM = '\ufeff';
const utf16 = (text: string) => Uint8Array.from(Buffer.from(text, 'utf16le'));

const READ: readonly [what: string, file: string, note: string][] = [
  ['the genuine form: CRLF, key then note', `${KEY}\r\nT2MNote:Pump\r\n`, 'Pump'],
  ['LF line ends', `${KEY}\nT2MNote:Pump\n`, 'Pump'],
  ['LF and CRLF mixed', `${KEY}\nT2MNote:Pump\r\n`, 'Pump'],
  ['note before key', `T2MNote:Pump\r\n${KEY}\r\n`, 'Pump'],
  ['no last newline', `${KEY}\r\nT2MNote:Pump`, 'Pump'],
  ['no note', `${KEY}\r\n`, ''],
  ['the key alone, without a newline', KEY, ''],
  ['an empty note', `${KEY}\r\nT2MNote:\r\n`, ''],
  ['blank lines anywhere, of spaces too', `\r\n\n${KEY}\r\n  \r\n\r\nT2MNote:Pump\r\n\r\n`, 'Pump'],
  ['one UTF-8 BOM, as Windows Notepad writes it', `${BOM}${KEY}\r\n`, ''],
  ['a note with blanks around it, kept as it stands', `${KEY}\r\nT2MNote: Pump 3  \r\n`, ' Pump 3  '],
  ['a note of 140 characters', `${KEY}\r\nT2MNote:${'n'.repeat(140)}\r\n`, 'n'.repeat(140)],
  ['a note of every printable character', `${KEY}\nT2MNote:"\\{}<>&:;~!`, '"\\{}<>&:;~!'],
  ['a note that looks like a key line', `${KEY}\nT2MNote:T2MKey:${OTHER_GRK}\n`, `T2MKey:${OTHER_GRK}`],
];

const REFUSED: readonly [what: string, file: string | Uint8Array, code: Code][] = [
  ['no byte', '', 'T2M_EMPTY'],
  ['nothing but a BOM', BOM, 'T2M_EMPTY'],
  ['nothing but blank lines', '\r\n \n\r\n', 'T2M_EMPTY'],
  ['UTF-16 with a BOM', utf16(`${BOM}${KEY}\r\n`), 'T2M_ENCODING'],
  ['UTF-16, big endian', utf16(`${BOM}${KEY}\r\n`).map((_, i, all) => all[i ^ 1] ?? 0), 'T2M_ENCODING'],
  ['UTF-16 without a BOM', utf16(`${KEY}\r\n`), 'T2M_ENCODING'],
  ['two BOMs', `${BOM}${BOM}${KEY}\r\n`, 'T2M_ENCODING'],
  ['a BOM in the middle', `\r\n${BOM}${KEY}\r\n`, 'T2M_ENCODING'],
  ['a NUL after the key', `${KEY}\0\r\n`, 'T2M_ENCODING'],
  ['NULs to the end of a sector', `${KEY}\r\n${'\0'.repeat(400)}`, 'T2M_ENCODING'],
  ['a DOS end-of-file character', `${KEY}\r\n\x1a`, 'T2M_ENCODING'],
  ['a tab after the key', `${KEY}\t\r\n`, 'T2M_ENCODING'],
  ['an umlaut in the note', `${KEY}\r\nT2MNote:Kühlung\r\n`, 'T2M_ENCODING'],
  ['an umlaut in Latin-1', Uint8Array.from([...bytesOf(`${KEY}\nT2MNote:K`), 0xfc]), 'T2M_ENCODING'],
  ['a right-to-left mark in the note', `${KEY}\r\nT2MNote:\u202egnp.exe\r\n`, 'T2M_ENCODING'],
  ['an ANSI escape in the note', `${KEY}\r\nT2MNote:\x1b[2J\x1b[31mred\r\n`, 'T2M_ENCODING'],
  ['a DEL in the note', `${KEY}\r\nT2MNote:a\x7f\r\n`, 'T2M_ENCODING'],
  ['a full-width key', `T2MKey:Ａ01-${GRK.slice(4)}\r\n`, 'T2M_ENCODING'],
  ['bare CR line ends', `${KEY}\rT2MNote:Pump\r`, 'T2M_LINE_END'],
  ['one bare CR at the end', `${KEY}\r`, 'T2M_LINE_END'],
  ['CR CR LF', `${KEY}\r\r\n`, 'T2M_LINE_END'],
  ['a lower-case key name', `t2mkey:${GRK}\r\n`, 'T2M_LINE_UNKNOWN'],
  ['an upper-case key name', `T2MKEY:${GRK}\r\n`, 'T2M_LINE_UNKNOWN'],
  ['a lower-case note name', `${KEY}\r\nT2Mnote:Pump\r\n`, 'T2M_LINE_UNKNOWN'],
  ['a blank before the key name', ` ${KEY}\r\n`, 'T2M_LINE_UNKNOWN'],
  ['a blank before the colon', `T2MKey :${GRK}\r\n`, 'T2M_LINE_UNKNOWN'],
  ['an equals sign for the colon', `T2MKey=${GRK}\r\n`, 'T2M_LINE_UNKNOWN'],
  ['the key alone without its name', `${GRK}\r\n`, 'T2M_LINE_UNKNOWN'],
  ['a note of two lines', `${KEY}\r\nT2MNote:Pump\r\nstation\r\n`, 'T2M_LINE_UNKNOWN'],
  ['a comment', `# card\r\n${KEY}\r\n`, 'T2M_LINE_UNKNOWN'],
  ['another key of comcfg.txt', `${KEY}\r\nT2mAccountName:x\r\n`, 'T2M_LINE_UNKNOWN'],
  ['a note only', 'T2MNote:Pump\r\n', 'T2M_KEY_MISSING'],
  ['the same key twice', `${KEY}\r\n${KEY}\r\n`, 'T2M_KEY_TWICE'],
  ['two keys', `${KEY}\r\nT2MKey:${OTHER_GRK}\r\n`, 'T2M_KEY_TWICE'],
  ['an empty key', 'T2MKey:\r\n', 'T2M_KEY_FORM'],
  ['a blank after the colon', `T2MKey: ${GRK}\r\n`, 'T2M_KEY_FORM'],
  ['blanks after the key', `${KEY}  \r\n`, 'T2M_KEY_FORM'],
  ['a key in lower case', `T2MKey:${GRK.toLowerCase()}\r\n`, 'T2M_KEY_FORM'],
  ['a key without its prefix', `T2MKey:${GRK.slice(4)}\r\n`, 'T2M_KEY_FORM'],
  ['a key with another prefix', `T2MKey:A02-${GRK.slice(4)}\r\n`, 'T2M_KEY_FORM'],
  ['a key one character short', `${KEY.slice(0, -1)}\r\n`, 'T2M_KEY_FORM'],
  ['a key one character long', `${KEY}0\r\n`, 'T2M_KEY_FORM'],
  ['a key with dashes', `T2MKey:A01-01234567-89AB-CDEF-GHIJ-KLMNOPQRSTUV\r\n`, 'T2M_KEY_FORM'],
  ['a key in quotes', `T2MKey:"${GRK}"\r\n`, 'T2M_KEY_FORM'],
  ['two notes', `${KEY}\r\nT2MNote:a\r\nT2MNote:b\r\n`, 'T2M_NOTE_TWICE'],
  ['two empty notes', `${KEY}\r\nT2MNote:\r\nT2MNote:\r\n`, 'T2M_NOTE_TWICE'],
  ['a note of 141 characters', `${KEY}\r\nT2MNote:${'n'.repeat(141)}\r\n`, 'T2M_NOTE_TOO_LONG'],
  ['a byte more than 4 KiB', `${KEY}\r\n${'\n'.repeat(T2M_TXT_MAX_BYTES - KEY.length - 1)}`, 'CARD_TOO_LARGE'],
];

suite('T2M.txt', (test) => {
  for (const [what, file, note] of READ) {
    test(`${what}: read`, () => {
      assert.deepEqual(assertOk(parseT2mTxt(bytesOf(file))), { grk: GRK, note });
    });
  }

  for (const [what, file, code] of REFUSED) {
    test(`${what}: ${code}`, () => {
      const { detail } = assertFault(parseT2mTxt(typeof file === 'string' ? bytesOf(file) : file), code);
      for (let i = 0; i + 4 <= GRK.length; i++) {
        const part = GRK.slice(i, i + 4);
        assert.ok(!detail.toUpperCase().includes(part), `the fault repeats ${part} of the key`);
      }
    });
  }

  test('exactly 4 KiB is read', () => {
    const file = bytesOf(`${KEY}\r\n${'\n'.repeat(T2M_TXT_MAX_BYTES - KEY.length - 2)}`);
    assert.equal(file.length, T2M_TXT_MAX_BYTES);
    assertOk(parseT2mTxt(file));
  });

  test('a fault names the line', () => {
    assert.equal(
      assertFault(parseT2mTxt(bytesOf(`${KEY}\r\n\r\nx`)), 'T2M_LINE_UNKNOWN').detail,
      'line 3, 1 characters',
    );
    assert.equal(assertFault(parseT2mTxt(bytesOf(`${KEY}\r\nT2MNote:ü`)), 'T2M_ENCODING').detail, 'line 2');
  });

  test('what is written is what genuine tools write', () => {
    const written = assertOk(formatT2mTxt({ grk: GRK, note: 'Pump' }));
    assert.equal(Buffer.from(written).toString('latin1'), `T2MKey:${GRK}\r\nT2MNote:Pump\r\n`);
    assert.equal(Buffer.from(assertOk(formatT2mTxt({ grk: GRK }))).toString('latin1'), `T2MKey:${GRK}\r\n`);
  });

  test('what is written reads back, for any key and any note that is allowed', () => {
    const character = fc.constantFrom(...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ');
    const key = fc.string({ unit: character, minLength: 32, maxLength: 32 });
    const note = fc.string({ unit: 'grapheme-ascii', maxLength: 140 });
    fc.assert(
      fc.property(key, note, (digits, text) => {
        const { grk } = assertOk(parseT2mTxt(bytesOf(`T2MKey:A01-${digits}`)));
        const back = assertOk(parseT2mTxt(assertOk(formatT2mTxt({ grk, note: text }))));
        assert.deepEqual(back, { grk, note: text });
      }),
    );
  });

  test('any bytes: a value or a fault, never a throw', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 5000 }), (bytes) => typeof parseT2mTxt(bytes).ok === 'boolean'));
  });

  test('notes that T2M.txt cannot hold are refused', () => {
    assertFault(formatT2mTxt({ grk: GRK, note: 'Kühlung' }), 'T2M_ENCODING');
    assertFault(formatT2mTxt({ grk: GRK, note: 'a\r\nT2MKey:x' }), 'T2M_ENCODING');
    assertFault(formatT2mTxt({ grk: GRK, note: 'line end\n' }), 'T2M_ENCODING');
    assertFault(formatT2mTxt({ grk: GRK, note: 'n'.repeat(141) }), 'T2M_NOTE_TOO_LONG');
  });
});
