import { closeSync, fstatSync, openSync, readSync, writeFileSync, writeSync } from 'node:fs';

const PAGE_BYTES = 4096;
// the database header, https://www.sqlite.org/fileformat2.html §1.3
const SIZE_AT = 28;
const FREE_LIST_AT = 32;
const FREE_COUNT_AT = 36;

/**
 * Puts the first page of a fresh file in the place of a damaged one, so that all others can be read. It holds the header
 * and the schema, which are the same in each file, because the tables are made in the same order; no message is in it.
 * The damaged page is kept in `<path>-page1`.
 * @param fresh a file with the same schema whose log was taken over
 */
export function replaceFirstPage(path: string, fresh: string): void {
  const page = firstPageOf(fresh);
  writeFileSync(`${path}-page1`, firstPageOf(path));
  const fd = openSync(path, 'r+');
  page.writeUInt32BE(Math.floor(fstatSync(fd).size / PAGE_BYTES), SIZE_AT);
  page.writeUInt32BE(0, FREE_LIST_AT); // which pages are free is not known any more, and nobody will write here again
  page.writeUInt32BE(0, FREE_COUNT_AT);
  writeSync(fd, page, 0, PAGE_BYTES, 0);
  closeSync(fd);
}

function firstPageOf(path: string): Buffer {
  const page = Buffer.alloc(PAGE_BYTES);
  const fd = openSync(path, 'r');
  readSync(fd, page, 0, PAGE_BYTES, 0);
  closeSync(fd);
  return page;
}
