import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

/** One file of the page, ready to be sent. `etag` is strong and quoted, as it stands in the header. */
export type PageFile = { readonly path: string; readonly type: string; readonly body: Buffer; readonly etag: string };

const FOLDER = fileURLToPath(new URL('./client/', import.meta.url));

/**
 * Bundles the page from `client/`: one document, one script, one style, one icon. Blocks for about 50 ms, at the
 * start; esbuild's other way leaves a process of its own running, which two servers in one process would share.
 * @throws when a source is missing or does not compile
 */
export function buildPage(): readonly PageFile[] {
  const { outputFiles } = buildSync({
    absWorkingDir: FOLDER,
    entryPoints: { page: 'main.tsx', 'page-style': 'style.css' },
    outdir: FOLDER, // names only: nothing is written
    write: false,
    bundle: true,
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
    pageFile('/', 'text/html; charset=utf-8', readFileSync(`${FOLDER}index.html`)),
    pageFile('/page.js', 'text/javascript; charset=utf-8', made('page.js')),
    pageFile('/page.css', 'text/css; charset=utf-8', made('page-style.css')),
    pageFile('/icon.svg', 'image/svg+xml', readFileSync(`${FOLDER}icon.svg`)),
  ];
}

function pageFile(path: string, type: string, bytes: Uint8Array): PageFile {
  const body = Buffer.from(bytes);
  return { path, type, body, etag: `"${createHash('sha256').update(body).digest('base64url')}"` };
}
