import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Code, sha256Hex } from '@ewon-agent/contracts';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { testClock } from '../testing/test-clock.ts';
import { createTestCa } from '../testing/test-pki.ts';
import { startProxy } from '../testing/test-proxy.ts';
import { type Answers, startTufServer } from '../testing/tuf-server.ts';
import { memoryTufSource } from '../testing/tuf-site.ts';
import { createSystemClock } from './clock-system.ts';
import { downloadPatch } from './tuf-download.ts';
import { fetchWhole } from './tuf-fetch.ts';
import { httpTufSource } from './tuf-http.ts';

const [ca, foreign] = await Promise.all([createTestCa(), createTestCa()]);
const identity = await ca.issue('none');
const BYTES = Buffer.from(Uint32Array.from({ length: 50_000 }, (_, i) => i * 7919).buffer);
const PATCH = { length: BYTES.length, sha256: sha256Hex(BYTES) };

/** A server with one file, a device that has some bytes of it already, and a clock that the test moves when it is told to. */
const withServer =
  (body: (tried: Awaited<ReturnType<typeof start>>) => Promise<void>, isTimeMoved = false) =>
  async () => {
    const tried = await start(isTimeMoved);
    try {
      await body(tried);
    } finally {
      await tried.close();
    }
  };

async function start(isTimeMoved: boolean) {
  const server = await startTufServer(new Map([['f', BYTES]]), identity);
  const { clock: moved, pass } = testClock();
  const clock = isTimeMoved ? moved : createSystemClock();
  const source = httpTufSource({ base: server.base, ca: ca.pem, clock });
  const dir = mkdtempSync(join(tmpdir(), 'tuf-http-'));
  const file = join(dir, PATCH.sha256);
  const signal = new AbortController().signal;
  return {
    ...{ server, source, clock, pass, file, part: `${file}.part` },
    has: (bytes: Buffer) => writeFileSync(`${file}.part`, bytes),
    answer: (answers: Answers) => void Object.assign(server.otherwise, { answers }),
    fetch: (path = 'f', maxBytes = BYTES.length, from = source) => fetchWhole(from, path, { signal, clock, maxBytes }),
    download: (received: (bytes: number) => void = () => {}, rateBytesPerSecond?: number) =>
      downloadPatch({
        ...{ patch: PATCH, file, source, place: 'f', clock, rateBytesPerSecond, watch: { signal, received } },
      }),
    async close() {
      source.close();
      await server.close();
      rmSync(dir, { recursive: true });
    },
  };
}

