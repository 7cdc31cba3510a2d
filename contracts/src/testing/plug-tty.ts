import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { eventually } from './assertions.ts';

/** A terminal device of the kernel whose other end a test holds. */
export type TestTty = {
  /** The device file. It is gone when the other end is. */
  readonly path: string;
  /** The other end: what is written to it is read from the device, and the other way round. */
  readonly peer: Socket;
  /** Takes the other end away, as pulling the cable of a USB modem does. */
  unplug(): Promise<void>;
};

/**
 * Makes a terminal by socat.
 * @param dir where its device file and a socket of the same name go
 * @param name of the device file; one that was unplugged may be made again
 */
export async function plugTty(dir: string, name = 'tty'): Promise<TestTty> {
  const path = join(dir, name);
  const socketPath = `${path}.socket`;
  const server = createServer().listen(socketPath);
  const connected = once(server, 'connection');
  const program = spawn('socat', [`PTY,raw,echo=0,link=${path}`, `UNIX-CONNECT:${socketPath}`], { stdio: 'ignore' });
  const ended = once(program, 'exit');
  const [peer]: Socket[] = await connected;
  server.close();
  await eventually(() => existsSync(path), { what: path });
  if (!peer) throw new Error(`this is a bug: nobody connected to ${socketPath}`);
  // a program that ends with something unread resets its connection, and to end it is what unplugging means
  peer.on('error', () => peer.destroy());
  return {
    path,
    peer,
    async unplug() {
      program.kill();
      await ended;
      peer.destroy();
    },
  };
}
