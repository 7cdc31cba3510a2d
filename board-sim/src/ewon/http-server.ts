import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { KIB } from '@ewon-agent/contracts';
import { answerHttp } from '../core/ewon/http-answer.ts';
import type { EwonDoor, EwonWorld } from './ewon-world.ts';
import { listenOn, shutServer } from './listener.ts';

/** Starts the web server of an Ewon: plain HTTP, Basic authentication, one request at a time. */
export async function startHttpServer(world: EwonWorld, askedPort: number): Promise<EwonDoor> {
  let turn: Promise<unknown> = Promise.resolve();
  const server = createServer((asked, response) => {
    turn = turn.then(() => answer(world, asked, response)).catch((error: Error) => response.destroy(error));
  });
  const port = await listenOn(server, askedPort);
  return {
    port,
    open: async () => void (await listenOn(server, port)),
    shut: () => shutServer(server, () => server.closeAllConnections()),
  };
}

const BODY_MAX_BYTES = 64 * KIB;

async function answer(world: EwonWorld, asked: IncomingMessage, response: ServerResponse): Promise<void> {
  if (!mayEnter(world, asked.headers.authorization)) {
    response.writeHead(401, { 'www-authenticate': 'Basic realm="eWON"' }).end();
    return;
  }
  const url = URL.parse(asked.url ?? '/', 'http://ewon');
  const body = asked.method === 'POST' ? await bodyOf(asked) : '';
  const form = new URLSearchParams(`${url?.search ?? ''}&${body}`.replace(/^[?&]+/, ''));
  const { status, type, text, happened } = answerHttp(world.state(), url?.pathname ?? '/', form, world.now());
  for (const happening of happened) world.happen(happening);
  response.writeHead(status, { 'content-type': type });
  await new Promise<void>((sent) => {
    response.on('close', sent);
    response.end(Buffer.from(text, 'latin1'));
  });
}

function mayEnter(world: EwonWorld, authorization = ''): boolean {
  const [, encoded = ''] = /^Basic (\S+)$/i.exec(authorization) ?? [];
  const [, user = '', password = ''] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString('latin1')) ?? [];
  return world.allows(user, password);
}

async function bodyOf(asked: IncomingMessage): Promise<string> {
  let body = '';
  for await (const piece of asked.setEncoding('latin1')) {
    body += piece;
    if (body.length > BODY_MAX_BYTES) throw new Error('the body of a form is too long');
  }
  return body;
}
