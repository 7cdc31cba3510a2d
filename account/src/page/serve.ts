import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { buildPage, type PageFile } from './bundle.ts';

/**
 * Everything the page may do: its own files and its own API, nothing inline, no other host, in nobody's frame.
 * `form-action` and `frame-ancestors` do not fall back to `default-src` (CSP Level 3 §6.1), so they are named.
 */
export const CONTENT_SECURITY_POLICY =
  "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";

/**
 * Serves the account's web page at `/`, with its script and its style. The page is bundled once, here, and kept in
 * memory; each file has a strong ETag and is asked for again at every visit, so a newer server shows its newer page.
 * @param app the admin listener; nothing but `/`, `/page.js`, `/page.css` and `/icon.svg` is added to it
 * @throws when the page cannot be bundled, which is a bug of ours or a damaged installation
 */
export async function registerPage(app: FastifyInstance): Promise<void> {
  for (const file of buildPage()) app.get(file.path, (request, reply) => send(file, request, reply));
}

function send(file: PageFile, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply.headers({
    'cache-control': 'no-cache',
    'content-security-policy': CONTENT_SECURITY_POLICY,
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    etag: file.etag,
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  });
  if (knows(request.headers['if-none-match'], file.etag)) return reply.code(304).send();
  return reply.type(file.type).send(file.body);
}

/** Tells whether the browser has this version already (RFC 9110 §13.1.2: a list of tags, weakly compared). */
function knows(ifNoneMatch: string | undefined, etag: string): boolean {
  const tags = (ifNoneMatch ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes(etag) || tags.includes('*');
}
