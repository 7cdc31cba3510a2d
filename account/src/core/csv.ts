// CSV as RFC 4180 has it: CRLF ends a row, every field is quoted.

/** Before UTF-8, so that spreadsheets do not take it for the letters of a country. */
export const BOM = '\ufeff';

/**
 * What makes a spreadsheet take a field for a formula (OWASP, CSV Injection): a quote in front makes it text again. A field
 * that begins with such a quote itself gets another, so that {@link fieldOf} gives back every field as it was.
 */
const FORMULA = /^'*[=+\-@\t\r]/;

/** The names of the columns, which are words of ours. */
export function csvHead(columns: readonly string[]): string {
  return `${columns.join(',')}\r\n`;
}

/** One row with its end. */
export function csvRow(fields: readonly string[]): string {
  return `${fields.map((field) => `"${(FORMULA.test(field) ? `'${field}` : field).replaceAll('"', '""')}"`).join(',')}\r\n`;
}

/** A field as it was before {@link csvRow} made it harmless. */
export function fieldOf(cell: string): string {
  return cell.startsWith("'") && FORMULA.test(cell) ? cell.slice(1) : cell;
}
