import { randomBytes } from 'node:crypto';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describeFault, ledPatternOf } from '@ewon-agent/contracts';
import type { BoardAddresses, BoardEvent } from '../core/board-event.ts';
import { type ControlCommand, readCommand } from '../core/control-command.ts';
import { startEwon } from '../ewon/start-ewon.ts';
import type { NetworkState } from '../sim/network-sim.ts';
import { type ClockKind, createBoardClock, findFaketime } from './board-clock.ts';
import { createBoardFiles } from './board-files.ts';
import { SOCKET_PATH_MAX_BYTES, startControlSocket } from './control-socket.ts';
import { type ForwardOptions, startForward } from './forward.ts';
import { createLedFiles } from './led-files.ts';
import { createProgram } from './program.ts';
import { createSlotFiles } from './slot-files.ts';

export type RunOptions = {
  /** Made when it is not there; nothing in it is deleted. */
  readonly dir: string;
  readonly serial: string;
  readonly model: string;
  readonly firmware: string;
  readonly forwards: readonly ForwardOptions[];
  /** What runs on the board; `{DIR}` and the like are replaced, see {@link placesOf}. Empty: nothing. */
  readonly command: readonly string[];
  /** A wall clock of its own for the program, that can jump; this machine's otherwise. */
  readonly clock?: ClockKind | undefined;
};

export type RunningBoard = {
  readonly addresses: BoardAddresses;
  /** Does what one line of the control says. */
  control(line: string): Promise<BoardEvent>;
  /** Resolves when somebody said `{"do":"stop"}`. */
  readonly stopped: Promise<void>;
  close(): Promise<void>;
};

const USER = 'adm'; // the Ewon's own default

