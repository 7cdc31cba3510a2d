import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { buildSync, type Metafile } from 'esbuild';
import { LOCALE, TEXTS } from './client/texts.ts';

/** Bytes as they are sent. `etag` is strong and quoted, as it stands in the header. */
export type Sent = { readonly body: Buffer; readonly etag: string };
/** One file of the page, ready to be sent: as it is, and compressed for a browser that takes that. */
export type PageFile = { readonly path: string; readonly type: string; readonly plain: Sent; readonly gzip: Sent };

/** Files of sections that come later. Their names hold a hash of what is in them, so a browser may keep them for good. */
export const SECTION_PREFIX = 'section-';

const FOLDER = fileURLToPath(new URL('./client/', import.meta.url));

/**
 * Bundles the page from `client/`: one document, one style, one icon, one script, and scripts that come later. Blocks for about 60 ms, at the
 * start; esbuild's other way leaves a process of its own running, which two servers in one process would share.
 * @throws when a source is missing or does not compile
 */
export function buildPage(): readonly PageFile[] {
  const { outputFiles, metafile } = buildSync({
    metafile: true,
    absWorkingDir: FOLDER,
    entryPoints: { page: 'main.tsx', 'page-style': 'style.css' },
    outdir: FOLDER, // names only: nothing is written
    write: false,
    bundle: true,
    splitting: true, // what is asked for by import() comes as a file of its own
    chunkNames: `${SECTION_PREFIX}[name]-[hash]`,
    minify: true,
    charset: 'utf8',
    legalComments: 'none',
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    logLevel: 'silent', // what fails is thrown, with the place
  });
  const made = (name: string): Uint8Array => {
    const file = outputFiles.find(({ path }) => basename(path) === name);
    if (file === undefined) throw new Error(`this is a bug: esbuild did not make ${name}`);
    return file.contents;
  };
  return [
    pageFile('/', 'text/html; charset=utf-8', Buffer.from(withPreloads(atOnce(metafile)))),
    pageFile('/page.js', 'text/javascript; charset=utf-8', made('page.js')),
    pageFile('/page.css', 'text/css; charset=utf-8', made('page-style.css')),
    pageFile('/icon.svg', 'image/svg+xml', readFileSync(`${FOLDER}icon.svg`)),
    ...outputFiles
      .filter(({ path }) => basename(path).startsWith(SECTION_PREFIX))
      .map(({ path, contents }) => pageFile(`/${basename(path)}`, 'text/javascript; charset=utf-8', contents)),
  ];
}

/** The section that everybody looks at first. It comes later than the page's frame, and is on its way from the beginning. */
const FIRST_SECTION = 'lists/ewon-list.tsx';

/** What is needed at once, beside the script: parts that it shares with sections that come later, and the first of these. */
function atOnce({ outputs }: Metafile): readonly string[] {
  const first = Object.keys(outputs).filter((path) => outputs[path]?.entryPoint === FIRST_SECTION);
  const needed = new Set<string>(first);
  const add = (path: string): void => {
    for (const { path: part, kind } of outputs[path]?.imports ?? [])
      if (kind === 'import-statement' && !needed.has(part)) {
        needed.add(part);
        add(part);
      }
  };
  for (const path of ['page.js', ...first]) add(path);
  return [...needed];
}

/** The document in the language of the page, with what the script needs at once named in it: the browser asks for all of it in one turn. */
function withPreloads(parts: readonly string[]): string {
  const links = parts.map((part) => `    <link rel="modulepreload" href="/${part}" />\n`).join('');
  const words: Record<string, string> = { product: TEXTS.product, noScript: TEXTS.noScript };
  const document = readFileSync(`${FOLDER}index.html`, 'utf8')
    .replace(/ lang="[^"]*"/, ` lang="${LOCALE}"`)
    .replaceAll(/\{(\w+)\}/g, (_, name) => words[name] ?? '');
  return document.replace('  </head>', `${links}  </head>`);
}

/** Makes a file of the page from its bytes. The two forms have tags of their own, because their bytes differ (RFC 9110 §8.8.3). */
export function pageFile(path: string, type: string, bytes: Uint8Array): PageFile {
  return { path, type, plain: sent(Buffer.from(bytes)), gzip: sent(gzipSync(bytes)) };
}

function sent(body: Buffer): Sent {
  return { body, etag: `"${createHash('sha256').update(body).digest('base64url')}"` };
}
