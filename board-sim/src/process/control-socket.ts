import { once } from 'node:events';
import { unlink } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { COMMAND_MAX_CHARACTERS } from '../core/control-command.ts';
import { readLines } from './lines.ts';

/** What a Unix socket's path may have in bytes on Linux (sun_path holds 108 with its end). */
export const SOCKET_PATH_MAX_BYTES = 107;

/**
 * Listens for control lines on a Unix socket that only the own user can open; each is answered by one line.
 * @returns closes it
 */
export async function startControlSocket(path: string, answer: (line: string) => Promise<string>): Promise<() => void> {
  const open = new Set<{ destroy(): void }>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('error', () => socket.destroy()); // a visitor that went away in the middle of a line
    let last: Promise<unknown> = Promise.resolve(); // answers in the order of the lines
    readLines(socket, COMMAND_MAX_CHARACTERS, (line) => {
      last = last.then(async () => socket.write(`${await answer(line)}\n`));
    });
    socket.on('end', () => last.then(() => socket.end()));
  });
  await removeLeftOver(path);
  const mask = process.umask(0o077);
  server.listen(path);
  await once(server, 'listening').finally(() => process.umask(mask));
  return () => {
    server.close();
    for (const socket of open) socket.destroy();
  };
}

/** Deletes the socket of a board that was killed; a board that still runs keeps it. */
async function removeLeftOver(path: string): Promise<void> {
  const visitor = connect(path);
  try {
    await once(visitor, 'connect');
    throw new Error(`another board runs already: it answers on ${path}`);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    if (error.code === 'ECONNREFUSED') await unlink(path);
    else if (error.code !== 'ENOENT') throw error;
  } finally {
    visitor.destroy();
  }
}
