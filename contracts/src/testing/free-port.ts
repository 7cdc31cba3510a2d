import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Below what the kernel of Linux gives to a program that asks for any port, or connects to one (32768 on, ip(7)): so none of
 * them comes by a port between the moment it is found free and the one at which it is listened on, or while its server is away.
 */
const FIRST = 10_240;
/** So many for a process, by its id: those of two test files that run at once differ. */
const PER_PROCESS = 16;
const PROCESSES = 1400;

let taken = 0;

/** A port of 127.0.0.1 that nobody listens on now, for a program that cannot say which one it was given. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < PER_PROCESS; tries++) {
    const port = FIRST + (process.pid % PROCESSES) * PER_PROCESS + (taken++ % PER_PROCESS);
    if (await isFree(port)) return port;
  }
  throw new Error(`nobody may listen on a port of this process: ${PER_PROCESS} are in use`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  const isListening = await once(server, 'listening').then(
    () => true,
    () => false,
  );
  await new Promise((resolve) => server.close(resolve));
  return isListening;
}