/** Starts a board as files, ports and a process. Everything that happens is told. */
export async function runBoard(options: RunOptions, tell: (event: BoardEvent) => void): Promise<RunningBoard> {
  const dir = resolve(options.dir);
  const controlSocket = join(dir, 'control.sock');
  if (Buffer.byteLength(controlSocket) > SOCKET_PATH_MAX_BYTES) {
    throw new Error(`the path ${controlSocket} is too long for a socket; choose a shorter --dir`);
  }
  await mkdir(dir, { recursive: true });
  const passwordFile = join(dir, 'ewon-password');
  const password = randomBytes(12).toString('base64url');
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });

  const clock = options.clock && (await createBoardClock({ dir, kind: options.clock, library: findFaketime() }, tell));
  let network: NetworkState = 'up';
  let powered = true;
  const slots = await createSlotFiles(join(dir, 'slots'), tell);
  const led = await createLedFiles(join(dir, 'leds'), (blink) =>
    tell({ on: 'led', pattern: ledPatternOf(blink) ?? null, ...blink }),
  );
  const board = await createBoardFiles(dir, () => void act({ do: 'reboot' }));
  const { serial, model, firmware } = options;
  const ewon = await startEwon({ user: USER, password, serial, model, firmware });
  const forwards = await Promise.all(options.forwards.map(startForward));
  const addresses: BoardAddresses = {
    dir,
    slotsDir: join(dir, 'slots'),
    ledsDir: join(dir, 'leds'),
    ewon: { url: ewon.url, user: USER, passwordFile },
    ewonFtpPort: ewon.ftpPort,
    bootIdFile: board.bootIdFile,
    orderDir: board.orderDir,
    controlSocket,
    forwards: forwards.map(({ port, target }) => ({ port, target })),
  };
  const places = placesOf(addresses);
  const program = createProgram({ ...environmentOf(places), ...clock?.environment }, (event) => {
    if (event.on === 'program' && event.state === 'ended') clock?.tidyAfter(event.pid);
    tell(event);
  });
  const stop = Promise.withResolvers<void>();

  const act = async (command: ControlCommand): Promise<void> => {
    switch (command.do) {
      case 'insert':
        await stat(command.image); // a card that is not there cannot be put in
        return slots.insert(command.slot, command.image);
      case 'remove':
        return slots.remove(command.slot);
      case 'network':
        network = command.state === 'up' ? 'up' : (command.how ?? 'refused');
        ewon.happen({ on: 'linkChanged', link: 'ethernet', state: network === 'up' ? 'up' : 'down' });
        await Promise.all(forwards.map((forward) => forward.network(network)));
        return tell({ on: 'network', state: network });
      case 'delay':
        for (const forward of forwards) forward.delay(command.delayMs);
        return;
      case 'ewon':
        await ewon.trouble({ http: command.fault });
        return tell({ on: 'ewon', fault: command.fault });
      case 'tag':
        return ewon.tag(command.name, command.value, command.quality);
      case 'power':
        tell({ on: 'power', state: command.state });
        if (command.state === 'on') {
          if (!powered) await Promise.all([clock?.powerOn(), board.started()]);
          powered = true;
          return program.start();
        }
        powered = false;
        await program.kill();
        return led.dark();
      case 'reboot':
        tell({ on: 'power', state: 'reboot' });
        await program.end();
        await led.dark();
        await board.started();
        await clock?.powerOn(); // what keeps no time without power keeps none through a reset of its processor
        return program.start();
      case 'clock':
        if (!clock) throw new Error('this board shows the time of this machine; start it with --clock own');
        return clock.jump(command.jumpMs);
      case 'program':
        return program.load(command.command.map((word) => withPlaces(word, places)));
      case 'stop':
        return stop.resolve();
    }
  };
  const control = async (line: string): Promise<BoardEvent> => {
    const command = readCommand(line);
    const id = command.ok ? command.value.id : undefined;
    const error = command.ok ? await act(command.value).then(() => undefined, reason) : describeFault(command.fault);
    return { on: 'answer', id, ok: error === undefined, error };
  };
  const closeSocket = await startControlSocket(controlSocket, async (line) => JSON.stringify(await control(line)));
  tell({ on: 'ready', ...addresses });
  await program.load(options.command.map((word) => withPlaces(word, places)));
  return {
    addresses,
    control,
    stopped: stop.promise,
    async close() {
      await program.end();
      closeSocket();
      slots.close();
      led.close();
      board.close();
      await Promise.all([ewon.close(), ...forwards.map((forward) => forward.close())]);
    },
  };
}

/** What a command may say instead of an address: `{DIR}`, `{SLOTS_DIR}`, `{LEDS_DIR}`, `{BOOT_ID_FILE}`, `{ORDER_DIR}`, `{EWON_URL}`, `{EWON_FTP_PORT}`, `{EWON_USER}`, `{EWON_PASSWORD_FILE}`, `{FORWARD_1}`. */
export function placesOf({
  dir,
  slotsDir,
  ledsDir,
  bootIdFile,
  orderDir,
  ewon,
  ewonFtpPort,
  forwards,
}: BoardAddresses): Readonly<Record<string, string>> {
  return {
    DIR: dir,
    SLOTS_DIR: slotsDir,
    LEDS_DIR: ledsDir,
    BOOT_ID_FILE: bootIdFile,
    ORDER_DIR: orderDir,
    EWON_URL: ewon.url,
    EWON_FTP_PORT: String(ewonFtpPort),
    EWON_USER: ewon.user,
    EWON_PASSWORD_FILE: ewon.passwordFile,
    ...Object.fromEntries(forwards.map(({ port }, i) => [`FORWARD_${i + 1}`, `127.0.0.1:${port}`])),
  };
}

function withPlaces(word: string, places: Readonly<Record<string, string>>): string {
  return word.replace(/\{([A-Z0-9_]+)\}/g, (all, name: string) => places[name] ?? all);
}

function environmentOf(places: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(places).map(([name, value]) => [`EWON_BOARD_${name}`, value]));
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
