import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type GrkId, grkIdOf } from '@ewon-agent/contracts';
import { accountKey, GRK, t2mJson, t2mTxt } from './cards.ts';

// An admin API that answers what a test tells it to; the real one is in e2e/test/sdcard-account.integration.test.ts.

/** A secret of a test: what opens the door. */
export const TOKEN = 'tokenOfATest-0123456789';
/** The id of the key that every test exports. */
export const GRK_ID: GrkId = grkIdOf(GRK);

/** How a path is answered. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A small admin API on loopback. */
export type AccountSim = {
  readonly adminUrl: string;
  /** Method, path with query and authorization of every request, in order. */
  readonly asked: readonly string[];
  close(): Promise<void>;
};

/** Answers JSON. */
export function answering(value: unknown, status = 200): Answer {
  return (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  };
}

/** Answers a problem document. */
export function refusing(status: number, code: string): Answer {
  return answering({ code, detail: `about ${GRK}`, title: GRK }, status);
}

/** The files of a card, signed by a new account key unless another pair is given. */
export function filesOf(note = '', pair?: { readonly t2mTxt?: Uint8Array; readonly t2mJson?: Uint8Array }) {
  const txt = t2mTxt(GRK, note);
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
  return { t2mTxt: base64(pair?.t2mTxt ?? txt), t2mJson: base64(pair?.t2mJson ?? t2mJson(txt, accountKey())) };
}

/** The list of keys as an account answers it, oldest first. */
export const KEYS = [
  { id: '00000001', state: 'active', pool: 'Default' },
  { id: GRK_ID, state: 'active', pool: 'Default' },
  { id: '00000002', state: 'revoked', pool: 'Default' },
];

/**
 * @param how answers by path without query below `/api/v1/`; what is not named is 404
 * @param tls speaks HTTPS with it
 */
export async function startAccountSim(
  how: Readonly<Record<string, Answer>>,
  tls?: { readonly key: string; readonly cert: string },
): Promise<AccountSim> {
  const asked: string[] = [];
  const answerTo: Answer = (request, response) => {
    const { method = '', url = '', headers } = request;
    asked.push(`${method} ${url} ${headers.authorization ?? '-'}`);
    const path = url.replace(/^\/api\/v1\//, '').replace(/\?.*$/, '');
    (how[path] ?? refusing(404, 'NOT_FOUND'))(request, response);
  };
  const server = tls ? createTlsServer(tls, answerTo) : createServer(answerTo);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('this is a bug: a listening server without a port');
  return {
    adminUrl: `${tls ? 'https' : 'http'}://127.0.0.1:${address.port}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