suite('repository of patches behind a hostile server', (test) => {
  const bad: Record<string, [Code, Code, Answers]> = {
    'a redirection, which is not followed': [
      ...(['TUF_UNREACHABLE', 'TUF_UNREACHABLE'] as const),
      (request, response) => {
        if (request.url?.endsWith('/elsewhere')) return false;
        response.writeHead(302, { location: 'elsewhere' }).end();
        return true;
      },
    ],
    'a compressed answer': [
      ...(['TUF_MALFORMED', 'TUF_TARGET_WRONG'] as const),
      (_, response) => {
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(BYTES);
        return true;
      },
    ],
    'a part that nobody asked for': [
      ...(['TUF_UNREACHABLE', 'TUF_UNREACHABLE'] as const),
      (_, response) => {
        response.writeHead(206, { 'content-range': `bytes 0-9/${BYTES.length}` }).end(BYTES.subarray(0, 10));
        return true;
      },
    ],
    'an answer without end': [
      ...(['TUF_ENDLESS', 'TUF_ENDLESS'] as const),
      (_, response) => {
        const pour = () => {
          while (!response.destroyed && response.write(BYTES));
        };
        response.on('drain', pour);
        pour();
        return true;
      },
    ],
    'an answer that says it is longer': [
      ...(['TUF_ENDLESS', 'TUF_ENDLESS'] as const),
      (_, response) => {
        response.writeHead(200, { 'content-length': 1e12 }).flushHeaders();
        return true;
      },
    ],
    'a connection that ends in the middle': [
      ...(['TUF_UNREACHABLE', 'TUF_UNREACHABLE'] as const),
      (_, response) => {
        response.writeHead(200, { 'content-length': BYTES.length });
        response.write(BYTES.subarray(0, 1000), () => response.destroy());
        return true;
      },
    ],
    'HTTP 500': [
      ...(['TUF_UNREACHABLE', 'TUF_UNREACHABLE'] as const),
      (_, response) => {
        response.writeHead(500).end();
        return true;
      },
    ],
    'another protocol': [
      ...(['TUF_UNREACHABLE', 'TUF_UNREACHABLE'] as const),
      (_, response) => {
        response.socket?.end('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: other\r\n\r\n');
        return true;
      },
    ],
  };
  for (const [what, [metadata, target, answers]] of Object.entries(bad))
    test(
      `${what}: ${metadata} of metadata, ${target} of a patch`,
      withServer(async ({ server, answer, fetch, download }) => {
        answer(answers);
        assertFault(await fetch(), metadata);
        assertFault(await download(), target);
        assert.ok(server.asked.every((path) => path === 'f' || path.startsWith('f bytes=')));
        answer(() => false);
        assertOk(await download());
      }),
    );

  test(
    'a server with a certificate of somebody else, or of plain HTTP, is asked for nothing',
    withServer(async ({ server, clock, fetch }) => {
      const other = httpTufSource({ base: server.base, ca: foreign.pem, clock });
      assert.match(assertFault(await fetch('f', 1e6, other), 'TUF_UNREACHABLE').detail, /^TLS_UNTRUSTED/);
      other.close();
      const plain = httpTufSource({ base: server.base.replace('https', 'http'), ca: ca.pem, clock });
      assertFault(await fetch('f', 1e6, plain), 'TUF_UNREACHABLE');
      assert.deepEqual(server.asked, []);
    }),
  );

  test(
    'through a proxy, which sees nothing of it; without one that lives, TUF_UNREACHABLE says so',
    withServer(async ({ server, clock, fetch }) => {
      const proxy = await startProxy({ does: 'tunnel' });
      const source = httpTufSource({ base: server.base, ca: ca.pem, clock, proxyOf: () => proxy });
      assert.deepEqual(assertOk(await fetch('f', 1e6, source)).bytes, BYTES);
      assert.match(proxy.heads[0] ?? '', /^CONNECT 127\.0\.0\.1:\d+ /);
      source.close();
      await proxy.close();
      const dead = httpTufSource({ base: server.base, ca: ca.pem, clock, proxyOf: () => proxy });
      assert.match(assertFault(await fetch('f', 1e6, dead), 'TUF_UNREACHABLE').detail, /^PROXY_UNREACHABLE/);
      dead.close();
    }),
  );

  test(
    'the date of the account is told, and a file that is not there is no failure',
    withServer(async ({ answer, fetch }) => {
      answer((_, response) => {
        response.setHeader('date', 'Thu, 26 Nov 2026 10:00:00 GMT');
        return false;
      });
      assert.equal(assertOk(await fetch()).dateMs, Date.parse('2026-11-26T10:00:00Z'));
      assert.deepEqual(assertOk(await fetch('g')), { dateMs: Date.parse('2026-11-26T10:00:00Z') });
    }),
  );

  test(
    'slow retrieval: a byte now and then, or none, is TUF_SLOW; what came of a patch stays',
    withServer(async ({ answer, fetch, download, pass, part }) => {
      answer((_, response) => {
        response.writeHead(200, { 'content-length': BYTES.length });
        const drip = setInterval(() => response.write('x'), 5);
        response.once('close', () => clearInterval(drip));
        return true;
      });
      const time = setInterval(() => pass(500), 5); // a hundred seconds pass in one
      assertFault(await fetch(), 'TUF_SLOW');
      answer((_, response) => response.writeHead(200).write(BYTES.subarray(0, 5000)));
      assertFault(await download(), 'TUF_SLOW');
      clearInterval(time);
      assert.deepEqual(readFileSync(part), BYTES.subarray(0, 5000));
    }, true),
  );

  test(
    'no answer at all is TUF_UNREACHABLE',
    withServer(async ({ answer, fetch, pass, server }) => {
      answer(() => true);
      const fetching = fetch();
      while (server.asked.length === 0) await new Promise(setImmediate);
      pass(31_000);
      assertFault(await fetching, 'TUF_UNREACHABLE');
    }, true),
  );
});

