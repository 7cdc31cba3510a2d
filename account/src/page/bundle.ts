import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build, stop } from 'esbuild';

/** One file of the page, ready to be sent. `etag` is strong and quoted, as it stands in the header. */
export type PageFile = { readonly path: string; readonly type: string; readonly body: Buffer; readonly etag: string };

const FOLDER = fileURLToPath(new URL('./client/', import.meta.url));

/**
 * Bundles the page from `client/`: one document, one script, one style, one icon.
 * @throws when a source is missing or does not compile
 */
export async function buildPage(): Promise<readonly PageFile[]> {
  const [html, icon, script, style] = await Promise.all([
    readFile(`${FOLDER}index.html`),
    readFile(`${FOLDER}icon.svg`),
    bundle('main.tsx'),
    bundle('style.css'),
  ]);
  await stop(); // esbuild's own process has nothing more to do; left alone it would stay as long as we do
  return [
    pageFile('/', 'text/html; charset=utf-8', html),
    pageFile('/page.js', 'text/javascript; charset=utf-8', script),
    pageFile('/page.css', 'text/css; charset=utf-8', style),
    pageFile('/icon.svg', 'image/svg+xml', icon),
  ];
}

async function bundle(entry: string): Promise<Uint8Array> {
  const { outputFiles } = await build({
    absWorkingDir: FOLDER,
    entryPoints: [entry],
    bundle: true,
    write: false,
    minify: true,
    charset: 'utf8',
    legalComments: 'none',
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    logLevel: 'silent', // what fails is thrown, with the place
  });
  const [file] = outputFiles;
  if (file === undefined) throw new Error(`this is a bug: esbuild made nothing of ${entry}`);
  return file.contents;
}

function pageFile(path: string, type: string, bytes: Uint8Array): PageFile {
  const body = Buffer.from(bytes);
  return { path, type, body, etag: `"${createHash('sha256').update(body).digest('base64url')}"` };
}
