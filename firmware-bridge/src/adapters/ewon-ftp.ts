import { err, type Millis, ok, type Result } from '@ewon-agent/contracts';
import type { Client } from 'basic-ftp';
import { codeOfFtpAnswer, type FtpStep } from '../core/ftp-answers.ts';
import { whenFree } from './ewon-busy.ts';
import { type PasswordSource, readPassword } from './ewon-password.ts';
import { collector, Refusal, sourceOf } from './file-streams.ts';

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
  /** Says how long a file is. Codes: also EWON_FILE_MISSING, EWON_DECLINED (not every server says it). */
  size(name: string, options: FileOptions): Promise<Result<number>>;
  /** Gives a file another name, over one that is there; the Ewon acts on it as on one that was written. Codes: also EWON_DECLINED, EWON_DISK_FULL. */
  rename(name: string, to: string, options: FileOptions): Promise<Result<void>>;
  /** Deletes a file. Codes: also EWON_DECLINED (none is there, or it may not go). */
  remove(name: string, options: FileOptions): Promise<Result<void>>;
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
        await client.uploadFrom(sourceOf(pieces), name);
      }),
    size: (name, limits) => next(limits, 'read', (client) => client.size(name)),
    rename: (name, to, limits) =>
      next(limits, 'write', async (client) => {
        await client.rename(name, to);
      }),
    remove: (name, limits) =>
      next(limits, 'write', async (client) => {
        await client.remove(name);
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
  // An agent that asks by HTTP alone never loads it. It is CommonJS, of which a bundle has no other name than `default`.
  const { default: ftp } = await import('basic-ftp');
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
    outliveFile(client);
    if (onBytes) client.trackProgress(({ bytesOverall }) => onBytes(bytesOverall));
    const done = await work(client);
    await goodbye(client);
    return ok(done);
  } catch (met) {
    if (met instanceof Refusal) return met.result;
    const cause = at === step ? await reasonBehind(client, met) : met;
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

/**
 * Keeps the session when the connection of a file breaks, which basic-ftp would end with it: why it broke, such as a full disk, is said in the
 * session, and that may come a moment later.
 */
function outliveFile(client: Client): void {
  const prepare = client.prepareTransfer;
  client.prepareTransfer = async (ftp) => {
    const ready = await prepare(ftp);
    ftp.dataSocket
      ?.removeAllListeners('error')
      .removeAllListeners('close')
      .on('error', () => {}); // the transfer itself hears of it
    return ready;
  };
}

/** Finds what the server said of a file that broke off: the answer to it is the next that comes. */
async function reasonBehind(client: Client, met: unknown): Promise<unknown> {
  if (client.closed || (met instanceof Error && met.name === 'FTPError')) return met;
  try {
    await client.send('NOOP');
    return met;
  } catch (said) {
    return said instanceof Error && said.name === 'FTPError' ? said : met;
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

function whyNot(cause: unknown, stepMs: Millis): Result<never> {
  if (!(cause instanceof Error)) return err('EWON_UNREACHABLE', '', cause);
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
  // basic-ftp gives its own timeouts nothing but a text, "Timeout (control socket)"
  if (code === 'ETIMEDOUT' || /^Timeout/.test(cause.message))
    return err('EWON_TIMED_OUT', `nothing within ${stepMs} ms`, cause);
  return err('EWON_UNREACHABLE', code ?? cause.message, cause);
}
