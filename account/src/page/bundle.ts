import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { buildSync } from 'esbuild';

/** Bytes as they are sent. `etag` is strong and quoted, as it stands in the header. */
export type Sent = { readonly body: Buffer; readonly etag: string };
/** One file of the page, ready to be sent: as it is, and compressed for a browser that takes that. */
export type PageFile = { readonly path: string; readonly type: string; readonly plain: Sent; readonly gzip: Sent };

const FOLDER = fileURLToPath(new URL('./client/', import.meta.url));

/**
 * Bundles the page from `client/`: one document, one script, one style, one icon. Blocks for about 60 ms, at the
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

/** Makes a file of the page from its bytes. The two forms have tags of their own, because their bytes differ (RFC 9110 §8.8.3). */
export function pageFile(path: string, type: string, bytes: Uint8Array): PageFile {
  return { path, type, plain: sent(Buffer.from(bytes)), gzip: sent(gzipSync(bytes)) };
}

function sent(body: Buffer): Sent {
  return { body, etag: `"${createHash('sha256').update(body).digest('base64url')}"` };
}
