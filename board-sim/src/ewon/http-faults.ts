import type { ServerResponse } from 'node:http';
import type { HttpFault } from '../core/ewon/trouble.ts';

/** Answers wrongly, where the fault is one that needs no look at the question. @returns whether it did */
export function misbehave(fault: HttpFault | undefined, response: ServerResponse): boolean {
  switch (fault) {
    case 'silent':
      return true; // nothing at all: the asker waits until it has had enough
    case 'drip':
      repeat(response, 'S', 500);
      return true;
    case 'endless':
      repeat(response, 'x'.repeat(16_384), 1);
      return true;
    case 'loginPage':
      response.setHeader('content-type', 'text/html').end(LOGIN_PAGE);
      return true;
    default:
      return false;
  }
}

const LOGIN_PAGE = '<!DOCTYPE html><html><body><form action="/login">User: <input name="user"></form></body></html>\n';

function repeat(response: ServerResponse, piece: string, everyMs: number): void {
  const writing = setInterval(() => response.write(piece), everyMs);
  response.on('close', () => clearInterval(writing));
}
