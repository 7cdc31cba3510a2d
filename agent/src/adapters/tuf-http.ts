import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { bareHost, type ClockPort, err, type Fault, ok, type Result, SECOND_MS } from '@ewon-agent/contracts';
import { createAccountAgent } from './account-agent.ts';
import { faultThrough, type ProxyOf } from './account-way.ts';
import { errorCodeOf, tlsFaultOf } from './tls-fault.ts';
import type { TufAnswer, TufBody, TufSource } from './tuf-source.ts';

/** Name, proxy, TLS and the head of an answer, over a link that is bad and still a link. */
const ANSWER_MS = 30 * SECOND_MS;

export type HttpTufOptions = {
  /** Ends with a slash. */
  readonly base: string;
  /** PEM of the only CA that is trusted. Without it nothing is encrypted: only for the command that others test us by. */
  readonly ca?: string;
  readonly clock: ClockPort;
  readonly proxyOf?: ProxyOf;
};

/**
 * A repository behind HTTP. No redirection is followed and no encoding taken: what is signed is what lies there.
 * With a CA the `Date` of answers is passed on, as that of the account.
 */
export function httpTufSource({
  base,
  ca,
  clock,
  proxyOf = () => undefined,
}: HttpTufOptions): TufSource & { close(): void } {
  const connections = ca === undefined ? undefined : createAccountAgent(proxyOf);
  return {
    open(path, { signal, from = 0 }) {
      return new Promise((resolve) => {
        if (signal.aborted) return resolve(err('PATCH_STOPPED'));
        const url = URL.parse(base + path);
        if (!url || url.protocol !== (connections ? 'https:' : 'http:'))
          return resolve(err('TUF_UNREACHABLE', 'the address of the repository is not one of HTTPS'));
        let asked: ClientRequest;
        const patience = clock.after(ANSWER_MS, () => asked.destroy(new Error(`no answer within ${ANSWER_MS} ms`)));
        const done = (result: Result<TufAnswer>) => {
          patience();
          resolve(result);
        };
        const headers = { 'accept-encoding': 'identity', ...(from > 0 ? { range: `bytes=${from}-` } : {}) };
        asked = connections
          ? httpsRequest(url, { agent: connections.agent, ca: ca ?? '', headers, signal })
          : httpRequest(url, { headers, signal });
        const failed = (cause: unknown) => done(unreached(url, cause, signal, proxyOf));
        asked.on('error', failed);
        signal.addEventListener('abort', failed); // a request that waits for its tunnel says nothing of its end
        asked.on('upgrade', (_, socket) => {
          socket.destroy();
          done(err('TUF_UNREACHABLE', `${url.host} answers something else than HTTP`));
        });
        asked.on('response', (incoming) => {
          const failedLater = (cause: unknown) => unreached(url, cause, signal, proxyOf);
          const answer = answerOf(incoming, { from, path, failed: failedLater });
          if (!answer.ok || answer.value.is !== 'open') asked.destroy(); // whatever it goes on to say
          const dateMs = connections ? Date.parse(incoming.headers.date ?? '') : Number.NaN;
          done(answer.ok && !Number.isNaN(dateMs) ? ok({ ...answer.value, dateMs }) : answer);
        });
        asked.end();
      });
    },
    close: () => connections?.close(),
  };
}

type Expected = { readonly from: number; readonly path: string; readonly failed: (cause: unknown) => Result<never> };

function answerOf(incoming: IncomingMessage, { from, path, failed }: Expected): Result<TufAnswer> {
  const { statusCode = 0, headers } = incoming;
  incoming.on('error', () => {}); // whoever reads on is told by the iterator
  if (statusCode === 404 || statusCode === 403) return ok({ is: 'missing' });
  if (statusCode === 416 && from > 0) return ok({ is: 'past its end' });
  if (statusCode !== 200 && !(statusCode === 206 && from > 0))
    return err('TUF_UNREACHABLE', `${path}: HTTP ${statusCode}${headers.location ? ', which leads elsewhere' : ''}`);
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity')
    return err('TUF_MALFORMED', `${path} comes in another encoding than it was asked for in`);
  const length = headers['content-length'] === undefined ? undefined : Number(headers['content-length']);
  if (statusCode === 200) return ok({ is: 'open', ...bodyOf(incoming, { from: 0, totalBytes: length }, failed) });
  const [, first, last, total] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(headers['content-range'] ?? '') ?? [];
  const isWhatWasAsked = Number(first) === from && Number(last) + 1 === Number(total);
  if (!isWhatWasAsked) return err('TUF_MALFORMED', `${path} comes in another part than was asked for`);
  return ok({ is: 'open', ...bodyOf(incoming, { from, totalBytes: Number(total) }, failed) });
}

function bodyOf(
  incoming: IncomingMessage,
  place: Pick<TufBody, 'from' | 'totalBytes'>,
  failed: (cause: unknown) => Result<never>,
): TufBody {
  const pieces = incoming[Symbol.asyncIterator]();
  return {
    ...place,
    async next() {
      try {
        const { done, value } = await pieces.next();
        return ok(done ? undefined : value);
      } catch (cause) {
        return failed(cause);
      }
    },
    close: () => void incoming.destroy(),
  };
}

function unreached(url: URL, cause: unknown, signal: AbortSignal, proxyOf: ProxyOf): Result<never> {
  if (signal.aborted) return err('PATCH_STOPPED');
  const known: Fault | undefined =
    cause instanceof Error && 'fault' in cause ? (cause.fault as Fault) : tlsFaultOf(cause);
  const through = known && faultThrough(proxyOf(bareHost(url.hostname), Number(url.port) || 443), known);
  const name = errorCodeOf(cause) ?? (cause instanceof Error ? cause.message : 'error');
  const detail = through ? `${through.code} ${through.detail} at ${url.host}` : `${name} at ${url.host}`;
  return err('TUF_UNREACHABLE', detail, cause);
}
