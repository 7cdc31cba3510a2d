import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** What an FTP server does that is not well; each is a thing that a network or a tired device does. */
export type FtpTrouble =
  | { readonly does: 'well' }
  | { readonly does: 'silent' } // accepts, and says nothing
  | { readonly does: 'http' } // is a web server
  | { readonly does: 'full' } // has no room for another session
  | { readonly does: 'refuseLogin' } // and repeats the password, as some do
  | { readonly does: 'elsewhere' } // sends its client to another host for the file
  | { readonly does: 'cut' } // hangs up in the middle of a file
  | { readonly does: 'breakOff' } // breaks the connection of a file off, and says why a moment later
  | { readonly does: 'drip' } // a byte now and then, never an end
  | { readonly does: 'endless' }
  | { readonly does: 'answer'; readonly to: 'RETR' | 'STOR'; readonly with: string };

/** A server that answers `content` to every name that nothing was put under; it tells which commands came and what was stored. */
export type TroubledFtp = {
  readonly port: number;
  readonly heard: readonly string[];
  readonly stored: readonly string[];
  /** Sessions that were open at once, at most. */
  readonly most: () => number;
  put(name: string, content: string): void;
  become(trouble: FtpTrouble): void;
  close(): void;
};

/** Starts a server of a few commands that can misbehave, which a sound server cannot. */
export async function startTroubledFtp(): Promise<TroubledFtp> {
  let trouble: FtpTrouble = { does: 'well' };
  const heard: string[] = [];
  const stored: string[] = [];
  const files = new Map<string, string>();
  const sockets = new Set<Socket>();
  const servers: Server[] = [];
  let most = 0;
  const keep = (socket: Socket) => sockets.add(socket.on('error', () => {}));

  const inside = new Set<Socket>();
  const leave = (control: Socket) => inside.delete(control);
  const answerTo = async (control: Socket, data: { socket?: Promise<Socket> }, line: string): Promise<void> => {
    const [verb = '', word = ''] = line.split(' ');
    const say = (text: string) => control.write(`${text}\r\n`);
    heard.push(verb === 'PASS' ? verb : line);
    if (verb === 'USER') return void say('331 who');
    if (verb === 'PASS') return void say(trouble.does === 'refuseLogin' ? `530 not ${line.slice(5)}` : '230 in');
    if (verb === 'EPSV') return void say('502 no');
    if (verb === 'PASV') {
      const server = createServer();
      servers.push(server);
      data.socket = once(server, 'connection').then(([socket]) => {
        keep(socket);
        return socket;
      });
      const port = await listening(server);
      const host = trouble.does === 'elsewhere' ? '192,0,2,1' : '127,0,0,1';
      return void say(`227 here (${host},${port >> 8},${port & 255})`);
    }
    if (trouble.does === 'answer' && trouble.to === verb) return void say(trouble.with);
    if (verb === 'RETR') return send(control, await data.socket, files.get(word) ?? 'content\r\n');
    if (verb === 'STOR' && trouble.does === 'breakOff') return breakOff(control, await data.socket);
    if (verb === 'STOR') return store(control, await data.socket, word);
    if (verb !== 'QUIT') return void say('200 fine');
    say('221 bye');
    leave(control);
  };
  const send = (control: Socket, socket: Socket | undefined, content: string): void => {
    control.write('150 take it\r\n');
    if (trouble.does === 'cut') {
      socket?.write('half', () => {
        socket.resetAndDestroy();
        control.destroy();
      });
    } else if (trouble.does === 'drip' || trouble.does === 'endless') {
      const piece = trouble.does === 'drip' ? '.' : '.'.repeat(65_536);
      const writing = setInterval(() => socket?.write(piece), trouble.does === 'drip' ? 50 : 1);
      socket?.on('close', () => clearInterval(writing));
    } else socket?.end(content, () => control.write('226 that is all\r\n'));
  };
  const breakOff = async (control: Socket, socket: Socket | undefined): Promise<void> => {
    control.write('150 give it\r\n');
    if (socket) await once(socket, 'data');
    socket?.resetAndDestroy();
    await pause(50);
    control.write('552 no room\r\n');
  };
  const store = (control: Socket, socket: Socket | undefined, name: string): void => {
    const pieces: Buffer[] = [];
    socket?.on('data', (piece: Buffer) => pieces.push(piece));
    socket?.on('end', () => {
      stored.push(`${name}: ${Buffer.concat(pieces)}`);
      control.write('226 have it\r\n');
    });
    control.write('150 give it\r\n');
  };

  const server = createServer((control) => {
    keep(control);
    most = Math.max(most, inside.add(control).size);
    control.on('close', () => leave(control));
    if (trouble.does === 'silent') return;
    if (trouble.does === 'http') return void control.end('HTTP/1.1 400 Bad Request\r\n\r\n');
    control.write(trouble.does === 'full' ? '421 too many\r\n' : '220 ready\r\n');
    const data: { socket?: Promise<Socket> } = {};
    let turn = Promise.resolve();
    control.setEncoding('utf8').on('data', (text: unknown) => {
      for (const line of String(text).split('\r\n').filter(Boolean))
        turn = turn.then(() => answerTo(control, data, line)); // as servers do: an order waits for the one before
    });
  });
  return {
    port: await listening(server),
    heard,
    stored,
    most: () => most,
    put: (name, content) => void files.set(name, content),
    become(next) {
      trouble = next;
    },
    close() {
      for (const one of [server, ...servers]) one.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}
