/** A string as it stands in a table of an Ewon, with a backslash before quotes. */
export function quoted(text: string): string {
  return `"${text.replace(/["'\\]/g, '\\$&')}"`;
}

/** Two columns as an Ewon shows them in its `.htm` files; made up, as no such page is published. */
export function htmlTable(title: string, rows: readonly (readonly string[])[]): string {
  const cells = (row: readonly string[]) => row.map((cell) => `<td>${escaped(cell)}</td>`).join('');
  const lines = rows.map((row) => `<tr>${cells(row)}</tr>\r\n`).join('');
  return `<html><head><title>${escaped(title)}</title></head><body><table>\r\n${lines}</table></body></html>\r\n`;
}

/** Text as it may stand in HTML. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
