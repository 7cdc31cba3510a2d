import { Agent, type IncomingMessage, request } from 'node:http';
import { err, KIB, type Millis, ok, type Result } from '@ewon-agent/contracts';
import { whenFree } from './ewon-busy.ts';
import { type PasswordSource, readPassword } from './ewon-password.ts';

/** The web server of an Ewon: `url` is `http://10.0.0.53`. */
export type EwonWebOptions = { readonly url: string; readonly user: string; readonly password: PasswordSource };
/** What is asked. `timeoutMs` counts from the call to the last byte, the wait for others included. */
export type EwonQuestion = { readonly path: string; readonly maxBytes: number; readonly timeoutMs: Millis };

/**
 * Asks the Ewon's web server. Questions go out one at a time: the Ewon serves few connections and its web pages need them too.
 * Never rejects. Codes: EWON_UNREACHABLE, EWON_TIMED_OUT, EWON_BUSY, EWON_PASSWORD_WRONG, EWON_PASSWORD_UNREADABLE, EWON_NOT_ONE (no HTTP, a redirect,
 * no such page), EWON_DECLINED (any other status), TEXT_TOO_LARGE.
 */
export type EwonWeb = { ask(question: EwonQuestion): Promise<Result<Uint8Array>> };

/**
 * Speaks plain HTTP with Basic authentication, which is all that the Ewon offers, hence for the LAN only. The password leaves this file only in
 * the request.
 * Source: ewon-facts §4. Not tried on a device of HMS yet; see README.md.
 */
export function createEwonWeb(options: EwonWebOptions): EwonWeb {
  let turn: Promise<unknown> = Promise.resolve();
  return {
    ask(question) {
      const signal = AbortSignal.timeout(question.timeoutMs); // from now on: who was before has less time left than we have
      const asked = turn.then(() => whenFree(signal, () => askNow(options, question, signal)));
      turn = asked;
      return asked;
    },
  };
}

async function askNow(
  options: EwonWebOptions,
  question: EwonQuestion,
  signal: AbortSignal,
): Promise<Result<Uint8Array>> {
  const url = urlOf(options.url, question.path);
  if (!url.ok) return url;
  const password = await readPassword(options.password);
  if (!password.ok) return password;
  return get(url.value, { ...question, auth: `${options.user}:${password.value}`, signal });
}

type Asking = EwonQuestion & { readonly auth: string; readonly signal: AbortSignal };

/** The signal ends it: connect, headers and body together. */
function get(url: URL, { auth, signal, timeoutMs, maxBytes }: Asking): Promise<Result<Uint8Array>> {
  return new Promise((answer) => {
    const failed = (cause: Error) =>
      answer(signal.aborted ? err('EWON_TIMED_OUT', `no answer within ${timeoutMs} ms`, cause) : whyNot(cause));
    const asked = request(url, { auth, signal, agent: new Agent({ keepAlive: false, maxSockets: 1 }) });
    asked.on('error', failed);
    asked.on('response', (response) => {
      response.on('error', failed);
      const refused = refusal(response);
      if (refused) {
        asked.destroy();
        return answer(refused);
      }
      const pieces: Buffer[] = [];
      let sizeBytes = 0;
      response.on('data', (piece: Buffer) => {
        pieces.push(piece);
        sizeBytes += piece.length;
        if (sizeBytes <= maxBytes) return;
        asked.destroy();
        answer(err('TEXT_TOO_LARGE', `more than ${maxBytes / KIB} KiB`));
      });
      response.on('end', () => answer(ok(new Uint8Array(Buffer.concat(pieces)))));
    });
    asked.end();
  });
}

/** Only a path of ours is added, so the address cannot choose what is asked. */
function urlOf(base: string, path: string): Result<URL> {
  const url = URL.parse(path, base);
  if (url?.protocol === 'http:') return ok(url);
  return err('EWON_UNREACHABLE', `not a plain http:// address: ${base.slice(0, 100)}`);
}

function whyNot(cause: Error): Result<never> {
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
  // what Node's parser of HTTP says of bytes that are none
  if (code?.startsWith('HPE_')) return err('EWON_NOT_ONE', `what answers does not speak HTTP: ${code}`, cause);
  return err('EWON_UNREACHABLE', code ?? cause.message, cause);
}

function refusal({ statusCode = 0 }: IncomingMessage): Result<never> | undefined {
  if (statusCode === 200) return undefined;
  const said = `HTTP status ${statusCode}`;
  if (statusCode === 401 || statusCode === 403) return err('EWON_PASSWORD_WRONG', `${said}, user or password refused`);
  if (statusCode === 503) return err('EWON_BUSY', said);
  return err(statusCode === 404 || statusCode < 400 ? 'EWON_NOT_ONE' : 'EWON_DECLINED', said);
}
