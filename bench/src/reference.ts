import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';

// What the machine itself takes for the two things no such product can do without. Measured between the runs, so that
// a slow figure can be told from a slow machine.

/** Writes 4 KiB, flushes them, and renames the file. @returns milliseconds */
export function durableWriteMs(dir: string): number {
  const [coming, there] = [join(dir, 'reference.new'), join(dir, 'reference')];
  const from = performance.now();
  const fd = openSync(coming, 'w');
  writeSync(fd, Buffer.alloc(4096, 1));
  fsyncSync(fd);
  closeSync(fd);
  renameSync(coming, there);
  const ms = performance.now() - from;
  rmSync(there);
  return ms;
}

/** Connects to a TLS server and hangs up when the handshake is done. @returns milliseconds */
export function handshakeMs(url: string, ca: string): Promise<number> {
  const { hostname, port } = new URL(url);
  const from = performance.now();
  return new Promise((done, failed) => {
    const socket = connect({ host: hostname, port: Number(port), ca });
    socket.once('error', failed);
    socket.once('secureConnect', () => {
      done(performance.now() - from);
      socket.destroy();
    });
  });
}
