import {
  type ClockPort,
  err,
  ok,
  SECOND_MS,
  type SerialListener,
  type SerialPort,
  type SerialSettings,
} from '@ewon-agent/contracts';
import { feed, NO_LINES } from '@ewon-agent/firmware-bridge/core/line-stream';
import { keepTty } from './kept-tty.ts';
import { openTty, type Tty } from './serial-tty.ts';

/** Before a port is opened again, doubling: a USB modem that starts anew is back in a few seconds, one that was sold never. */
const REOPEN_MS = SECOND_MS;
const REOPEN_MAX_MS = 60 * SECOND_MS;
/** A device that floods is read at 2.5 MB a second at most: no line is that fast, and the agent has other work. */
const BURST_BYTES = 262_144;
const REST_MS = 100;

/**
 * Wants a serial port from now on, whether it is there or not. The native package is loaded with the first call.
 * @returns the port; nothing of it keeps the process alive after `close`
 */
export function openSerialPort(
  clock: Pick<ClockPort, 'after'>,
  settings: SerialSettings,
  listener: SerialListener,
): SerialPort {
  let tty: Tty | undefined;
  let isWriting = false;

  /** One opening, to its end. */
  const use = async (opened: Tty) => {
    tty = opened;
    listener.opened();
    let stream = NO_LINES;
    let burstBytes = 0;
    const why = await opened.readUntilGone(async (piece) => {
      const [next, lines] = feed(stream, piece.toString('latin1'));
      stream = next;
      for (const { text, cut } of lines) if (!kept.isClosed()) listener.line({ text, cut });
      if (lines.length > 0) kept.heard();
      burstBytes += piece.length;
      if (burstBytes < BURST_BYTES) return;
      burstBytes = 0;
      await kept.pause(REST_MS);
    });
    tty = undefined;
    return why;
  };
  const kept = keepTty({
    ...{
      clock,
      path: settings.path,
      use,
      gone: (fault) => listener.gone(fault),
      reopen: { ms: REOPEN_MS, maxMs: REOPEN_MAX_MS },
    },
    open: () => openTty(settings),
  });

  return {
    async write(text) {
      if (!tty || isWriting) return err('SERIAL_GONE', `${settings.path}: it ${tty ? 'takes nothing' : 'is not open'}`);
      isWriting = true;
      try {
        await tty.write(Buffer.from(text, 'latin1'));
        return ok(undefined);
      } catch (cause) {
        return err('SERIAL_GONE', `${settings.path}: it is not open any more`, cause);
      } finally {
        isWriting = false;
      }
    },
    close: kept.close,
  };
}
