import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { type AccountBehaviour, accountLinkSuite } from '@ewon-agent/contracts/suites/account-link-suite';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { startServer, type TestServer } from '../testing/account-server.ts';
import { createTestCa } from '../testing/test-pki.ts';
import { createHttpsAccountLink } from './account-https.ts';

const [ca, foreign] = await Promise.all([createTestCa(), createTestCa()]);

function identityFor({ does }: AccountBehaviour) {
  if (does === 'foreignCa') return foreign.issue('none');
  const isFlaw = does === 'selfSigned' || does === 'wrongName' || does === 'expired' || does === 'notYetValid';
  return ca.issue(isFlaw ? does : 'none');
}

accountLinkSuite('account over HTTPS', () => {
  const servers: TestServer[] = [];
  return {
    link: createHttpsAccountLink(),
    ca: ca.pem,
    foreignCa: foreign.pem,
    async serve(behaviour) {
      const server = await startServer(behaviour, await identityFor(behaviour));
      servers.push(server);
      return server;
    },
    close: () => Promise.all(servers.map((server) => server.close())),
  };
});

suite('account over HTTPS and the CAs of the system', (test) => {
  const systemCas = getCACertificates('default');
  test.after(() => setDefaultCACertificates(systemCas));

  test('a server that the system trusts is not trusted unless the request says so', async () => {
    setDefaultCACertificates([ca.pem]);
    const server = await startServer({ does: 'answer', status: 200 }, await ca.issue('none'));
    const link = createHttpsAccountLink();
    const ask = (pem: string) =>
      link.request({ method: 'GET', url: server.url, headers: {}, ca: pem, timeoutMs: 5000 });
    for (const pem of ['', 'PEM', ca.pem.slice(0, 200), foreign.pem]) assertFault(await ask(pem), 'TLS_UNTRUSTED');
    assertOk(await ask(ca.pem));
    assert.equal(server.requests.length, 1);
    link.close();
    await server.close();
  });
});
