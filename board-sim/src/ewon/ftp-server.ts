import { createServer, type Socket } from 'node:net';
import { FTP_BEGIN, FTP_GREETING, ftpStep } from '../core/ewon/ftp-session.ts';
import { readLines } from '../process/lines.ts';
import { openDoor } from './door.ts';
import { type EwonDoor, type EwonWorld, userIn } from './ewon-world.ts';
import { createFtpChannel } from './ftp-channel.ts';
import { carryOut, type FtpTools } from './ftp-orders.ts';

/** Longer than any path. */
const LINE_MAX_CHARACTERS = 1024;

/** Starts the FTP server of an Ewon: passive transfers only. */
export async function startFtpServer(world: EwonWorld, port: number): Promise<EwonDoor> {
  let sessions = 0;
  // replies are small and come in pairs: without it each waits for the acknowledgement of the one before, 40 ms
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => socket.destroy()); // the other side has gone; "close" follows
    if (socket.destroyed || world.trouble().ftp === 'silent') return;
    if (sessions > 0 && world.trouble().whenBusy === 'refuses') {
      socket.end('421 Too many users.\r\n');
      return;
    }
    sessions += 1;
    socket.on('close', () => {
      sessions -= 1;
    });
    serve(world, socket);
  });
  return openDoor(world, server, port);
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
  let rights: FtpTools['rights'] = 'view';
  const allows = (login: string, password: string) => {
    const user = world.trouble().ftp === 'wrongPassword' ? undefined : userIn(world.state(), login, password);
    rights = user?.rights ?? 'all';
    return user !== undefined;
  };
  const obey = async (line: string) => {
    await world.think();
    if (world.state().at === 'booting') return; // what was asked for before it went is lost
    const step = ftpStep(session, line, allows);
    session = step.session;
    if (step.reply !== undefined) say(step.reply);
    if (step.order?.do === 'hangUp') socket.end();
    else if (step.order)
      await carryOut({ world, channel, rights, say, open, hangUp: () => socket.resetAndDestroy() }, step.order);
  };
  socket.on('close', () => channel.close());
  readLines(socket, LINE_MAX_CHARACTERS, (line) => {
    turn = turn.then(() => obey(line)).catch((error: Error) => socket.destroy(error));
  });
  say(FTP_GREETING);
}
