import { gunzipSync } from 'node:zlib';
import { CODES } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import fastify from 'fastify';
import { buildPage } from './bundle.ts';
import { LOCALE, TEXTS } from './client/texts.ts';
import { CONTENT_SECURITY_POLICY, registerPage } from './serve.ts';

const app = fastify();
const FILES = [
  ['/', 'text/html; charset=utf-8'],
  ['/page.js', 'text/javascript; charset=utf-8'],
  ['/page.css', 'text/css; charset=utf-8'],
  ['/icon.svg', 'image/svg+xml'],
] as const;
const OUTLINES = ['/outlines-110m.json', '/outlines-50m.json'] as const;
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

  test('outlines of countries come compressed to who takes that, as they are to others, and are kept for a week', async () => {
    for (const url of OUTLINES) {
      const plain = await get(url);
      const packed = await get(url, { 'accept-encoding': 'gzip, deflate, br' });
      assert.equal(packed.headers['content-encoding'], 'gzip');
      assert.equal(plain.headers['content-encoding'], undefined);
      assert.deepEqual(gunzipSync(packed.rawPayload), plain.rawPayload);
      assert.ok(packed.rawPayload.length < plain.rawPayload.length / 2.5);
      for (const { headers } of [plain, packed]) {
        assert.equal(headers['content-type'], 'application/json');
        assert.equal(headers['cache-control'], 'public, max-age=604800');
        assert.equal(headers['vary'], 'accept-encoding');
        assert.equal(headers['content-security-policy'], CONTENT_SECURITY_POLICY);
      }
      assert.notEqual(plain.headers['etag'], packed.headers['etag'], 'other bytes, another tag');
      const again = await get(url, { 'accept-encoding': 'gzip', 'if-none-match': String(packed.headers['etag']) });
      assert.equal(again.statusCode, 304);
    }
  });

  test('gzip is for who takes it: not when it is weighed with 0, nor for another name that holds it', async () => {
    const table = [
      ['gzip', 'gzip'],
      ['br;q=1.0, gzip;q=0.8', 'gzip'],
      ['GZIP', 'gzip'],
      ['gzip;q=0', undefined],
      ['gzip; q=0.00', undefined],
      ['x-gzipped', undefined],
      ['', undefined],
    ] as const;
    for (const [accepts, sent] of table)
      assert.equal((await get('/page.js', { 'accept-encoding': accepts })).headers['content-encoding'], sent, accepts);
  });

  test('the document holds no script or style of its own and names no other host', async () => {
    const { body } = await get('/');
    assert.doesNotMatch(body, /<style|style=|\son\w+=|<script(?![^>]*src=)/i);
    assert.doesNotMatch(body, /(?:https?:)?\/\/\w/);
  });

  test('the document is in the language of the texts, and says what it is before they have come', async () => {
    const { body } = await get('/');
    assert.match(body, new RegExp(`<html lang="${LOCALE}">`));
    assert.ok(
      body.includes(`<title>${TEXTS.product}</title>`) && body.includes(`<noscript>${TEXTS.noScript}</noscript>`),
    );
  });

  test('the script and the style load nothing from elsewhere and keep no source of a server', async () => {
    const style = await get('/page.css');
    const parts = preloadsIn((await get('/')).body);
    const script = { body: '' };
    for (const url of ['/page.js', ...parts]) script.body += (await get(url)).body;
    // names of XML vocabularies are names only: nothing is asked there
    const hosts = (script.body.match(/https?:\/\/[\w.-]+/g) ?? []).filter((host) => host !== 'http://www.w3.org');
    assert.deepEqual(hosts, ['http://127.0.0.1']);
    assert.doesNotMatch(style.body, /url\(|@import/);
    assert.doesNotMatch(script.body, /node:|\beval\(|new Function/);
  });

  test('the script, with what it needs at once and the list of Ewons, is small enough for a slow line', async () => {
    const parts = preloadsIn((await get('/')).body);
    assert.ok(parts.length > 0, 'sections share something');
    let bytes = 0;
    for (const url of ['/page.js', ...parts])
      bytes += (await get(url, { 'accept-encoding': 'gzip' })).rawPayload.length;
    assert.ok(bytes < 40 * 1024, `${bytes} bytes`); // a second at 320 kbit/s
    assert.ok(parts.some((url) => url.startsWith('/section-ewon-list-')));
  });

  test('the words for all codes come with the first problem, and with no section', () => {
    const scripts = buildPage().filter(({ path }) => path.endsWith('.js'));
    const having = (words: RegExp) =>
      scripts.filter(({ plain }) => words.test(plain.body.toString())).map((file) => file.path);
    const [table, ...others] = having(new RegExp(CODES.LOGIN_TAKEN.text));
    assert.match(table ?? '', /^\/section-texts-problems-/);
    assert.deepEqual(others, []);
    assert.deepEqual(having(/(from|import) ?"\.\/section-texts-problems-/), []);
  });

  test('sections come as files of their own, which a browser keeps for good: their names change with them', async () => {
    const { body: script } = await get('/page.js');
    const sections = [...script.matchAll(/import\("\.(\/section-[\w-]+\.js)"\)/g)].map(([, url]) => url ?? '');
    const named = (name: string) => sections.some((url) => url.startsWith(`/section-${name}-`));
    assert.ok(['map-section', 'patches-section', 'users-section', 'mine'].every(named), sections.join());
    for (const url of sections) {
      const { statusCode, headers, body } = await get(url);
      assert.deepEqual([statusCode, headers['cache-control']], [200, 'public, max-age=31536000, immutable'], url);
      assert.equal(headers['content-security-policy'], CONTENT_SECURITY_POLICY);
      assert.doesNotMatch(body, /node:|\beval\(|new Function/);
    }
  });
});

/** What a document asks the browser to fetch beside the script. */
function preloadsIn(document: string): readonly string[] {
  return [...document.matchAll(/rel="modulepreload" href="([^"]+)"/g)].map(([, url]) => url ?? '');
}