suite('download of a patch', (test) => {
  test(
    'goes on with what is missing, and asks for no more',
    withServer(async ({ server, has, download, file }) => {
      has(BYTES.subarray(0, 150_000));
      assertOk(await download());
      assert.deepEqual(server.asked, ['f bytes=150000-']);
      assert.deepEqual(readFileSync(file), BYTES);
    }),
  );

  test(
    'what is here was spoilt: TUF_TARGET_WRONG, thrown away, and brought anew',
    withServer(async ({ has, download, file }) => {
      has(Buffer.alloc(1000, 'x'));
      assertFault(await download(), 'TUF_TARGET_WRONG');
      assertOk(await download());
      assert.deepEqual(readFileSync(file), BYTES);
    }),
  );

  test(
    'a server that does not go on is read from the begin',
    withServer(async ({ server, answer, has, download }) => {
      has(BYTES.subarray(0, 1000));
      answer((_, response) => {
        response.writeHead(200, { 'content-length': BYTES.length }).end(BYTES);
        return true;
      });
      assertOk(await download());
      assert.equal(server.asked.length, 1);
    }),
  );

  test(
    'a part from elsewhere than was asked for is TUF_TARGET_WRONG',
    withServer(async ({ answer, has, download }) => {
      for (const range of [
        `bytes 0-${BYTES.length - 1}/${BYTES.length}`,
        'bytes 1000-1999/*',
        'bytes 1000-1999/2000',
        '',
      ]) {
        has(BYTES.subarray(0, 1000));
        answer((_, response) => {
          response.writeHead(206, { 'content-range': range }).end(BYTES.subarray(1000));
          return true;
        });
        assertFault(await download(), 'TUF_TARGET_WRONG');
      }
    }),
  );

  test(
    'more is here than the patch has, or all of it: nothing is asked for that is here',
    withServer(async ({ server, has, download }) => {
      has(BYTES);
      assertOk(await download());
      assert.deepEqual(server.asked, []);
      assertOk(await download());
      assert.deepEqual(server.asked, []);
    }),
  );

  test(
    'no room for it: PATCH_NO_ROOM, and nothing is asked for',
    withServer(async ({ server, source, clock, file }) => {
      const watch = { signal: new AbortController().signal, received: () => {} };
      const patch = { ...PATCH, length: 2 ** 52 };
      assertFault(await downloadPatch({ patch, file, source, place: 'f', clock, watch }), 'PATCH_NO_ROOM');
      assert.deepEqual(server.asked, []);
    }),
  );

  test(
    'a rate is held: 200,000 bytes at 20,000 a second take about ten seconds of the clock',
    withServer(async ({ clock, pass, file }) => {
      const beganMs = clock.monotonic();
      let isDone = false;
      const { source } = memoryTufSource(new Map([['f', BYTES]]));
      const watch = { signal: new AbortController().signal, received: () => {} };
      const job = { patch: PATCH, file, source, place: 'f', clock, rateBytesPerSecond: 20_000, watch };
      const downloading = downloadPatch(job).finally(() => {
        isDone = true;
      });
      while (!isDone) {
        pass(20);
        await new Promise(setImmediate); // nothing but a pause of the download takes time by this clock
      }
      assertOk(await downloading);
      const tookMs = clock.monotonic() - beganMs;
      assert.ok(tookMs > 8_500, `${tookMs} ms`);
    }, true),
  );
});
