import { once } from 'node:events';
import { createServer } from 'node:https';
import { createTestCa, type Identity, type TestCa } from '@ewon-agent/account/testing/test-pki';
import type { CardAccount } from '../src/cards.ts';

/** A server that is not the account, with the wrong papers. */
export type RogueAccount = Pick<CardAccount, 'url' | 'ca'> & {
  /** Requests that got through TLS: none, or something was told to a stranger. */
  readonly requests: readonly string[];
  close(): Promise<void>;
};

export type Papers = 'of another CA' | 'self-signed' | 'for another name' | 'expired' | 'not valid yet';

const DAY_MS = 86_400_000;

/** Starts a server with these papers; the card names `ca` as the one to trust. */
export async function startRogueAccount(papers: Papers): Promise<RogueAccount> {
  const ca = await createTestCa('rogue test CA', 'P-256');
  const { certificate: cert, privateKey: key } = await identityOf(papers, ca);
  const requests: string[] = [];
  const server = createServer({ cert, key }, (request, response) => {
    requests.push(`${request.method} ${request.url}`);
    response.writeHead(500).end();
  });
  server.on('tlsClientError', () => {}); // the other side does not trust us, and hangs up: that is what is tested
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('this is a bug: no port');
  return {
    url: `https://127.0.0.1:${address.port}/device/v1/directory`,
    ca: ca.pem,
    requests,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function identityOf(papers: Papers, ca: TestCa): Promise<Identity> {
  const here = [{ type: 'ip', value: '127.0.0.1' } as const];
  const leaf = { commonName: '127.0.0.1', usage: 'server', names: here } as const;
  switch (papers) {
    case 'of another CA':
      return (await createTestCa('another CA', 'P-256')).issue(leaf);
    case 'self-signed':
      return (await createTestCa('127.0.0.1', 'P-256')).own;
    case 'for another name':
      return ca.issue({ ...leaf, names: [{ type: 'dns', value: 'account.example' }] });
    case 'expired':
      return ca.issue({ ...leaf, notBefore: inDays(-3), notAfter: inDays(-1) });
    case 'not valid yet':
      return ca.issue({ ...leaf, notBefore: inDays(1), notAfter: inDays(3) });
  }
}

function inDays(days: number): Date {
  return new Date(Date.now() + days * DAY_MS);
}
