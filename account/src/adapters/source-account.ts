import { type IncomingMessage, request as overHttp } from 'node:http';
import { request as overHttps } from 'node:https';
import { err, isCode, KIB, type Reader, type Result, SECOND_MS } from '@ewon-agent/contracts';
import type { AskSource } from '../ports/source.ts';

/** Less than a page waits for our own answer. Hashing a password takes a fifth of a second, a list of ten thousand a few. */
const ANSWER_TIMEOUT_MS = 12 * SECOND_MS;
/** Twenty thousand Ewons of the longest names, as JSON. */
const ANSWER_MAX_BYTES = 16 * 1024 * KIB;

/** Asks over HTTPS, or over HTTP on this machine; see ports/source.ts. */
export const askSource: AskSource = async ({ url, ca }, { method, path, right, body, signal: givenUp }, read) => {
  const target = new URL(`/api/v1/${path}`, url);
  const sent = body && JSON.stringify(body);
  const headers = {
    accept: 'application/json',
    ...(right !== undefined && { authorization: `Bearer ${right}` }),
    ...(sent !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(sent) }),
  };
  const late = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
  const signal = givenUp ? AbortSignal.any([late, givenUp]) : late;
  const how = { method, headers, agent: false as const, signal };
  try {
    const answered = await new Promise<IncomingMessage>((resolve, reject) => {
      const isPlain = target.protocol === 'http:';
      const asking = isPlain
        ? overHttp(target, how, resolve)
        : overHttps(target, { ...how, minVersion: 'TLSv1.2', ...(ca !== null && { ca }) }, resolve);
      asking.once('error', reject).end(sent);
    });
    return await answerOf(answered, read);
  } catch (cause) {
    return err('IMPORT_SOURCE_UNREACHABLE', `${target.host}: ${givenUp?.aborted ? 'given up' : whyOf(cause)}`);
  }
};

async function answerOf<T>(response: IncomingMessage, read: Reader<T>): Promise<Result<T>> {
  const parts: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const part of response) {
    sizeBytes += part.byteLength;
    if (sizeBytes > ANSWER_MAX_BYTES)
      return err('IMPORT_SOURCE_BAD', `an answer of more than ${ANSWER_MAX_BYTES} bytes`);
    parts.push(part);
  }
  const status = response.statusCode ?? 0;
  let told: unknown;
  try {
    told = JSON.parse(Buffer.concat(parts).toString('utf8'));
  } catch {
    return err('IMPORT_SOURCE_BAD', `HTTP ${status}, and not JSON`); // a page of a proxy, say
  }
  if (status === 200) {
    const value = read(told);
    return value.ok ? value : err('IMPORT_SOURCE_BAD', `an answer of another form: ${value.fault.detail}`);
  }
  const { code, detail }: { readonly code?: unknown; readonly detail?: unknown } = Object(told);
  // an older server knows nothing of this
  if (!isCode(code) || code === 'NOT_FOUND' || code === 'NOT_SIGNED_IN')
    return err('IMPORT_SOURCE_BAD', `HTTP ${status}`);
  return err(code, typeof detail === 'string' ? detail.slice(0, 200) : '');
}

function whyOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'not reached';
  if (cause.name === 'AbortError' || cause.name === 'TimeoutError')
    return `no answer within ${ANSWER_TIMEOUT_MS / SECOND_MS} s`;
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : 'not reached';
}
