import { ACCOUNT_ANSWER_MAX_BYTES } from '../limits.ts';
import type { AccountAnswer, AccountLinkPort, AccountRequest } from '../ports/account-link.ts';
import { assert, assertFault, assertOk, eventually, suite } from './suite.ts';

/** A request as the server saw it. */
export type SeenRequest = {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** What stands at the other end of the line. */
export type AccountServer = {
  readonly url: string;
  readonly requests: readonly SeenRequest[];
  /** Connections that are open now. */
  connections(): number | Promise<number>;
};

/** What a server does with every request; each was met in the field or is an attack. */
export type AccountBehaviour =
  | {
      readonly does: 'answer';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: Uint8Array;
    }
  | { readonly does: AccountTrouble };

export type AccountTrouble = keyof typeof CODES_OF;

const CODES_OF = {
  refuse: 'ACCOUNT_UNREACHABLE', // nothing listens
  hangUp: 'ACCOUNT_UNREACHABLE', // closes after TLS
  cutBody: 'ACCOUNT_UNREACHABLE', // closes in the middle of the body
  silent: 'ACCOUNT_UNREACHABLE',
  dripHeaders: 'ACCOUNT_UNREACHABLE', // a byte now and then, never an end
  dripBody: 'ACCOUNT_UNREACHABLE',
  endlessBody: 'ACCOUNT_ERROR',
  endlessHeaders: 'ACCOUNT_ERROR',
  notHttp: 'ACCOUNT_ERROR', // TLS, and then something else: an MQTT port, say
  notTls: 'ACCOUNT_ERROR', // a captive portal, a plain HTTP port
  switchProtocol: 'ACCOUNT_ERROR', // 101 without having been asked
  selfSigned: 'TLS_UNTRUSTED',
  foreignCa: 'TLS_UNTRUSTED',
  wrongName: 'TLS_NAME_MISMATCH',
  expired: 'TLS_EXPIRED',
  notYetValid: 'TLS_CLOCK',
} as const;

/** A link and servers it can speak to. */
export type AccountLinkFixture = {
  readonly link: AccountLinkPort;
  /** PEM of the CA that vouches for the servers. */
  readonly ca: string;
  /** PEM of a CA that does not. */
  readonly foreignCa: string;
  serve(behaviour: AccountBehaviour): AccountServer | Promise<AccountServer>;
  close?(): unknown;
};

/** How long a test lets the port wait; also what a test of waiting costs. */
const TIMEOUT_MS = 250;
/** Of what answers, or ends the connection: a machine with much else to do takes its time. */
const PATIENT_MS = 20_000;
/** What comes of a limit comes by then. */
const LATE_MS = 10_000;

/** The obligations of {@link AccountLinkPort}. */
export function accountLinkSuite(
  name: string,
  makeFixture: () => AccountLinkFixture | Promise<AccountLinkFixture>,
): void {
  suite(name, (test) => {
    type Tried = AccountLinkFixture & {
      ask(server: AccountServer, more?: Partial<AccountRequest>): ReturnType<AccountLinkPort['request']>;
    };
    const on = (sentence: string, body: (tried: Tried) => Promise<void>) =>
      test(sentence, async () => {
        const fixture = await makeFixture();
        const { link, ca } = fixture;
        try {
          await body({
            ...fixture,
            ask: ({ url }, more) =>
              link.request({ method: 'GET', url, headers: {}, ca, timeoutMs: PATIENT_MS, ...more }),
          });
        } finally {
          link.close();
          await fixture.close?.();
        }
      });
    const answer = (status: number, body = '', headers: Readonly<Record<string, string>> = {}) =>
      ({ does: 'answer', status, headers, body: Buffer.from(body) }) as const;

    on('any HTTP status is a value, with its body', async ({ serve, ask }) => {
      for (const status of [200, 202, 400, 403, 404, 409, 410, 418, 429, 500, 503]) {
        const met = assertOk(await ask(await serve(answer(status, `body of ${status}`))));
        assert.deepEqual([met.status, textOf(met)], [status, `body of ${status}`]);
      }
    });

    on('header names are lower case, and repeated headers are joined', async ({ serve, ask }) => {
      const headers = { 'Replay-Nonce': 'N-1', LOCATION: '/x', 'Retry-After': '7' };
      const met = assertOk(await ask(await serve(answer(202, '', headers))));
      assert.deepEqual(
        [met.headers['replay-nonce'], met.headers['location'], met.headers['retry-after']],
        ['N-1', '/x', '7'],
      );
    });

    on('a redirect is answered, never followed', async ({ serve, ask }) => {
      const elsewhere = await serve(answer(200));
      for (const status of [301, 302, 303, 307, 308]) {
        const server = await serve(answer(status, '', { location: elsewhere.url }));
        const met = assertOk(await ask(server));
        assert.deepEqual([met.status, met.headers['location'], server.requests.length], [status, elsewhere.url, 1]);
      }
      assert.equal(elsewhere.requests.length, 0);
    });

    on('method, path, headers and body arrive as they were given', async ({ serve, ask }) => {
      const server = await serve(answer(200));
      const body = JSON.stringify({ note: 'Halle Süd 😀', fill: 'x'.repeat(20_000) });
      await ask(server, { method: 'POST', url: `${server.url}/a/b?c=%20d`, headers: { Prefer: 'wait=30' }, body });
      const [seen] = server.requests;
      assert.deepEqual(
        [seen?.method, seen?.path, seen?.headers['prefer'], seen?.body],
        ['POST', '/a/b?c=%20d', 'wait=30', body],
      );
      assertOk(await ask(server, { method: 'POST', url: server.url, body: '' }));
      assert.deepEqual([server.requests[1]?.method, server.requests[1]?.body], ['POST', '']);
    });

    on('HEAD is answered with headers and no body', async ({ serve, ask }) => {
      const met = assertOk(await ask(await serve(answer(204, '', { 'replay-nonce': 'n' })), { method: 'HEAD' }));
      assert.deepEqual([met.status, met.headers['replay-nonce'], met.body.length], [204, 'n', 0]);
    });

    on('a body of exactly the limit is read as bytes; one more is ACCOUNT_ERROR', async ({ serve, ask }) => {
      const body = new Uint8Array(ACCOUNT_ANSWER_MAX_BYTES).map((_, i) => i % 251);
      assert.deepEqual(assertOk(await ask(await serve({ does: 'answer', status: 200, body }))).body, body);
      const more = new Uint8Array(ACCOUNT_ANSWER_MAX_BYTES + 1);
      assertFault(await ask(await serve({ does: 'answer', status: 200, body: more })), 'ACCOUNT_ERROR');
    });

    for (const [does, code] of Object.entries(CODES_OF) as [AccountTrouble, (typeof CODES_OF)[AccountTrouble]][]) {
      on(`a server in trouble (${does}) is ${code} in time, and the next server is reached`, async ({ serve, ask }) => {
        const server = await serve({ does });
        const startMs = performance.now();
        const waits = does === 'silent' || does.startsWith('drip');
        assertFault(await ask(server, { timeoutMs: waits ? TIMEOUT_MS : PATIENT_MS }), code);
        const tookMs = performance.now() - startMs;
        assert.ok(tookMs < LATE_MS && (!waits || tookMs >= TIMEOUT_MS - 1), `took ${tookMs} ms`);
        await eventually(async () => (await server.connections()) === 0, { what: 'the connection is closed' });
        assert.equal(assertOk(await ask(await serve(answer(200)))).status, 200);
      });
    }

    on('a signal gives the request up at once', async ({ serve, ask }) => {
      const server = await serve({ does: 'silent' });
      const stop = new AbortController();
      const asked = ask(server, { signal: stop.signal, timeoutMs: 60_000 });
      await eventually(() => server.requests.length > 0, { what: 'the request arrived' });
      stop.abort();
      assertFault(await asked, 'ACCOUNT_UNREACHABLE');
    });

    on('a signal that has fired already sends nothing', async ({ serve, ask }) => {
      const server = await serve(answer(200));
      assertFault(await ask(server, { signal: AbortSignal.abort() }), 'ACCOUNT_UNREACHABLE');
      assert.equal(server.requests.length, 0);
    });

    on('a signal that fires too late changes nothing', async ({ serve, ask }) => {
      const stop = new AbortController();
      const server = await serve(answer(200));
      assertOk(await ask(server, { signal: stop.signal }));
      stop.abort();
      assertOk(await ask(server));
    });

    on('a kept connection is not used for a request that trusts another CA', async ({ serve, ask, foreignCa }) => {
      const server = await serve(answer(200));
      assertOk(await ask(server));
      assertFault(await ask(server, { ca: foreignCa }), 'TLS_UNTRUSTED');
      assertOk(await ask(server));
      assert.equal(server.requests.length, 2);
    });

    on('without a CA nothing is trusted', async ({ serve, ask }) => {
      const server = await serve(answer(200));
      for (const ca of ['', 'PEM', '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n']) {
        assertFault(await ask(server, { ca }), 'TLS_UNTRUSTED');
      }
      assert.equal(server.requests.length, 0);
    });

    on('an address that is none is ACCOUNT_UNREACHABLE, never thrown', async ({ serve, ask }) => {
      const server = await serve(answer(200));
      const urls = [
        '',
        'nonsense',
        'https://',
        'https://[',
        'https://a b/',
        server.url.replace('https', 'http'),
        'file:///etc/passwd',
        'https://127.0.0.1:99999/',
      ];
      for (const url of urls) assertFault(await ask(server, { url }), 'ACCOUNT_UNREACHABLE');
      assert.equal(server.requests.length, 0);
    });

    on(
      'a header that cannot be sent is a fault, never thrown, and does not split the request',
      async ({ serve, ask }) => {
        const server = await serve(answer(200));
        for (const value of ['a\r\nx: y', 'a\n', 'ü\u2028']) {
          const met = await ask(server, { headers: { prefer: value } });
          if (!met.ok) assertFault(met, 'ACCOUNT_UNREACHABLE');
        }
        assert.ok(server.requests.every((seen) => seen.headers['x'] === undefined));
      },
    );

    on('several requests at once are each answered with their own', async ({ serve, ask }) => {
      const servers = await Promise.all([1, 2, 3].map((n) => serve(answer(200, `${n}`))));
      const asked = await Promise.all([0, 1, 2, 0, 1, 2, 0, 1, 2].map((n) => ask(servers[n] ?? assert.fail())));
      assert.equal(asked.map((met) => textOf(assertOk(met))).join(''), '123123123');
    });

    on('close lets go of kept connections, and no request hangs', async ({ serve, ask, link }) => {
      const server = await serve(answer(200));
      assertOk(await ask(server));
      const silent = ask(await serve({ does: 'silent' }), { timeoutMs: TIMEOUT_MS });
      link.close();
      assertFault(await silent, 'ACCOUNT_UNREACHABLE');
      await eventually(async () => (await server.connections()) === 0, { what: 'the connection is closed' });
    });
  });
}

function textOf({ body }: AccountAnswer): string {
  return Buffer.from(body).toString();
}
