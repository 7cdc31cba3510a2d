import { once } from 'node:events';
import { mayPut, namesIn, readFile } from '../core/ewon/files.ts';
import type { FtpOrder } from '../core/ewon/ftp-session.ts';
import type { EwonWorld } from './ewon-world.ts';
import type { FtpChannel } from './ftp-channel.ts';

/** What an order is carried out with. */
export type FtpTools = {
  readonly world: EwonWorld;
  readonly channel: FtpChannel;
  readonly say: (reply: string) => void;
  readonly open: (folder: string) => void;
};

/** Carries out an order and says how it went. */
export async function carryOut(tools: FtpTools, order: FtpOrder): Promise<void> {
  const { world, channel, say } = tools;
  switch (order.do) {
    case 'listen': {
      const port = await channel.listen();
      if (order.how === 'EPSV') return say(`229 Entering Extended Passive Mode (|||${port}|)`);
      return say(`227 Entering Passive Mode (127,0,0,1,${port >> 8},${port & 255})`);
    }
    case 'open':
      if (!namesIn(world.state(), order.path)) return say('550 No such directory.');
      tools.open(order.path);
      return say('250 Directory changed.');
    case 'list': {
      const names = namesIn(world.state(), order.path);
      return names ? send(tools, listOf(tools, order, names)) : say('550 No such directory.');
    }
    case 'size': {
      const bytes = readFile(world.state(), order.path);
      return say(bytes ? `213 ${bytes.length}` : '550 No such file.');
    }
    case 'send': {
      const bytes = readFile(world.state(), order.path);
      return bytes ? send(tools, bytes) : say('550 No such file.');
    }
    case 'receive':
      return mayPut(order.path) ? receive(tools, order.path) : say('550 Permission denied.');
    case 'delete':
    case 'rename':
      return say('550 Permission denied.');
    case 'hangUp':
      return undefined;
  }
}

function listOf(
  { world }: FtpTools,
  { path, how }: { readonly path: string; readonly how: 'LIST' | 'NLST' },
  names: readonly string[],
): Uint8Array {
  const line = (name: string) => {
    const plain = name.replace(/\/$/, '');
    if (how === 'NLST') return plain;
    const size = readFile(world.state(), `${path === '/' ? '' : path}/${plain}`)?.length ?? 0;
    return `${name === plain ? '-' : 'd'}rw-rw-rw-   1 ewon     ewon     ${String(size).padStart(8)} Jan  1  2024 ${plain}`;
  };
  return Buffer.from(names.map((name) => `${line(name)}\r\n`).join(''), 'latin1');
}

async function send({ channel, say }: FtpTools, bytes: Uint8Array): Promise<void> {
  say('150 Opening data connection.');
  const data = await channel.connected();
  if (!data) return say('425 No data connection.');
  const closed = once(data, 'close');
  data.end(bytes);
  data.resume();
  await closed;
  return say(data.errored ? '426 Connection closed; transfer aborted.' : '226 Transfer complete.');
}

/** More than the disk of any Ewon. */
const FILE_MAX_BYTES = 128 * 1024 * 1024;

async function receive({ world, channel, say }: FtpTools, path: string): Promise<void> {
  say('150 Opening data connection.');
  const data = await channel.connected();
  if (!data) return say('425 No data connection.');
  const pieces: Buffer[] = [];
  let sizeBytes = 0;
  data.on('data', (piece: Buffer) => {
    sizeBytes += piece.length;
    if (sizeBytes > FILE_MAX_BYTES) data.destroy();
    else pieces.push(piece);
  });
  data.resume();
  await once(data, 'close');
  if (data.errored) return say('426 Connection closed; transfer aborted.');
  if (sizeBytes > FILE_MAX_BYTES) return say('552 Storage allocation exceeded.');
  const refused = world.put(path, Buffer.concat(pieces));
  return say(refused === undefined ? '226 Transfer complete.' : `550 ${refused}.`);
}
