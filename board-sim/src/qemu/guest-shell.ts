import type { Duplex } from 'node:stream';
import { MINUTE_MS, type Millis } from '@ewon-agent/contracts';
import { readLines } from '../process/lines.ts';
import type { GuestAnswer, QemuBoard } from './controls.ts';

/** A command of a test takes milliseconds in the guest; this is for a host with other things to do. */
const TIMEOUT_MS = 3 * MINUTE_MS;
const LINE_MAX_CHARACTERS = 32 * 1024 * 1024;
/** What the board says when it begins to listen. */
const HELLO = 'hello';

export type GuestShell = QemuBoard['guest'] & {
  /** How often the board has begun to listen: once a boot. */
  readonly boots: number;
  /** Resolves when it has begun more than so many times. Commands that were running when it began anew are rejected. */
  untilBoot(after: number, timeoutMs: Millis): Promise<void>;
};

type Waiting = { resolve(answer: GuestAnswer): void; reject(error: Error): void };

/** The host's side of guest/root/usr/lib/board/shell, where the protocol is described. */
export function createGuestShell(stream: Duplex): GuestShell {
  const waiting = new Map<string, Waiting>();
  const listening = new Set<() => void>();
  let [asked, boots, over] = [0, 0, false];
  const rejectAll = (why: string) => {
    for (const { reject } of [...waiting.values()]) reject(new Error(why));
  };

  readLines(stream, LINE_MAX_CHARACTERS, (line) => {
    if (line === HELLO) {
      boots += 1;
      rejectAll('the board has started anew');
      for (const tell of [...listening]) tell();
      return;
    }
    const [id = '', status = '', stdout = '', stderr = ''] = line.split(' ');
    const text = (hex: string) => Buffer.from(hex.slice(1), 'hex').toString();
    waiting.get(id)?.resolve({ status: Number(status), stdout: text(stdout), stderr: text(stderr) });
  });
  stream.on('error', () => {}); // close follows
  stream.on('close', () => {
    over = true;
    rejectAll('the board has no power');
    for (const tell of [...listening]) tell();
  });

  const run: GuestShell['run'] = (command, timeoutMs = TIMEOUT_MS) => {
    if (over) return Promise.reject(new Error('the board has no power'));
    const id = String(++asked);
    return new Promise<GuestAnswer>((resolve, reject) => {
      const late = setTimeout(
        () => reject(new Error(`the board did not answer within ${timeoutMs} ms: ${command}`)),
        timeoutMs,
      );
      const done = <T>(settle: (value: T) => void) => {
        return (value: T) => {
          clearTimeout(late);
          waiting.delete(id);
          settle(value);
        };
      };
      waiting.set(id, { resolve: done(resolve), reject: done(reject) });
      stream.write(`${id} ${Buffer.from(command).toString('hex')}\n`);
    });
  };
  return {
    run,
    get boots() {
      return boots;
    },
    untilBoot: (after, timeoutMs) =>
      new Promise((resolve, reject) => {
        const end = (settle: () => void) => {
          clearTimeout(late);
          listening.delete(look);
          settle();
        };
        const look = () => {
          if (boots > after) end(resolve);
          else if (over) end(() => reject(new Error('the board lost its power while it booted')));
        };
        const late = setTimeout(
          () => end(() => reject(new Error(`the board did not boot within ${timeoutMs} ms`))),
          timeoutMs,
        );
        listening.add(look);
        look();
      }),
  };
}
