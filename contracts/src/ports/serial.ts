import type { Fault, Result } from '../result.ts';

/** Where a serial port is and how fast its line is: 8 data bits, no parity, 1 stop bit, no flow control. */
export type SerialSettings = {
  /** The device file; a name below `/dev/serial/by-id` stays the same when a device is plugged in elsewhere. */
  readonly path: string;
  /** Bits a second; one that Linux has a name for (9600, 115200). */
  readonly baud: number;
};

/** A line without its end, one character a byte (Latin-1). `cut`: it was longer than 1,024 characters, and the rest is left out. */
export type SerialLine = { readonly text: string; readonly cut: boolean };

/** Who is told. None of these may throw. */
export type SerialListener = {
  /** The port is open: at first, and each time it came back. */
  opened(): void;
  line(line: SerialLine): void;
  /**
   * The port cannot be used now, once until it is open again; it is tried again without being asked.
   * Codes: SERIAL_UNOPENED, SERIAL_GONE.
   */
  gone(fault: Fault): void;
};

/** A port that is wanted, whether it is there or not. */
export type SerialPort = {
  /**
   * Writes a text, one byte a character, as it is: the end of a line belongs to it. Resolves when the kernel has all of it. One at a time: while a
   * device takes nothing, a second text is refused and not kept.
   * Codes: SERIAL_GONE.
   */
  write(text: string): Promise<Result<void>>;
  /** Ends it for good; afterwards nobody is told anything. Calling it twice does no harm. */
  close(): Promise<void>;
};

/**
 * Wants a serial port from now on. Obligations: it opens by itself again after it went away, later each time it was in
 * vain; a line without an end and a device that floods take no more memory than any other.
 */
export type OpenSerialPort = (settings: SerialSettings, listener: SerialListener) => SerialPort;
