import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { reader } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { createTestCa } from '../testing/test-pki.ts';
import { askSource } from './source-account.ts';

const read = reader<{ readonly good: true }>({
  ...{ type: 'object', properties: { good: { const: true } }, required: ['good'], additionalProperties: false },
});

suite('asking the account that Ewons are imported from', (test) => {
  const asked: { url: string; authorization: string | undefined; body: string }[] = [];
  let answer: RequestListener = (_, response) => void response.end();
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => {
      body += part;
    });
    request.on('end', () => {
      asked.push({ url: request.url ?? '', authorization: request.headers.authorization, body });
      answer(request, response);
    });
  });
  let url = '';
  test.before(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  test.after(async () => {
    server.close();
    server.closeAllConnections();
  });
  const says = (status: number, body: string, headers: Record<string, string> = {}) => {
    answer = (_, response) => void response.writeHead(status, headers).end(body);
  };
  const ask = (right?: string) =>
    askSource({ url, ca: null }, { method: 'POST', path: 'handover', body: { a: 1 }, ...(right && { right }) }, read);
  const codeOf = async () => {
    const done = await ask();
    return done.ok ? 'ok' : `${done.fault.code} ${done.fault.detail}`;
  };

  test('a good answer is read; the right goes in a header, what is told in the body, and nothing in the address', async () => {
    says(200, '{"good": true}');
    assert.deepEqual(await ask('the-right'), { ok: true, value: { good: true } });
    assert.deepEqual(asked.at(-1), { url: '/api/v1/handover', authorization: 'Bearer the-right', body: '{"a":1}' });
  });

  test('what it refuses comes through as its code; what is no account is said to be none', async () => {
    says(401, JSON.stringify({ code: 'SIGN_IN_FAILED', detail: 'x'.repeat(5000) }));
    const refused = await codeOf();
    assert.match(refused, /^SIGN_IN_FAILED x+$/);
    assert.ok(refused.length < 300, 'its words are cut');
    for (const [status, body] of [
      [404, '{"code": "NOT_FOUND"}'], // an older server
      [401, '{"code": "NOT_SIGNED_IN"}'],
      [500, '{"code": "<script>"}'],
      [200, '<html>'],
      [200, '{"good": true, "more": 1}'],
      [200, ''],
      [502, 'Bad gateway'],
    ] as const) {
      says(status, body);
      assert.match(await codeOf(), /^IMPORT_SOURCE_BAD /, `${status} ${body}`);
    }
  });

  test('a redirect is not followed: it would carry a password elsewhere', async () => {
    const before = asked.length;
    says(302, '', { location: `${url}/elsewhere` });
    assert.match(await codeOf(), /^IMPORT_SOURCE_BAD HTTP 302/);
    assert.equal(asked.length, before + 1);
  });

  test('an answer without an end is cut off', async () => {
    answer = (_, response) => {
      const part = Buffer.alloc(1024 * 1024, 0x20);
      const more = (): void => {
        while (!response.destroyed && response.write(part));
        response.once('drain', more);
      };
      more();
    };
    assert.match(await codeOf(), /^IMPORT_SOURCE_BAD an answer of more than/);
  });

  test('a question that is given up is answered at once', async () => {
    const closing = new AbortController();
    answer = () => closing.abort();
    const question = { method: 'GET', path: 'x', signal: closing.signal } as const;
    const done = await askSource({ url, ca: null }, question, read);
    assert.match(done.ok ? 'ok' : `${done.fault.code} ${done.fault.detail}`, /^IMPORT_SOURCE_UNREACHABLE .*given up$/);
  });

  test('nobody there, and a server whose certificate is not trusted, are not reached; with its CA it is', async () => {
    const closed = await askSource({ url: 'http://127.0.0.1:1', ca: null }, { method: 'GET', path: 'x' }, read);
    assert.ok(!closed.ok && closed.fault.code === 'IMPORT_SOURCE_UNREACHABLE');
    const authority = await createTestCa('source', 'P-256');
    const { certificate: cert, privateKey: key } = await authority.issue({
      ...{ commonName: 'localhost', usage: 'server', names: [{ type: 'ip', value: '127.0.0.1' }] },
    });
    const tls = createTlsServer({ cert, key }, (_, response) => void response.end('{"good": true}'));
    await once(tls.listen(0, '127.0.0.1'), 'listening');
    const at = `https://127.0.0.1:${(tls.address() as AddressInfo).port}`;
    const untrusted = await askSource({ url: at, ca: null }, { method: 'GET', path: 'x' }, read);
    assert.ok(!untrusted.ok && untrusted.fault.code === 'IMPORT_SOURCE_UNREACHABLE');
    assert.deepEqual(await askSource({ url: at, ca: authority.pem }, { method: 'GET', path: 'x' }, read), {
      ok: true,
      value: { good: true },
    });
    tls.close();
    tls.closeAllConnections();
  });
});
