import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { buildPage, type PageFile, SECTION_PREFIX } from './bundle.ts';
import { outlineFiles } from './outlines.ts';

/**
 * Everything the page may do: its own files and its own API, nothing inline, no other host, in nobody's frame.
 * `form-action` and `frame-ancestors` do not fall back to `default-src` (CSP Level 3 §6.1), so they are named.
 */
export const CONTENT_SECURITY_POLICY =
  "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";

/** The name changes with the content. */
const SECTIONS_CACHED = 'public, max-age=31536000, immutable';
/** Borders change seldom, and an old one does no harm. */
const OUTLINES_CACHED = 'public, max-age=604800';

/**
 * Serves the account's web page at `/`, with its script and its style. The page is bundled once, here, and kept in
 * memory; each file has a strong ETag and is asked for again at every visit, so a newer server shows its newer page.
 * Outlines of countries, which the map asks for when it is looked at, are read then, and the browser keeps them for a week.
 * @param app the admin listener; nothing but `/`, `/page.js`, `/section-*.js`, `/page.css`, `/icon.svg` and `/outlines-*.json` is added to it
 * @throws when the page cannot be bundled, which is a bug of ours or a damaged installation
 */
export async function registerPage(app: FastifyInstance): Promise<void> {
  for (const file of buildPage()) {
    const cached = file.path.startsWith(`/${SECTION_PREFIX}`) ? SECTIONS_CACHED : 'no-cache';
    app.get(file.path, (request, reply) => send(file, cached, request, reply));
  }
  for (const { path, read } of outlineFiles())
    app.get(path, async (request, reply) => send(await read(), OUTLINES_CACHED, request, reply));
}

function send(file: PageFile, cached: string, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const compressed = takesGzip(request.headers['accept-encoding']);
  const { body, etag } = compressed ? file.gzip : file.plain;
  reply.headers({
    'cache-control': cached,
    'content-security-policy': CONTENT_SECURITY_POLICY,
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    etag,
    'referrer-policy': 'no-referrer',
    vary: 'accept-encoding',
    'x-content-type-options': 'nosniff',
    ...(compressed && { 'content-encoding': 'gzip' }),
  });
  if (knows(request.headers['if-none-match'], etag)) return reply.code(304).send();
  return reply.type(file.type).send(body);
}

/** Tells whether a browser takes gzip (RFC 9110 §12.5.3); one that weighs it with 0 does not. */
function takesGzip(acceptEncoding: string | undefined): boolean {
  return (acceptEncoding ?? '').split(',').some((coding) => /^\s*gzip\s*(;\s*q=(?!0(\.0*)?\s*$).*)?$/i.test(coding));
}

/** Tells whether the browser has this version already (RFC 9110 §13.1.2: a list of tags, weakly compared). */
function knows(ifNoneMatch: string | undefined, etag: string): boolean {
  const tags = (ifNoneMatch ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes(etag) || tags.includes('*');
}
