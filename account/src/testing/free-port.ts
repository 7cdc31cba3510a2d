import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below what Linux gives by itself to who asks for any port (32768 and up): none of those takes it before it is used. */
const [FROM, BELOW] = [20_000, 32_000];

const given = new Set<number>();

/**
 * A port of 127.0.0.1 that nobody listens on now, another one each time.
 * @throws when a hundred tries found none
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries += 1) {
    const port = randomInt(FROM, BELOW);
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
  throw new Error('this is a bug: no port');
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  await new Promise((resolve) => server.close(resolve));
  return true;
}
