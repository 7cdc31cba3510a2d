import { readFile } from 'node:fs/promises';
import { Agent, type IncomingMessage, request } from 'node:http';
import { err, type FirmwarePort, KIB, type Millis, ok, type Result, SECOND_MS } from '@ewon-agent/contracts';
import { ESTAT_DESCRIPTOR, identityFrom, parseEstat } from '../core/estat.ts';
import { INSTANT_VALUES_DESCRIPTOR, parseInstantValues } from '../core/instant-values.ts';

/** How to reach the Ewon. `url` is its web server on the LAN, `http://10.0.0.53`. */
export type EwonHttpOptions = {
  readonly url: string;
  readonly user: string;
  /** A file of one line; read at each question, so that a changed password needs no restart. Without it the password is empty. */
  readonly passwordFile?: string;
  /** For one question from first to last byte; five seconds unless told, which is also what FirmwarePort allows. */
  readonly timeoutMs?: Millis;
};

/** An estat is below 2 KiB; whatever is longer than this is none. */
const STATUS_MAX_BYTES = 64 * KIB;
/** 2,500 tags with names of 64 characters are 250 KiB; strings may be longer. */
const TAGS_MAX_BYTES = 2048 * KIB;

/**
 * Speaks to the Ewon's web server: plain HTTP with Basic authentication, which is all it offers, hence for the LAN only.
 * Questions go out one at a time: the Ewon serves few connections and its web pages need them too.
 * The password never leaves this file but in the request. Never throws.
 * Source: ewon-facts §4 (`/rcgi.bin/ParamForm`). Not tried on a device of HMS yet; see README.md.
 */
export function createEwonHttp(options: EwonHttpOptions): FirmwarePort {
  const ask = createQuestions(options);
  return {
    identity: ask(ESTAT_DESCRIPTOR, STATUS_MAX_BYTES, (text) => identityFrom(parseEstat(text))),
    tags: ask(INSTANT_VALUES_DESCRIPTOR, TAGS_MAX_BYTES, (text) => {
      const values = parseInstantValues(text);
      return values ? ok(values.readings) : err('FIRMWARE_ANSWER_BAD', 'the answer is not a list of tags');
    }),
  };
}

/** Makes questions that take turns: what was asked first is answered, or given up, first. */
function createQuestions(options: EwonHttpOptions) {
  const timeoutMs = options.timeoutMs ?? 5 * SECOND_MS;
  let turn: Promise<unknown> = Promise.resolve();

  return <T>(descriptor: string, maxBytes: number, read: (text: string) => Result<T>): (() => Promise<Result<T>>) => {
    const url = blockUrl(options.url, descriptor);
    let asking: Promise<Result<T>> | undefined;
    const ask = async (signal: AbortSignal): Promise<Result<T>> => {
      if (!url.ok) return url;
      const auth = await credentials(options);
      if (!auth.ok) return auth;
      const answer = await get({ url: url.value, auth: auth.value, signal, timeoutMs, maxBytes });
      return answer.ok ? read(answer.value) : answer;
    };
    return () => {
      // whoever asks meanwhile gets the same answer: there is one truth, and the five seconds hold for everybody
      if (asking) return asking;
      const signal = AbortSignal.timeout(timeoutMs); // from now on: who was before has less time left than we have
      asking = turn
        .then(() => ask(signal))
        .finally(() => {
          asking = undefined;
        });
      turn = asking;
      return asking;
    };
  };
}

async function credentials({ user, passwordFile }: EwonHttpOptions): Promise<Result<string>> {
  if (!passwordFile) return ok(`${user}:`);
  try {
    return ok(`${user}:${(await readFile(passwordFile, 'utf8')).replace(/\r?\n$/, '')}`);
  } catch (cause) {
    return err('FIRMWARE_UNREACHABLE', `cannot read the password file ${passwordFile}`, cause);
  }
}

type Question = {
  readonly url: URL;
  readonly auth: string;
  readonly signal: AbortSignal;
  readonly timeoutMs: Millis;
  readonly maxBytes: number;
};

/** The signal ends it: connect, headers and body together. */
function get({ url, auth, signal, timeoutMs, maxBytes }: Question): Promise<Result<string>> {
  return new Promise((answer) => {
    const unreachable = (cause: Error) =>
      answer(err('FIRMWARE_UNREACHABLE', signal.aborted ? `no answer within ${timeoutMs} ms` : reason(cause), cause));
    const asked = request(url, { auth, signal, agent: new Agent({ keepAlive: false, maxSockets: 1 }) });
    asked.on('error', unreachable);
    asked.on('response', (response) => {
      response.on('error', unreachable);
      if (response.statusCode !== 200) {
        asked.destroy();
        return answer(err('FIRMWARE_ANSWER_BAD', statusText(response)));
      }
      const chunks: Buffer[] = [];
      let sizeBytes = 0;
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        sizeBytes += chunk.length;
        if (sizeBytes <= maxBytes) return;
        asked.destroy();
        answer(err('FIRMWARE_ANSWER_BAD', `more than ${maxBytes / KIB} KiB`));
      });
      // the device writes Windows-1252; the keys we read are ASCII
      response.on('end', () => answer(ok(Buffer.concat(chunks).toString('latin1'))));
    });
    asked.end();
  });
}

function blockUrl(base: string, descriptor: string): Result<URL> {
  try {
    const url = new URL(`/rcgi.bin/ParamForm?AST_Param=${encodeURIComponent(descriptor)}`, base);
    if (url.protocol === 'http:') return ok(url);
  } catch {
    // not a URL at all: answered below like any other that cannot work
  }
  return err('FIRMWARE_UNREACHABLE', `firmware.url is not a plain http:// address: ${base.slice(0, 100)}`);
}

function reason(cause: Error): string {
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message;
}

function statusText(response: IncomingMessage): string {
  const what = response.statusCode === 401 ? ', user or password refused' : '';
  return `HTTP status ${response.statusCode}${what}`;
}
