import { Readable, Writable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type ClockPort, type Fault, type Millis, SECOND_MS, type SerialSettings } from '@ewon-agent/contracts';
import { keepTty } from './kept-tty.ts';
import { createTtyOutput, type TtyOutput } from './serial-console-output.ts';
import { setTty } from './serial-console-stty.ts';
import { openTty, type Tty } from './serial-tty.ts';
import type { ByteLine } from './ymodem-stream.ts';

// A serial port that a person talks over. It cannot hold up who it talks for: what comes is handed over in small slices with the loop's turns between,
// and what goes is kept within bounds and never waited for.

export type SerialConsoleSettings = SerialSettings & {
  /** XON/XOFF: either side may stop the other. */
  readonly flow: 'xonxoff' | 'none';
  /** The end of the carrier (DCD) is a hang-up. */
  readonly hangup: 'carrier' | 'none';
};

/** Who is told. None of these may throw. */
export type SerialConsoleListener = {
  /** The port is open: at first, and each time it came back. */
  attached(): void;
  /** @param bytes are its own, without NUL; at most 128 */
  typed(bytes: Uint8Array): void;
  /** BREAK. The kernel makes a NUL of it; no key sends one but ^@, which means nothing here. */
  broken(): void;
  /** Text was dropped because the other end did not take it; it takes it again. */
  lost(bytes: number): void;
  /** The port cannot be used now, once until it is open again. Codes: SERIAL_UNOPENED, SERIAL_GONE. */
  gone(fault: Fault): void;
  /** The port is as it was opened, because a setting could not be made. */
  unset(why: string): void;
};

/** A port that is wanted for a person, whether it is there or not. */
export type SerialConsole = {
  /** Never waits and never throws; what there is no room for is dropped. ASCII only. */
  write(text: string): void;
  /** Drops what the kernel does not have yet. */
  discard(): void;
  /** The other end is taking what was written, see serial-console-output.ts. */
  isTaken(): boolean;
  /** Lends the bare bytes of both directions, without XON/XOFF. A port that goes away meanwhile closes both. */
  lend(): { readonly bytes: ByteLine; giveBack(): void };
  /** Ends it for good; afterwards nobody is told anything. */
  close(): Promise<void>;
};

/** Who stands before it plugs it in and waits. */
const REOPEN_MS: Millis = SECOND_MS / 2;
const REOPEN_MAX_MS = 8 * SECOND_MS;
/** A slice of nothing but "?" is the most work: the help for each of them, 5 ms on a machine of 2020. */
const SLICE_BYTES = 128;
/** Of the time of the loop, a flood gets about half. */
const REST_FROM_MS: Millis = 2;
const NUL = 0;

/** Wants a serial port from now on. The native package is loaded with the first call. */
export function openSerialConsole(
  clock: Pick<ClockPort, 'after' | 'monotonic'>,
  settings: SerialConsoleSettings,
  listener: SerialConsoleListener,
): SerialConsole {
  const { path, flow, hangup } = settings;
  const hasFlow = flow === 'xonxoff';
  let open: { readonly tty: Tty; readonly output: TtyOutput } | undefined;
  let lent: Lent | undefined;
  const set = async (...wanted: readonly string[]) => {
    const why = await setTty(path, wanted);
    if (why !== undefined && !kept.isClosed() && open) listener.unset(why);
  };

  const handOver = async (piece: Buffer) => {
    for (let at = 0; at < piece.length && !kept.isClosed(); at += SLICE_BYTES) {
      const slice = Uint8Array.from(piece.subarray(at, at + SLICE_BYTES));
      if (lent) {
        await lent.came(slice);
        continue;
      }
      const fromMs = clock.monotonic();
      withBreaks(slice, listener);
      const tookMs = clock.monotonic() - fromMs;
      if (tookMs >= REST_FROM_MS) await kept.pause(tookMs);
      else if (piece.length > SLICE_BYTES) await nextTurn();
    }
  };

  /** One opening, to its end. */
  const use = async (tty: Tty) => {
    open = {
      tty,
      output: createTtyOutput(tty, (bytes) => {
        if (!kept.isClosed()) listener.lost(bytes);
      }),
    };
    if (hangup === 'carrier') await set('-clocal');
    listener.attached();
    const why = await tty.readUntilGone(async (piece) => {
      kept.heard();
      await handOver(piece);
    });
    open = undefined;
    lent?.gone();
    return why;
  };
  const kept = keepTty({
    ...{ clock, path, use, gone: (fault) => listener.gone(fault), reopen: { ms: REOPEN_MS, maxMs: REOPEN_MAX_MS } },
    // any key goes on where noise was taken for XOFF
    open: () => openTty(settings, { xon: hasFlow, xoff: hasFlow, xany: hasFlow }),
  });

  return {
    write: (text) => open?.output.write(text),
    discard: () => open?.output.discard(),
    isTaken: () => open?.output.isTaken() ?? false,
    lend() {
      const { tty, output } = open ?? {};
      // what was written before goes first, and the kernel keeps XON and XOFF for itself until then
      const ready = Promise.resolve(output?.flushed()).then(() =>
        hasFlow ? set('-ixon', '-ixoff', '-ixany') : undefined,
      );
      const mine = lentOver(tty, ready);
      lent = mine;
      return {
        bytes: mine.bytes,
        giveBack() {
          if (lent !== mine) return;
          lent = undefined;
          mine.giveBack();
          if (hasFlow && open) void ready.then(() => set('ixon', 'ixoff', 'ixany'));
        },
      };
    },
    async close() {
      const closed = kept.close();
      lent?.gone();
      await closed;
    },
  };
}

type Lent = {
  readonly bytes: ByteLine;
  /** Resolves when more is wanted. */
  came(bytes: Uint8Array): Promise<void>;
  gone(): void;
  giveBack(): void;
};

function lentOver(tty: Tty | undefined, ready: Promise<void>): Lent {
  let wanted = () => {};
  const input = new Readable({ read: () => wanted() });
  const output = new Writable({
    write(bytes: Buffer, _, done) {
      ready.then(() => tty?.write(bytes)).then(() => done(), done);
    },
  });
  // who has them is told; afterwards nobody is there to be told
  for (const stream of [input, output]) stream.on('error', () => {});
  const gone = () => {
    wanted();
    input.destroy();
    output.destroy();
  };
  if (!tty) gone();
  return {
    bytes: { input, output },
    came: (bytes) =>
      new Promise((resolve) => {
        wanted = resolve;
        if (input.destroyed || input.push(bytes)) resolve();
      }),
    gone,
    giveBack() {
      wanted();
      input.destroy();
      output.end(); // what is still to be sent, such as an acknowledgement
    },
  };
}

/** Tells a run of NULs once: a BREAK lasts longer than a character on a slow line. */
function withBreaks(bytes: Uint8Array, { typed, broken }: Pick<SerialConsoleListener, 'typed' | 'broken'>): void {
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(NUL, at);
    if (end !== at) typed(bytes.subarray(at, end < 0 ? bytes.length : end));
    if (end < 0) return;
    at = end;
    while (bytes[at] === NUL) at += 1;
    broken();
  }
}
