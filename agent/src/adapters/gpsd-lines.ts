import { connect, type Socket } from 'node:net';
import { type ClockPort, err, type Fault, MINUTE_MS, SECOND_MS } from '@ewon-agent/contracts';
import { feed, NO_LINES } from '@ewon-agent/firmware-bridge/core/line-stream';
import { GPSD_WATCH } from '../core/gnss-gpsd.ts';

/** Who is told what gpsd says. */
export type GpsdListener = {
  line(text: string): void;
  /** It cannot be used now, once until it is back. Codes: LOCATION_SOURCE_FAILED. */
  gone(fault: Fault): void;
};

/** Before it is asked again, doubling: one that starts anew is back in a second. */
const AGAIN_MS = SECOND_MS;
const AGAIN_MAX_MS = MINUTE_MS;
/** A report of forty satellites has some 5,000. */
const LINE_MAX_CHARACTERS = 16_384;

/** Watches a gpsd from now on, whether it is there or not. @returns what ends it for good; nothing of it keeps the process alive then */
export function watchGpsd(
  clock: Pick<ClockPort, 'after'>,
  { host, port }: { readonly host: string; readonly port: number },
  listener: GpsdListener,
): { close(): void } {
  let socket: Socket | undefined;
  let isClosed = false;
  let isToldGone = false;
  let inVain = 0;
  let cancel = () => {};

  const open = () => {
    let stream = NO_LINES;
    let why = 'hung up';
    const opened = connect({ host, port, keepAlive: true });
    socket = opened;
    opened.setEncoding('latin1');
    opened.on('connect', () => opened.write(GPSD_WATCH));
    opened.on('data', (piece: string) => {
      const [next, lines] = feed(stream, piece, LINE_MAX_CHARACTERS);
      stream = next;
      for (const { text, cut } of lines) {
        if (isClosed || cut) continue;
        [inVain, isToldGone] = [0, false];
        listener.line(text);
      }
    });
    opened.on('end', () => opened.end());
    opened.on('error', (cause) => {
      why = 'code' in cause ? String(cause.code) : cause.message;
    });
    opened.on('close', () => {
      if (isClosed) return;
      if (!isToldGone) listener.gone(err('LOCATION_SOURCE_FAILED', `gpsd at ${host}:${port}: ${why}`).fault);
      isToldGone = true;
      cancel = clock.after(Math.min(AGAIN_MAX_MS, AGAIN_MS * 2 ** Math.min(inVain, 10)), open);
      inVain += 1;
    });
  };
  open();

  return {
    close() {
      isClosed = true;
      cancel();
      socket?.destroy();
    },
  };
}
