import { assert, suite } from '@ewon-agent/contracts/testing';
import fastify from 'fastify';
import { CONTENT_SECURITY_POLICY, registerPage } from './serve.ts';

const app = fastify();
const FILES = [
  ['/', 'text/html; charset=utf-8'],
  ['/page.js', 'text/javascript; charset=utf-8'],
  ['/page.css', 'text/css; charset=utf-8'],
  ['/icon.svg', 'image/svg+xml'],
] as const;
const get = (url: string, headers: Record<string, string> = {}) => app.inject({ url, headers });

suite('the page as it is served', (test) => {
  test.before(() => registerPage(app));
  test.after(() => app.close());

  test('document, script, style and icon come with their type and the headers that shut everything else out', async () => {
    for (const [url, type] of FILES) {
      const { statusCode, headers, rawPayload } = await get(url);
      assert.equal(statusCode, 200, url);
      assert.equal(headers['content-type'], type);
      assert.equal(headers['content-security-policy'], CONTENT_SECURITY_POLICY);
      assert.equal(headers['x-content-type-options'], 'nosniff');
      assert.equal(headers['referrer-policy'], 'no-referrer');
      assert.equal(headers['cache-control'], 'no-cache');
      assert.ok(rawPayload.length > 100, url);
    }
  });

  test('the policy allows nothing inline and no other host', () => {
    assert.match(CONTENT_SECURITY_POLICY, /^default-src 'self';/);
    assert.doesNotMatch(CONTENT_SECURITY_POLICY, /unsafe|https?:|data:|blob:|\*/);
  });

  test('a strong ETag spares the browser the same file again, and only the same', async () => {
    for (const [url] of FILES) {
      const { headers } = await get(url);
      const etag = String(headers['etag']);
      assert.match(etag, /^"[\w-]{43}"$/);
      for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
        const again = await get(url, { 'if-none-match': known });
        assert.equal(again.statusCode, 304, `${url} for ${known}`);
        assert.equal(again.body, '');
        assert.equal(again.headers['etag'], etag);
      }
      assert.equal((await get(url, { 'if-none-match': '"other"' })).statusCode, 200);
    }
  });

  test('the document holds no script or style of its own and names no other host', async () => {
    const { body } = await get('/');
    assert.doesNotMatch(body, /<style|style=|\son\w+=|<script(?![^>]*src=)/i);
    assert.doesNotMatch(body, /(?:https?:)?\/\/\w/);
  });

  test('the script and the style load nothing from elsewhere and keep no source of a server', async () => {
    const [script, style] = await Promise.all([get('/page.js'), get('/page.css')]);
    // names of XML vocabularies are names only: nothing is asked there
    const hosts = (script.body.match(/https?:\/\/[\w.-]+/g) ?? []).filter((host) => host !== 'http://www.w3.org');
    assert.deepEqual(hosts, ['http://127.0.0.1']);
    assert.doesNotMatch(style.body, /url\(|@import/);
    assert.doesNotMatch(script.body, /node:|\beval\(|new Function/);
  });

  test('the script is small enough for a slow line', async () => {
    const { rawPayload } = await get('/page.js');
    assert.ok(rawPayload.length < 64 * 1024, `${rawPayload.length} bytes`);
  });
});
