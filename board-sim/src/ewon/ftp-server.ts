import { createServer, type Socket } from 'node:net';
import { FTP_BEGIN, FTP_GREETING, type FtpOrder, ftpStep } from '../core/ewon/ftp-session.ts';
import { readLines } from '../process/lines.ts';
import type { EwonDoor, EwonWorld } from './ewon-world.ts';
import { createFtpChannel } from './ftp-channel.ts';
import { carryOut } from './ftp-orders.ts';
import { listenOn, shutServer } from './listener.ts';

/** Longer than any path. */
const LINE_MAX_CHARACTERS = 1024;

/** Starts the FTP server of an Ewon: passive transfers only. */
export async function startFtpServer(world: EwonWorld, askedPort: number): Promise<EwonDoor> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    serve(world, socket);
  });
  const port = await listenOn(server, askedPort);
  return {
    port,
    open: async () => void (await listenOn(server, port)),
    shut: () => shutServer(server, () => sockets.forEach((socket) => void socket.destroy())),
  };
}

/** Serves one session: a line at a time, in the order they came. */
function serve(world: EwonWorld, socket: Socket): void {
  let session = FTP_BEGIN;
  let turn: Promise<unknown> = Promise.resolve();
  const channel = createFtpChannel();
  const say = (reply: string) => void (socket.writable && socket.write(`${reply}\r\n`));
  const open = (folder: string) => {
    session = { ...session, folder };
  };
  const obey = async (line: string) => {
    const step = ftpStep(session, line, world.allows);
    session = step.session;
    if (step.reply !== undefined) say(step.reply);
    if (step.order?.do === 'hangUp') socket.end();
    else if (step.order) await carryOut({ world, channel, say, open }, step.order satisfies FtpOrder);
  };
  socket.on('error', () => socket.destroy()); // the other side has gone; "close" follows
  socket.on('close', () => channel.close());
  readLines(socket, LINE_MAX_CHARACTERS, (line) => {
    turn = turn.then(() => obey(line)).catch((error: Error) => socket.destroy(error));
  });
  say(FTP_GREETING);
}
