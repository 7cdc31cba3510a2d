import type { Code } from '@ewon-agent/contracts';

// Every way in which the files of a card can be wrong, with a key in it that is right wherever there is one: a card
// that is refused for its form would otherwise have registered.

const BOM = '\ufeff';
const utf16 = (text: string) => Uint8Array.from(Buffer.from(text, 'utf16le'));

/** What stands in T2M.txt, and the code it is refused with. `key` is a key that the account takes. */
export function malformedT2mTxt(
  key: string,
): readonly (readonly [what: string, file: string | Uint8Array, code: Code])[] {
  const line = `T2MKey:${key}`;
  const bare = key.slice('A01-'.length);
  return [
    ['no byte', '', 'T2M_EMPTY'],
    ['nothing but a BOM', BOM, 'T2M_EMPTY'],
    ['nothing but blank lines', '\r\n \n\r\n', 'T2M_EMPTY'],
    ['UTF-16 with a BOM, as PowerShell writes by default', utf16(`${BOM}${line}\r\n`), 'T2M_ENCODING'],
    ['UTF-16, big endian', utf16(`${BOM}${line}\r\n`).map((_, i, all) => all[i ^ 1] ?? 0), 'T2M_ENCODING'],
    ['UTF-16 without a BOM', utf16(`${line}\r\n`), 'T2M_ENCODING'],
    ['two BOMs', `${BOM}${BOM}${line}\r\n`, 'T2M_ENCODING'],
    ['NULs to the end of a sector', `${line}\r\n${'\0'.repeat(400)}`, 'T2M_ENCODING'],
    ['a tab after the key', `${line}\t\r\n`, 'T2M_ENCODING'],
    ['an umlaut in the note', `${line}\r\nT2MNote:Kühlung\r\n`, 'T2M_ENCODING'],
    ['a right-to-left mark in the note', `${line}\r\nT2MNote:\u202egnp.exe\r\n`, 'T2M_ENCODING'],
    ['an ANSI escape in the note', `${line}\r\nT2MNote:\x1b[2J\x1b[31mred\r\n`, 'T2M_ENCODING'],
    ['bare CR line ends', `${line}\rT2MNote:Pump\r`, 'T2M_LINE_END'],
    ['CR CR LF', `${line}\r\r\n`, 'T2M_LINE_END'],
    ['a lower-case key name', `t2mkey:${key}\r\n`, 'T2M_LINE_UNKNOWN'],
    ['a blank before the key name', ` ${line}\r\n`, 'T2M_LINE_UNKNOWN'],
    ['an equals sign for the colon', `T2MKey=${key}\r\n`, 'T2M_LINE_UNKNOWN'],
    ['the key alone without its name', `${key}\r\n`, 'T2M_LINE_UNKNOWN'],
    ['a note of two lines', `${line}\r\nT2MNote:Pump\r\nstation\r\n`, 'T2M_LINE_UNKNOWN'],
    ['another key of comcfg.txt', `${line}\r\nT2mAccountName:x\r\n`, 'T2M_LINE_UNKNOWN'],
    ['a note only', 'T2MNote:Pump\r\n', 'T2M_KEY_MISSING'],
    ['the same key twice', `${line}\r\n${line}\r\n`, 'T2M_KEY_TWICE'],
    ['an empty key', 'T2MKey:\r\n', 'T2M_KEY_FORM'],
    ['a blank after the colon', `T2MKey: ${key}\r\n`, 'T2M_KEY_FORM'],
    ['blanks after the key', `${line}  \r\n`, 'T2M_KEY_FORM'],
    ['a key in lower case', `T2MKey:${key.toLowerCase()}\r\n`, 'T2M_KEY_FORM'],
    ['a key without its prefix', `T2MKey:${bare}\r\n`, 'T2M_KEY_FORM'],
    ['a key with another prefix', `T2MKey:A02-${bare}\r\n`, 'T2M_KEY_FORM'],
    ['a key one character short', `${line.slice(0, -1)}\r\n`, 'T2M_KEY_FORM'],
    ['a key one character long', `${line}0\r\n`, 'T2M_KEY_FORM'],
    ['a key in quotes', `T2MKey:"${key}"\r\n`, 'T2M_KEY_FORM'],
    ['two notes', `${line}\r\nT2MNote:a\r\nT2MNote:b\r\n`, 'T2M_NOTE_TWICE'],
    ['a note of 141 characters', `${line}\r\nT2MNote:${'n'.repeat(141)}\r\n`, 'T2M_NOTE_TOO_LONG'],
    ['more than 4 KiB', `${line}\r\n${'\n'.repeat(4096)}`, 'CARD_TOO_LARGE'],
  ];
}
