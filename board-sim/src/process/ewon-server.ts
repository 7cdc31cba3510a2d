import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { EwonFault } from '../core/faults.ts';

/** The Ewon's web server on loopback. */
export type EwonServer = {
  readonly url: string;
  fault(fault: EwonFault): Promise<void>;
  close(): Promise<void>;
};

export type EwonServerOptions = {
  readonly user: string;
  readonly password: string;
  /** The status export block of this moment. */
  readonly estat: () => string;
  /** The export block of instant values of this moment. */
  readonly instantValues: () => string;
};

/** Starts the Ewon's web server; it knows `GET /rcgi.bin/ParamForm?AST_Param=` with `$dtES$ftT` and `$dtIV$ftT`, with Basic authentication. */
export async function startEwonServer(options: EwonServerOptions): Promise<EwonServer> {
  let fault: EwonFault = 'well';
  const server = createServer((asked, response) => answer(options, fault, asked, response));
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    return typeof address === 'object' && address ? address.port : port;
  };
  const close = async () => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  const port = await listen(0);
  return {
    url: `http://127.0.0.1:${port}`,
    async fault(next) {
      fault = next;
      if (next === 'refused') await close();
      else if (!server.listening) await listen(port);
    },
    close,
  };
}

function answer(options: EwonServerOptions, fault: EwonFault, asked: IncomingMessage, response: ServerResponse): void {
  const url = URL.parse(asked.url ?? '/', 'http://ewon');
  const expected = `Basic ${Buffer.from(`${options.user}:${options.password}`).toString('base64')}`;
  const block = blockOf(options, url?.searchParams.get('AST_Param') ?? '');
  if (fault === 'silent') {
    // nothing at all: the asker waits until it has had enough
  } else if (fault === 'drip') {
    repeat(response, 'S', 500);
  } else if (fault === 'endless') {
    repeat(response, 'x'.repeat(16_384), 1);
  } else if (fault === 'loginPage') {
    response.setHeader('content-type', 'text/html').end(LOGIN_PAGE);
  } else if (fault === 'wrongPassword' || asked.headers.authorization !== expected) {
    response.writeHead(401, { 'www-authenticate': 'Basic realm="eWON"' }).end();
  } else if (asked.method !== 'GET' || url?.pathname !== '/rcgi.bin/ParamForm') {
    response.writeHead(404).end();
  } else if (block === undefined) {
    response.writeHead(404).end(NOT_SIMULATED);
  } else {
    response.setHeader('content-type', 'text/plain');
    response.end(fault === 'noSerial' ? block.replace(/^SerNum:.*\r\n/m, '') : block);
  }
}

function blockOf({ estat, instantValues }: EwonServerOptions, descriptor: string): string | undefined {
  if (descriptor === '$dtES$ftT') return estat();
  return descriptor === '$dtIV$ftT' ? instantValues() : undefined;
}

const LOGIN_PAGE = '<!DOCTYPE html><html><body><form action="/login">User: <input name="user"></form></body></html>\n';
const NOT_SIMULATED = 'this simulated Ewon knows $dtES$ftT and $dtIV$ftT only\r\n';

function repeat(response: ServerResponse, piece: string, everyMs: number): void {
  const writing = setInterval(() => response.write(piece), everyMs);
  response.on('close', () => clearInterval(writing));
}
