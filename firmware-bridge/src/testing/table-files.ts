import { type Dice, diceOf } from './dice.ts';

// Export blocks and config.txt, made up. Written without the code that reads them, so that what it should find is known.

/** A cell as it stands, and what it says. */
export type SampleCell = { readonly written: string; readonly text: string };
/** A made-up table: lines with their ends, the cells of each row, undefined for a line that is no row. */
export type TableSample = {
  readonly bytes: Buffer;
  readonly rows: readonly (readonly [line: number, cells: readonly SampleCell[]])[];
};

/** Makes an export block under a header. `row` makes the cells of one row. */
export function tableSample(seed: number, header: string, row: (dice: Dice) => readonly SampleCell[]): TableSample {
  const dice = diceOf(seed);
  const end = () => dice.of('\r\n', '\r\n', '\n');
  let text = header === '' ? '' : header + end();
  let line = header === '' ? 0 : 1;
  const rows: [number, readonly SampleCell[]][] = [];
  for (let left = dice.below(25); left > 0; left--) {
    line += 1;
    if (dice.onceIn(8)) {
      text += dice.of('', ' ', '\t', '"a quote', '1;"x"y;2') + end();
      continue;
    }
    const cells = row(dice);
    rows.push([line, cells]);
    text += cells.map(({ written }) => written).join(';') + (left === 1 && dice.onceIn(2) ? '' : end());
  }
  return { bytes: Buffer.from(text, dice.of('utf8', 'latin1')), rows };
}

/** Makes a section list such as config.txt has, and the settings and rows in it. */
export function configSample(seed: number): {
  readonly bytes: Buffer;
  readonly settings: readonly (readonly [line: number, section: string, key: string, value: string])[];
  readonly rows: readonly (readonly [line: number, section: string, cells: readonly string[]])[];
} {
  const dice = diceOf(seed);
  const lines: string[] = [];
  const settings: [number, string, string, string][] = [];
  const rows: [number, string, readonly string[]][] = [];
  for (let left = dice.below(5); left > 0; left--) {
    if (dice.onceIn(2)) lines.push(':');
    const section = dice.of('System', 'TagList', 'UserList', 'Unheard');
    lines.push(`:${section}${dice.onceIn(5) ? ' ' : ''}`);
    const width = dice.of(0, 0, 1, 3, 8);
    if (width > 0) lines.push(Array.from({ length: width }, (_, i) => `"Column${i}"`).join(';'));
    for (let more = dice.below(8); more > 0; more--) {
      if (dice.onceIn(7)) lines.push('');
      else if (width > 0) {
        const cells = Array.from({ length: width }, () => sampleCell(dice));
        lines.push(cells.map(({ written }) => written).join(';'));
        const blank = width === 1 && /^[ \t]*$/.test(cells[0]?.written ?? '');
        if (!blank) rows.push([lines.length, section, cells.map(({ text }) => text)]);
      } else {
        const [key, value] = [
          dice.of('Identification', 'NtpEnable', 'Unheard_Of', 'NtpEnable'),
          dice.of('1', '', 'a;b', 'x:y'),
        ];
        lines.push(`${key}:${value}`);
        settings.push([lines.length, section, key, value]);
      }
    }
  }
  const text = lines.map((line) => line + dice.of('\r\n', '\r\n', '\n')).join('');
  const cut = dice.onceIn(3) ? text.replace(/\r?\n$/, '') : text;
  return { bytes: Buffer.from(cut, dice.of('utf8', 'latin1')), settings, rows };
}

/** A cell of any kind. */
export function sampleCell(dice: Dice): SampleCell {
  const number = dice.of('0', '-1', '40.5', '65472', '1e-3', '');
  const pad = dice.onceIn(6) ? ' ' : '';
  return dice.onceIn(2) ? quotedCell(dice) : { written: pad + number + pad, text: number };
}

/** A cell in quotes. */
export function quotedCell(dice: Dice): SampleCell {
  const text = dice.of('', 'Level', 'a;b', 'say "hi"', 'back\\slash', 'Kühlung', "it's", 'x'.repeat(60));
  return { written: `"${text.replace(/["\\]/g, '\\$&')}"`, text };
}

/** A cell with a number from 0 up. */
export function numberCell(dice: Dice, below: number): SampleCell {
  const text = String(dice.below(below));
  return { written: text, text };
}
