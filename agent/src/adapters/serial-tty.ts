import { read, write } from 'node:fs';
import { promisify } from 'node:util';
import { err, ok, type Result, type SerialSettings } from '@ewon-agent/contracts';

// One opening of a terminal device, over the native part of npm `serialport`. Of that only what Node lacks is used: speed and raw mode, and
// waiting for bytes and for room. It reads by itself, because the package takes the end of a terminal (a read of nothing) for a reason to read again at
// once, for ever; and it writes by itself, because a wait of the package for one of both makes that for the other be forgotten.

/** An open terminal. */
export type Tty = {
  /** Hands over what comes, at most 4 KiB a time, until the terminal ends or `stop` is called. @returns why it ended; undefined when it was stopped */
  readUntilGone(take: (piece: Buffer) => Promise<void> | void): Promise<Error | undefined>;
  /** @throws when the terminal is gone or was stopped */
  write(bytes: Buffer): Promise<void>;
  /** Ends reading and writing. */
  stop(): void;
  /** Gives the terminal back; what was not sent is thrown away, because waiting for a dead line takes half a minute. */
  close(): Promise<void>;
};

const PIECE_BYTES = 4096;
const readSome = promisify(read);
const writeSome = promisify(write);
/** What is waited for, by the numbers of the package, which are those of libuv. */
const EVENTS = { readable: 1, writable: 2 } as const;
type TtyEvent = keyof typeof EVENTS;

/** What stops and starts the other end, as the kernel does it. */
export type TtyFlow = { readonly xon: boolean; readonly xoff: boolean; readonly xany: boolean };

/** Opens a terminal for nobody else. Codes: SERIAL_UNOPENED. */
export async function openTty({ path, baud }: SerialSettings, flow?: TtyFlow): Promise<Result<Tty>> {
  try {
    // here and not above: who has no serial port must not hold it in memory
    const { default: native } = await import('@serialport/bindings-cpp');
    // hupcl: a modem may hang up when the line DTR falls, and a look at it must not change it
    const port = await native.LinuxBinding.open({ path, baudRate: baud, hupcl: false, ...flow });
    return ok(ttyOver(port));
  } catch (cause) {
    return err('SERIAL_UNOPENED', `${path}: ${wordsOf(cause)}`, cause);
  }
}

/** What of the package is used. */
type NativePort = {
  readonly fd: number | null;
  readonly poller: {
    once(event: TtyEvent, call: (error: Error | null) => void): unknown;
    poll(events: number): void;
    stop(): void;
  };
  flush(): Promise<void>;
  close(): Promise<void>;
};

function ttyOver(port: NativePort): Tty {
  let isStopped = false;
  const waitsFor = new Set<TtyEvent>();
  const until = (event: TtyEvent) =>
    new Promise<void>((resolve, reject) => {
      waitsFor.add(event);
      port.poller.once(event, (error) => {
        waitsFor.delete(event);
        if (error) reject(error);
        else resolve();
      });
      // the package asks for the last event alone: a terminal that takes nothing was not read any more, and one that was read took nothing any more
      port.poller.poll([...waitsFor].reduce((all, one) => all | EVENTS[one], 0));
    });

  return {
    async readUntilGone(take) {
      const piece = Buffer.alloc(PIECE_BYTES);
      try {
        while (!isStopped && port.fd !== null) {
          await until('readable');
          if (isStopped) break;
          const length = await bytesIn(port.fd, piece);
          if (length === 0) return new Error('its other end is gone');
          if (length !== undefined) await take(piece.subarray(0, length));
        }
        return undefined;
      } catch (error) {
        return isStopped ? undefined : toError(error); // stopping makes the waiting for bytes fail
      }
    },
    async write(bytes) {
      for (let at = 0; at < bytes.length; ) {
        if (isStopped || port.fd === null) throw new Error('it is closed');
        const length = await bytesOut(port.fd, bytes.subarray(at));
        if (length === undefined) await until('writable');
        else at += length;
      }
    },
    stop() {
      if (isStopped) return;
      isStopped = true;
      port.poller.stop();
    },
    async close() {
      isStopped = true;
      for (const end of [() => port.flush(), () => port.close()]) {
        try {
          await end();
        } catch {
          // a terminal that is gone has nothing left to throw away, and is given back even when closing it says so
        }
      }
    },
  };
}

/** @returns how many came; undefined when there was nothing after all */
async function bytesIn(fd: number, piece: Buffer): Promise<number | undefined> {
  try {
    return (await readSome(fd, piece, 0, piece.length, null)).bytesRead;
  } catch (error) {
    if (['EAGAIN', 'EINTR'].includes(codeOf(error))) return undefined;
    throw error;
  }
}

/** @returns how many the kernel took; undefined when it has no room */
async function bytesOut(fd: number, bytes: Buffer): Promise<number | undefined> {
  try {
    return (await writeSome(fd, bytes)).bytesWritten;
  } catch (error) {
    if (['EAGAIN', 'EINTR'].includes(codeOf(error))) return undefined;
    throw error;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** The package writes `Error: No such file or directory, cannot open /dev/x`. */
function wordsOf(cause: unknown): string {
  return toError(cause).message.replace(/^Error:?\s*/, '');
}
