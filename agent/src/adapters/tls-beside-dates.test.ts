import { once } from 'node:events';
import { createServer as createTcpServer, type Socket } from 'node:net';
import { createServer } from 'node:tls';
import type { Fault } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { type CertificateFlaw, createTestCa, type TestCa } from '../testing/test-pki.ts';
import { faultBesideDates } from './tls-beside-dates.ts';

const [ours, foreign] = await Promise.all([createTestCa(), createTestCa()]); // of the same name, so that only the signature tells
const EXPIRED: Fault = { code: 'TLS_EXPIRED', detail: 'CERT_HAS_EXPIRED' };
const CLOCK: Fault = { code: 'TLS_CLOCK', detail: 'CERT_NOT_YET_VALID' };

type Seen = { readonly url: string; readonly said: () => number; readonly connections: () => number };

/** A TLS server with a certificate of this CA and flaw; it counts what it is told. */
async function withServer(ca: TestCa, flaw: CertificateFlaw, body: (seen: Seen) => Promise<void>): Promise<void> {
  const { certificate: cert, privateKey: key } = await ca.issue(flaw);
  let said = 0;
  let connections = 0;
  const server = createServer({ cert, key }, (socket) => {
    socket.on('error', () => {}); // cut by the one who looked, as it should be
    socket.on('data', (piece) => {
      said += piece.length;
    });
  });
  server.on('tlsClientError', () => {}); // cut before the handshake was over on this side
  server.on('connection', () => {
    connections++;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  try {
    await body({ url: `https://127.0.0.1:${port}`, said: () => said, connections: () => connections });
  } finally {
    server.close();
    await once(server, 'close');
  }
}

const looking = (url: string, ca = ours.pem) => ({ url, ca, signal: AbortSignal.timeout(5000) });

suite('what is wrong besides the dates', (test) => {
  for (const [flaw, fault] of [
    ['expired', EXPIRED],
    ['notYetValid', CLOCK],
  ] as const) {
    test(`${flaw} and of our CA: the dates it is, and the server is told nothing`, async () => {
      await withServer(ours, flaw, async ({ url, said, connections }) => {
        assert.deepEqual(await faultBesideDates(fault, looking(url)), fault);
        assert.deepEqual([connections(), said()], [1, 0]);
      });
    });

    test(`${flaw} and of another CA of the same name: TLS_UNTRUSTED`, async () => {
      await withServer(foreign, flaw, async ({ url }) => {
        assert.equal((await faultBesideDates(fault, looking(url))).code, 'TLS_UNTRUSTED');
        assert.equal((await faultBesideDates(fault, looking(url, `${ours.pem}\n${foreign.pem}`))).code, fault.code);
      });
    });
  }

  // a clock at 1970 makes every certificate one that is not valid yet: here the fault is given and the dates are sound
  for (const [flaw, code] of [
    ['none', 'TLS_CLOCK'],
    ['selfSigned', 'TLS_UNTRUSTED'],
    ['wrongName', 'TLS_NAME_MISMATCH'],
  ] as const) {
    test(`to a clock at 1970, a certificate with the flaw ${flaw} is ${code}`, async () => {
      await withServer(ours, flaw, async ({ url }) => {
        assert.equal((await faultBesideDates(CLOCK, looking(url))).code, code);
      });
    });
  }

  test('any other fault is as it was, without a second look', async () => {
    await withServer(foreign, 'none', async ({ url, connections }) => {
      const fault: Fault = { code: 'ACCOUNT_UNREACHABLE', detail: 'x' };
      assert.equal(await faultBesideDates(fault, looking(url)), fault);
      assert.equal(connections(), 0);
    });
  });

  test('a server that has gone, says nothing, or cannot be asked: the dates it is', async () => {
    const silent = createTcpServer();
    const sockets: Socket[] = [];
    silent.on('connection', (socket) => sockets.push(socket));
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const address = silent.address();
    const url = `mqtts://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
    const giveUp = new AbortController();
    silent.once('connection', () => giveUp.abort());
    assert.equal(await faultBesideDates(CLOCK, { url, ca: ours.pem, signal: giveUp.signal }), CLOCK);
    assert.equal(await faultBesideDates(CLOCK, { url, ca: ours.pem, signal: AbortSignal.abort() }), CLOCK);
    for (const socket of sockets) socket.destroy();
    silent.close();
    await once(silent, 'close');
    assert.equal(await faultBesideDates(CLOCK, looking(url)), CLOCK);
    assert.equal(await faultBesideDates(CLOCK, looking('no address')), CLOCK);
  });
});
