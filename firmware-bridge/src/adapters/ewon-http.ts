import { readFile } from 'node:fs/promises';
import { Agent, type IncomingMessage, request } from 'node:http';
import {
  type EwonIdentity,
  err,
  type FirmwarePort,
  KIB,
  type Millis,
  ok,
  type Result,
  SECOND_MS,
} from '@ewon-agent/contracts';
import { ESTAT_DESCRIPTOR, identityFrom, parseEstat } from '../core/estat.ts';

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
const ANSWER_MAX_BYTES = 64 * KIB;

/**
 * Speaks to the Ewon's web server: plain HTTP with Basic authentication, which is all it offers, hence for the LAN only.
 * Questions go out one at a time: the Ewon serves few connections and its web pages need them too.
 * The password never leaves this file but in the request. Never throws.
 * Source: ewon-facts §4 (`/rcgi.bin/ParamForm`). Not tried on a device of HMS yet; see README.md.
 */
export function createEwonHttp(options: EwonHttpOptions): FirmwarePort {
  const url = estatUrl(options.url);
  let asking: Promise<Result<EwonIdentity>> | undefined;
  return {
    identity() {
      // whoever asks meanwhile gets the same answer: there is one truth, and the five seconds hold for everybody
      asking ??= ask(url, options).finally(() => {
        asking = undefined;
      });
      return asking;
    },
  };
}

async function ask(url: Result<URL>, options: EwonHttpOptions): Promise<Result<EwonIdentity>> {
  if (!url.ok) return url;
  let password = '';
  try {
    if (options.passwordFile) password = (await readFile(options.passwordFile, 'utf8')).replace(/\r?\n$/, '');
  } catch (cause) {
    return err('FIRMWARE_UNREACHABLE', `cannot read the password file ${options.passwordFile}`, cause);
  }
  const answer = await get(url.value, `${options.user}:${password}`, options.timeoutMs ?? 5 * SECOND_MS);
  return answer.ok ? identityFrom(parseEstat(answer.value)) : answer;
}

function get(url: URL, auth: string, timeoutMs: Millis): Promise<Result<string>> {
  return new Promise((answer) => {
    const signal = AbortSignal.timeout(timeoutMs); // connect, headers and body together
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
        if (sizeBytes <= ANSWER_MAX_BYTES) return;
        asked.destroy();
        answer(err('FIRMWARE_ANSWER_BAD', `more than ${ANSWER_MAX_BYTES / KIB} KiB`));
      });
      // the device writes Windows-1252; the keys we read are ASCII
      response.on('end', () => answer(ok(Buffer.concat(chunks).toString('latin1'))));
    });
    asked.end();
  });
}

function estatUrl(base: string): Result<URL> {
  try {
    const url = new URL(`/rcgi.bin/ParamForm?AST_Param=${encodeURIComponent(ESTAT_DESCRIPTOR)}`, base);
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
