import type { ClockPort, Fault, LogLevel, LogPort } from '@ewon-agent/contracts';
import { logRow } from '../core/console/log-row.ts';
import { type ConsoleParts, type ConsoleSession, startConsole } from './console.ts';

/** What of a serial port a console is told. */
export type PortListener = {
  attached(): void;
  typed(bytes: Uint8Array): void;
  broken(): void;
  lost(bytes: number): void;
  gone(fault: Fault): void;
  unset(why: string): void;
};
/** The port of a console: it is opened again by itself, its writes are bounded and never waited for. */
export type Port<Bytes> = {
  write(text: string): void;
  discard(): void;
  lend(): { readonly bytes: Bytes; giveBack(): void };
  close(): Promise<void>;
};

export type ConsolePortParts<Bytes> = Pick<ConsoleParts<Bytes>, 'ask' | 'audit' | 'person'> & {
  readonly openPort: (listener: PortListener) => Port<Bytes>;
  /** Starts a session, or what lets somebody into one. */
  readonly open?: (parts: ConsoleParts<Bytes>) => ConsoleSession;
  readonly greeting: string;
  readonly clock: Pick<ClockPort, 'after' | 'now'>;
  readonly log: LogPort;
};
export type ConsolePort = {
  /** Takes a fact of the agent's log, for who is there. */
  logged: LogPort['write'];
  close(): Promise<void>;
};

/** A burst of lines comes together: each of them wipes the row and paints it again. */
const GATHER_MS = 100;
const GATHERED_MAX = 20;
const LEVELS: readonly LogLevel[] = ['info', 'warn', 'error'];
const [LF, CR, ETX] = [10, 13, 3];

/**
 * Keeps a console at a port. A session begins with the first Enter after the port was attached, a session ended or the line hung up; what
 * came before it was meant for somebody else, or is noise.
 */
export function startConsolePort<Bytes>(parts: ConsolePortParts<Bytes>): ConsolePort {
  const { open = startConsole, greeting, clock, log } = parts;
  let session: ConsoleSession | undefined;
  let isLfDue = false;
  let isLent = false;
  let writes = 0;
  let gathered: string[] = [];
  let left = 0;
  let cancelTelling: (() => void) | undefined;

  const invite = () => port.write(`\r\n${greeting}\r\nPress Enter.\r\n`);

  const begin = (): ConsoleSession => {
    let isOver = false;
    const line: ConsoleParts<Bytes>['line'] = {
      write(text) {
        writes += 1;
        if (!isOver) port.write(text);
      },
      hold() {}, // ^C, BREAK and hang-up have to be heard, and the session bounds what it keeps
      lend() {
        const { bytes, giveBack } = port.lend();
        isLent = true;
        return {
          bytes,
          giveBack() {
            isLent = false;
            giveBack();
          },
        };
      },
      end() {
        isOver = true;
        if (!session || session !== begun) return; // hung up meanwhile
        session = undefined;
        invite();
      },
    };
    const { ask, audit, person } = parts;
    const begun = open({
      line,
      ask,
      ...(audit && { audit }),
      ...(person && { person }),
      terminal: { isMonitored: true },
    });
    session = begun;
    begun.happened({ on: 'attached', greeting });
    return begun;
  };

  const hangUp = () => {
    const was = session;
    session = undefined;
    isLent = false;
    was?.happened({ on: 'hungUp' });
  };

  const port = parts.openPort({
    attached() {
      hangUp();
      log.write('info', 'console', 'port open');
      invite();
    },
    typed(bytes) {
      const rest = isLfDue && bytes[0] === LF ? bytes.subarray(1) : bytes;
      isLfDue = false;
      if (session) {
        // who breaks off does not want to see the rest
        if (rest.includes(ETX) && !isLent) port.discard();
        return session.happened({ on: 'typed', bytes: rest });
      }
      const end = rest.findIndex((byte) => byte === CR || byte === LF);
      if (end < 0) return;
      const isCr = rest[end] === CR;
      const isCrLf = isCr && rest[end + 1] === LF;
      isLfDue = isCr && end + 1 === rest.length;
      const begun = begin();
      const more = rest.subarray(end + (isCrLf ? 2 : 1));
      if (more.length > 0) begun.happened({ on: 'typed', bytes: more });
    },
    broken() {
      if (!isLent) port.discard();
      session?.happened({ on: 'broken' });
    },
    lost(bytes) {
      if (isLent) return;
      const text = `% Output was dropped, ${bytes} bytes: the terminal did not take it`;
      const before = writes;
      session?.happened({ on: 'logged', text });
      if (writes === before) port.write(`\r\n${text}\r\n`); // a script as well has to know that an answer is missing
    },
    gone({ code, detail }) {
      hangUp();
      log.write('warn', 'console', 'port not usable', { code, detail });
    },
    unset: (why) => log.write('warn', 'console', 'port not set', { detail: why }),
  });

  const tell = () => {
    const [lines, more] = [gathered, left];
    [gathered, left, cancelTelling] = [[], 0, undefined];
    for (const text of lines) session?.happened({ on: 'logged', text, isLog: true });
    if (more > 0) session?.happened({ on: 'logged', text: `% ${more} more lines were left out`, isLog: true });
  };

  return {
    logged(level, area, msg, fields) {
      if (!session || !LEVELS.includes(level)) return;
      if (gathered.length < GATHERED_MAX) gathered.push(logRow(clock.now(), { level, area, msg, fields }));
      else left += 1;
      // later also because the session may be amid a step of which this fact is a part
      cancelTelling ??= clock.after(GATHER_MS, tell);
    },
    async close() {
      hangUp();
      cancelTelling?.();
      await port.close();
    },
  };
}
