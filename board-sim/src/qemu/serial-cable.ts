import type { Duplex } from 'node:stream';
import type { Qmp } from './qmp.ts';

/** What is typed at and read from the board's second serial port, `/dev/ttyS1`. The cable stays in when the power goes. */
export type SerialCable = {
  /** Sends bytes, each character one (latin1). What is sent without power is lost, as on a cable. */
  write(text: string): void;
  /** Holds the line low for longer than a character. */
  sendBreak(): Promise<void>;
  /** All that came, latin1. */
  readonly received: () => string;
  /** Calls with what comes from now on. @returns ends it */
  listen(listener: (text: string) => void): () => void;
};
/** The cable as the board's assembly holds it. */
export type SerialCablePlug = SerialCable & {
  powerOn(stream: Duplex, qmp: Qmp): void;
  powerOff(): void;
};

/** QEMU's name of the port, see command-line.ts. */
export const SERIAL_CHARDEV = 'serial';
/** So much is kept of what came: hours of a person's work. */
const RECEIVED_MAX_CHARACTERS = 4 * 1024 * 1024;

/** Makes a cable with nothing at its other end yet. */
export function createSerialCable(): SerialCablePlug {
  const listeners = new Set<(text: string) => void>();
  let plugged: { readonly stream: Duplex; readonly qmp: Qmp } | undefined;
  let received = '';
  return {
    write: (text) => void plugged?.stream.write(Buffer.from(text, 'latin1')),
    async sendBreak() {
      if (!plugged) throw new Error('the board has no power');
      await plugged.qmp.execute('chardev-send-break', { id: SERIAL_CHARDEV });
    },
    received: () => received,
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    powerOn(stream, qmp) {
      plugged = { stream, qmp };
      stream.on('error', () => {}); // as the others, it ends with QEMU
      stream.setEncoding('latin1').on('data', (text: string) => {
        received = (received + text).slice(-RECEIVED_MAX_CHARACTERS);
        for (const listener of listeners) listener(text);
      });
    },
    powerOff() {
      plugged = undefined;
    },
  };
}
