import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Locator, Page } from 'playwright-core';
import { photograph, photographPart } from '../src/chromium.ts';

// The pictures of a walk: artefacts/account-walk/ROW-name.png, and an index.html beside them with the words of the row.

const NAME = 'account-walk';
const FOLDER = fileURLToPath(new URL(`../../artefacts/${NAME}/`, import.meta.url));

/** A row of the systems of the account page. */
export type Row = { readonly row: number; readonly name: string; readonly text: string };
type Picture = Row & { readonly file: string };

/** Takes what a page shows, or one part of it. */
export type Take = (of: Page | Locator) => Promise<void>;

export function createAlbum(): { taking(row: Row): Take; close(): void } {
  const pictures: Picture[] = [];
  return {
    taking(row) {
      let taken = 0;
      return async (of) => {
        taken += 1;
        const file = `${String(row.row).padStart(2, '0')}-${row.name}${taken === 1 ? '' : `-${taken}`}`;
        await ('goto' in of ? photograph(of, `${NAME}/${file}`) : photographPart(of, `${NAME}/${file}`));
        pictures.push({ ...row, file: `${file}.png` });
      };
    },
    close() {
      mkdirSync(FOLDER, { recursive: true });
      writeFileSync(`${FOLDER}index.html`, indexOf(pictures));
    },
  };
}

function indexOf(pictures: readonly Picture[]): string {
  const figures = pictures.map(
    ({ row, text, file }) =>
      `<figure>\n<figcaption>${row}. ${text}</figcaption>\n<a href="${file}"><img src="${file}" alt="" width="800"></a>\n</figure>`,
  );
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>A walk through the account page</title></head>
<body>
<h1>A walk through the account page</h1>
${figures.join('\n')}
</body>
</html>
`;
}
