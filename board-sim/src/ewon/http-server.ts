import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { KIB } from '@ewon-agent/contracts';
import { answerHttp } from '../core/ewon/http-answer.ts';
import { openDoor } from './door.ts';
import { type EwonDoor, type EwonWorld, userIn } from './ewon-world.ts';
import { misbehave } from './http-faults.ts';

/** Starts the web server of an Ewon: plain HTTP, Basic authentication, one request at a time. */
export async function startHttpServer(world: EwonWorld, port: number): Promise<EwonDoor> {
  let turn: Promise<unknown> = Promise.resolve();
  let answering = 0;
  const server = createServer((asked, response) => {
    if (misbehave(world.trouble().http, response)) return;
    if (answering > 0 && world.trouble().whenBusy === 'refuses') {
      response.writeHead(503).end();
      return;
    }
    answering += 1;
    turn = turn
      .then(() => answer(world, asked, response))
      .catch((error: Error) => response.destroy(error))
      .finally(() => {
        answering -= 1;
      });
  });
  return openDoor(world, server, port);
}

const BODY_MAX_BYTES = 64 * KIB;

async function answer(world: EwonWorld, asked: IncomingMessage, response: ServerResponse): Promise<void> {
  await world.think();
  const url = URL.parse(asked.url ?? '/', 'http://ewon');
  const body = asked.method === 'POST' ? await bodyOf(asked) : '';
  if (response.destroyed) return; // whoever asked has given up, or the Ewon began to boot
  if (!knows(world, asked.headers.authorization)) {
    return sent(response, 401, { 'www-authenticate': 'Basic realm="eWON"' }, '');
  }
  const form = new URLSearchParams(`${url?.search ?? ''}&${body}`.replace(/^[?&]+/, ''));
  const { status, type, text, happened } = answerHttp(world.state(), url?.pathname ?? '/', form, world.now());
  for (const happening of happened) world.happen(happening);
  if (world.trouble().http === 'dropped') {
    response.writeHead(status, { 'content-type': type, 'content-length': text.length });
    await new Promise<void>((written) => response.write(text.slice(0, text.length / 2), () => written()));
    response.destroy();
    return;
  }
  return sent(response, status, { 'content-type': type }, shown(world, text));
}

/** Asked while the firmware starts: the block lacks its serial number. */
function shown(world: EwonWorld, text: string): string {
  return world.trouble().http === 'noSerial' ? text.replace(/^SerNum:.*\r\n/m, '') : text;
}

function sent(response: ServerResponse, status: number, headers: Record<string, string>, text: string): Promise<void> {
  return new Promise((done) => {
    response.on('close', done);
    response.writeHead(status, headers).end(Buffer.from(text, 'latin1'));
  });
}

function knows(world: EwonWorld, authorization = ''): boolean {
  if (world.trouble().http === 'wrongPassword') return false;
  const [, encoded = ''] = /^Basic (\S+)$/i.exec(authorization) ?? [];
  const [, login = '', password = ''] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString('latin1')) ?? [];
  return userIn(world.state(), login, password) !== undefined;
}

async function bodyOf(asked: IncomingMessage): Promise<string> {
  let body = '';
  for await (const piece of asked.setEncoding('latin1')) {
    body += piece;
    if (body.length > BODY_MAX_BYTES) throw new Error('the body of a form is too long');
  }
  return body;
}
