import { namesIn, readFile } from '../core/ewon/files.ts';
import { withFlashFault } from '../core/ewon/firmware-flash.ts';
import type { FtpOrder } from '../core/ewon/ftp-session.ts';
import { CONFIGURATION_FILES, mayPut, putFile, roomFor, withoutFile } from '../core/ewon/put-file.ts';
import type { EwonWorld } from './ewon-world.ts';
import type { FtpChannel } from './ftp-channel.ts';
import { receiveBytes, sendBytes } from './ftp-transfer.ts';

/** What an order is carried out with. */
export type FtpTools = {
  readonly world: EwonWorld;
  readonly channel: FtpChannel;
  readonly rights: 'all' | 'view';
  readonly say: (reply: string) => void;
  readonly open: (folder: string) => void;
  readonly hangUp: () => void;
};

/** Carries out an order and says how it went. */
export async function carryOut(tools: FtpTools, order: FtpOrder): Promise<void> {
  const { world, channel, say } = tools;
  if (tools.rights === 'view' && needsRights(order)) return say('550 Insufficient permissions.');
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
      const list = listOf(tools, order.path, order.how);
      return list ? send(tools, list) : say('550 No such directory.');
    }
    case 'size': {
      const bytes = fileIn(world, order.path);
      return say(bytes ? `213 ${bytes.length}` : '550 No such file.');
    }
    case 'send': {
      const bytes = fileIn(world, order.path);
      return bytes ? send(tools, bytes) : say('550 No such file.');
    }
    case 'receive':
      return mayPut(order.path) ? receive(tools, order.path) : say('550 Permission denied.');
    case 'delete':
      return say(forget(world, order.path) ? '250 File deleted.' : '550 Permission denied.');
    case 'rename': {
      const bytes = world.state().userFiles.get(order.from);
      if (!bytes || !mayPut(order.to) || world.trouble().ftp === 'noRename') return say('550 Permission denied.');
      forget(world, order.from);
      return say(put(world, order.to, bytes, '250 File renamed.'));
    }
    case 'hangUp':
      return undefined;
  }
}

function needsRights(order: FtpOrder): boolean {
  if (order.do === 'receive' || order.do === 'delete' || order.do === 'rename') return true;
  return (order.do === 'send' || order.do === 'size') && CONFIGURATION_FILES.has(order.path.toLowerCase());
}

function fileIn(world: EwonWorld, path: string): Uint8Array | undefined {
  return readFile(world.state(), path, world.now());
}

function forget(world: EwonWorld, path: string): boolean {
  const without = withoutFile(world.state(), path);
  if (without) world.become(without);
  return without !== undefined;
}

/** @returns the reply */
function put(world: EwonWorld, path: string, bytes: Uint8Array, done: string): string {
  const { state, refused } = putFile(world.state(), path, bytes, world.now());
  world.become(state === world.state() ? state : withFlashFault(state, world.trouble().flash));
  return refused === undefined ? done : `550 ${refused}.`;
}

function listOf({ world, rights }: FtpTools, path: string, how: 'LIST' | 'NLST'): Uint8Array | undefined {
  const names = namesIn(world.state(), path)?.filter(
    (name) => rights === 'all' || path !== '/' || !CONFIGURATION_FILES.has(`/${name}`),
  );
  const line = (name: string) => {
    const plain = name.replace(/\/$/, '');
    if (how === 'NLST') return plain;
    const size = fileIn(world, `${path === '/' ? '' : path}/${plain}`)?.length ?? 0;
    return `${name === plain ? '-' : 'd'}rw-rw-rw-   1 ewon     ewon     ${String(size).padStart(8)} Jan  1  2024 ${plain}`;
  };
  return names && Buffer.from(names.map((name) => `${line(name)}\r\n`).join(''), 'latin1');
}

async function send({ world, channel, say, hangUp }: FtpTools, bytes: Uint8Array): Promise<void> {
  say('150 Opening data connection.');
  const data = await channel.connected();
  if (!data) return say('425 No data connection.');
  if (world.trouble().ftp === 'dropped') {
    data.write(bytes.subarray(0, bytes.length / 2), () => data.resetAndDestroy());
    return hangUp();
  }
  return say((await sendBytes(data, bytes)) ? '226 Transfer complete.' : '426 Connection closed; transfer aborted.');
}

/** What is left of a disk that is full; enough for the settings of a test, not for firmware. */
const DISK_FULL_BYTES = 1024;

async function receive({ world, channel, say, hangUp }: FtpTools, path: string): Promise<void> {
  say('150 Opening data connection.');
  const data = await channel.connected();
  if (!data) return say('425 No data connection.');
  if (world.trouble().ftp === 'dropped') {
    data.once('data', () => data.resetAndDestroy());
    data.resume();
    return hangUp();
  }
  if (world.trouble().ftp === 'powerCut') {
    data.once('data', () => {
      data.resetAndDestroy();
      world.happen({ on: 'powerCut', atMs: world.now() });
    });
    return void data.resume();
  }
  const room = world.trouble().ftp === 'diskFull' ? DISK_FULL_BYTES : roomFor(world.state(), path);
  const received = await receiveBytes(data, room, world.swallow);
  if (received === 'tooLong') return say('552 Storage allocation exceeded.');
  if (received === 'broken') return say('426 Connection closed; transfer aborted.');
  return say(put(world, path, received, '226 Transfer complete.'));
}
