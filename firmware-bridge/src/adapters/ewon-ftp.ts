import { Readable, Writable } from 'node:stream';
import { err, KIB, type Millis, ok, type Result } from '@ewon-agent/contracts';
import type { Client } from 'basic-ftp';
import { codeOfFtpAnswer, type FtpStep } from '../core/ftp-answers.ts';
import { whenFree } from './ewon-busy.ts';
import { type PasswordSource, readPassword } from './ewon-password.ts';

/** The FTP server of an Ewon. */
export type EwonFtpOptions = {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: PasswordSource;
  /** For each step in which nothing moves: connect, login, an answer, a piece of a file. */
  readonly stepMs: Millis;
};

/** `wholeMs` is for all of it, from the call on; `onBytes` hears how many bytes went so far. */
export type FileOptions = { readonly wholeMs: Millis; readonly stepMs?: Millis; onBytes?(sent: number): void };

/**
 * Files of an Ewon by their name in its root, whatever the way to them; one at a time. Never rejects.
 * Codes: EWON_UNREACHABLE, EWON_TIMED_OUT, EWON_BUSY, EWON_PASSWORD_WRONG, EWON_PASSWORD_UNREADABLE, EWON_NOT_ONE.
 */
export type EwonFiles = {
  /** Reads a file whole. Codes: also EWON_FILE_MISSING, EWON_DECLINED, TEXT_TOO_LARGE. */
  read(name: string, options: FileOptions & { readonly maxBytes: number }): Promise<Result<Uint8Array>>;
  /** Writes a file; the Ewon acts on it at once. Codes: also EWON_DECLINED, EWON_DISK_FULL, LOCAL_FILE_BAD (the pieces broke off). */
  write(name: string, pieces: AsyncIterable<Uint8Array>, options: FileOptions): Promise<Result<void>>;
};

/**
 * Speaks FTP in the clear, as the Ewon does, with a session for each file: an Ewon serves few, and ends those that are idle. A server that
 * sends its client to another host for a file is not followed.
 * Source: ewon-facts §4 (FTP root). Not tried on a device of HMS yet; see README.md.
 */
export function createEwonFtp(options: EwonFtpOptions): EwonFiles {
  let turn: Promise<unknown> = Promise.resolve();
  const next = <T>(limits: FileOptions, step: FtpStep, work: (client: Client) => Promise<T>): Promise<Result<T>> => {
    const signal = AbortSignal.timeout(limits.wholeMs);
    const begun = turn;
    const done = (async () => {
      await begun;
      const room = AbortSignal.any([signal, AbortSignal.timeout(limits.stepMs ?? options.stepMs)]);
      return whenFree(room, () => session(options, { ...limits, signal, step }, work));
    })();
    turn = done;
    return done;
  };
  return {
    read: (name, limits) =>
      next(limits, 'read', async (client) => {
        const pieces: Buffer[] = [];
        await client.downloadTo(collector(pieces, limits.maxBytes), name);
        return new Uint8Array(Buffer.concat(pieces));
      }),
    write: (name, pieces, limits) =>
      next(limits, 'write', async (client) => {
        await client.uploadFrom(Readable.from(told(pieces)), name);
      }),
  };
}

type Session = FileOptions & { readonly signal: AbortSignal; readonly step: FtpStep };

async function session<T>(
  options: EwonFtpOptions,
  { signal, step, stepMs = options.stepMs, wholeMs, onBytes }: Session,
  work: (client: Client) => Promise<T>,
): Promise<Result<T>> {
  const password = await readPassword(options.password);
  if (!password.ok) return password;
  const ftp = await import('basic-ftp'); // the agent, which asks by HTTP alone, never loads it
  const client = new ftp.Client(stepMs);
  let at: FtpStep = 'connect';
  const giveUp = () => client.close();
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    if (signal.aborted) return err('EWON_TIMED_OUT', `no turn within ${wholeMs} ms`);
    await client.connect(options.host, options.port);
    at = 'login';
    await client.login(options.user, password.value);
    at = step;
    await client.send('TYPE I');
    if (onBytes) client.trackProgress(({ bytesOverall }) => onBytes(bytesOverall));
    const done = await work(client);
    await goodbye(client);
    return ok(done);
  } catch (cause) {
    if (cause instanceof Refusal) return cause.result;
    if (signal.aborted) return err('EWON_TIMED_OUT', `not done within ${wholeMs} ms`, cause);
    // without its cause: a server may repeat what it was sent
    if (cause instanceof ftp.FTPError)
      return err(codeOfFtpAnswer(at, cause.code), withoutPassword(cause.message, password.value));
    return whyNot(cause, stepMs);
  } finally {
    signal.removeEventListener('abort', giveUp);
    client.close();
  }
}

function withoutPassword(text: string, password: string): string {
  return password === '' ? text : text.replaceAll(password, '(the password)');
}

/** Ends the session in words, so that the Ewon has room for the next one when that comes. */
async function goodbye(client: Client): Promise<void> {
  try {
    await client.sendIgnoringError('QUIT');
  } catch {
    // what was asked for is done; an Ewon that hangs up, or restarts for a new firmware, does not say goodbye
  }
}

/** Carries a result of ours through the library. */
class Refusal extends Error {
  readonly result: Result<never>;
  constructor(result: Result<never>) {
    super('refused');
    this.result = result;
  }
}

function collector(pieces: Buffer[], maxBytes: number): Writable {
  let sizeBytes = 0;
  return new Writable({
    write(piece: Buffer, _, done) {
      pieces.push(piece);
      sizeBytes += piece.length;
      done(sizeBytes <= maxBytes ? null : new Refusal(err('TEXT_TOO_LARGE', `more than ${maxBytes / KIB} KiB`)));
    },
  });
}

async function* told(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* pieces;
  } catch (cause) {
    throw new Refusal(err('LOCAL_FILE_BAD', cause instanceof Error ? cause.message : '', cause));
  }
}

function whyNot(cause: unknown, stepMs: Millis): Result<never> {
  if (!(cause instanceof Error)) return err('EWON_UNREACHABLE', '', cause);
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
  // basic-ftp gives its own timeouts nothing but a text, "Timeout (control socket)"
  if (code === 'ETIMEDOUT' || /^Timeout/.test(cause.message))
    return err('EWON_TIMED_OUT', `nothing within ${stepMs} ms`, cause);
  return err('EWON_UNREACHABLE', code ?? cause.message, cause);
}
