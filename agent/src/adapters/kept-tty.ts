import type { ClockPort, Fault, Millis, Result } from '@ewon-agent/contracts';
import { err } from '@ewon-agent/contracts';
import type { Tty } from './serial-tty.ts';

type Parts = {
  readonly clock: Pick<ClockPort, 'after'>;
  readonly path: string;
  readonly open: () => Promise<Result<Tty>>;
  /** Uses one opening, to its end. @returns why it ended */
  readonly use: (tty: Tty) => Promise<Error | undefined>;
  /** It cannot be used, once until it is open again. Codes: SERIAL_UNOPENED, SERIAL_GONE. */
  readonly gone: (fault: Fault) => void;
  /** Before it is opened again, doubling up to `maxMs` as long as nothing that counts is heard. */
  readonly reopen: { readonly ms: Millis; readonly maxMs: Millis };
};
/** A terminal that is wanted from now on, whether it is there or not. */
export type KeptTty = {
  readonly isClosed: () => boolean;
  /** The other end has said something. */
  heard(): void;
  /** Waits; ends at once when it is closed. */
  pause(ms: Millis): Promise<void>;
  /** Ends it for good; afterwards nobody is told anything. Resolves when it was given back. */
  close(): Promise<void>;
};

/** Opens a terminal, and again each time that it went away, until it is closed. */
export function keepTty({ clock, path, open, use, gone, reopen }: Parts): KeptTty {
  let tty: Tty | undefined;
  let isClosed = false;
  let isToldGone = false;
  let inVain = 0;
  let wakeUp = () => {};

  const pause = (ms: Millis) =>
    new Promise<void>((resolve) => {
      const cancel = clock.after(ms, resolve);
      wakeUp = () => {
        cancel();
        resolve();
      };
    });
  const tell = (fault: Fault) => {
    if (isClosed || isToldGone) return;
    isToldGone = true;
    gone(fault);
  };
  const useUp = async (opened: Tty) => {
    tty = opened;
    isToldGone = false;
    const why = await use(opened);
    tty = undefined;
    await opened.close();
    tell(err('SERIAL_GONE', `${path}: ${why?.message ?? 'closed'}`, why).fault);
  };
  const keep = async () => {
    while (!isClosed) {
      const opened = await open();
      if (!opened.ok) tell(opened.fault);
      else if (isClosed) await opened.value.close();
      else await useUp(opened.value);
      if (isClosed) return;
      await pause(Math.min(reopen.maxMs, reopen.ms * 2 ** Math.min(inVain, 10)));
      inVain += 1;
    }
  };
  const kept = keep();

  return {
    isClosed: () => isClosed,
    heard() {
      inVain = 0;
    },
    pause,
    async close() {
      isClosed = true;
      tty?.stop();
      wakeUp();
      await kept;
    },
  };
}
