import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { freePort } from '@ewon-agent/contracts/suites/free-port';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { createGeolocateFetch } from './geolocate-fetch.ts';

const QUESTION = { considerIp: false, fallbacks: { lacf: true, ipf: false }, wifiAccessPoints: [] } as const;

/** Asks a server that answers as the test says. */
async function ask(
  answer: (request: IncomingMessage, response: ServerResponse, body: string) => void,
  key = 'Top5ecret',
) {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => {
      body += part;
    });
    request.on('end', () => answer(request, response, body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const said = await createGeolocateFetch({ url: `http://127.0.0.1:${port}/v1/geolocate`, key }).ask(QUESTION);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  return said;
}

suite('a service of places over HTTP', (test) => {
  test('is sent the question as JSON and its key, and nothing more', async () => {
    let seen: unknown;
    const said = await ask((request, response, body) => {
      const names = Object.keys(request.headers).toSorted();
      seen = { url: request.url, method: request.method, agent: request.headers['user-agent'], names, body };
      response.end(JSON.stringify({ location: { lat: 52.1, lng: 5.2 }, accuracy: 40 }));
    });
    assert.deepEqual(said, { is: 'found', lat: 52.1, lng: 5.2, accuracy: 40 });
    const usual = ['accept', 'accept-encoding', 'accept-language', 'connection', 'content-length', 'content-type'];
    assert.deepEqual(seen, {
      url: '/v1/geolocate?key=Top5ecret',
      method: 'POST',
      agent: 'ewon-agent-account',
      names: [...usual, 'host', 'sec-fetch-mode', 'user-agent'],
      body: JSON.stringify(QUESTION),
    });
  });

  test('404 is a place that nobody knows', async () => {
    assert.deepEqual(await ask((_, response) => response.writeHead(404).end('{"error":{}}')), { is: 'unknown' });
  });

  const faults: readonly (readonly [string, (response: ServerResponse) => void, string])[] = [
    ['an error', (response) => response.writeHead(403).end(), 'HTTP 403'],
    [
      'another place to go',
      (response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
      'not reached',
    ],
    ['no JSON', (response) => response.end('<html>'), 'an answer that is not JSON'],
    ['JSON of another form', (response) => response.end('{"lat":1}'), 'an answer of another form'],
    ['far too much', (response) => response.end('x'.repeat(1e6)), 'an answer of more than 16384 bytes'],
    [
      'half an answer',
      (response) => response.writeHead(200, { 'content-length': '99' }).write('{', () => response.destroy()),
      'not reached',
    ],
  ];
  for (const [what, answer, why] of faults)
    test(`that answers ${what} has failed, in words without the key`, async () => {
      const said = await ask((_, response) => answer(response));
      assert.ok(said.is === 'failed' && said.why.startsWith(why), JSON.stringify(said));
      assert.ok(!JSON.stringify(said).includes('Top5ecret'));
    });

  test('that is not there has failed', async () => {
    const said = await createGeolocateFetch({ url: `http://127.0.0.1:${await freePort()}/v1/geolocate` }).ask(QUESTION);
    assert.deepEqual(said, { is: 'failed', why: 'not reached: ECONNREFUSED' });
  });
});
