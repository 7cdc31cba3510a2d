import { KIB, SECOND_MS } from '@ewon-agent/contracts';
import { readAnswer } from '../core/geolocate.ts';
import type { ServiceAnswer } from '../core/locate.ts';
import type { PlaceService } from '../ports/places.ts';

/** Services answer within a second; the evidence waits meanwhile and nothing else does. */
const ANSWER_TIMEOUT_MS = 10 * SECOND_MS;
/** An answer is 100 bytes. */
const ANSWER_MAX_BYTES = 16 * KIB;

/**
 * Asks over HTTPS. The key goes into the URL, as this form of service wants it; no text that comes out of here has it.
 * @param url with the path, such as https://api.beacondb.net/v1/geolocate
 */
export function createGeolocateFetch({ url, key }: { readonly url: string; readonly key?: string }): PlaceService {
  const target = new URL(url);
  if (key !== undefined) target.searchParams.set('key', key);
  return {
    async ask(question) {
      try {
        const response = await fetch(target, {
          method: 'POST',
          redirect: 'error', // it would carry key and evidence elsewhere
          headers: { 'content-type': 'application/json', 'user-agent': 'ewon-agent-account' },
          body: JSON.stringify(question),
          signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
        });
        return await answerOf(response);
      } catch (cause) {
        return { is: 'failed', why: whyOf(cause) };
      }
    },
  };
}

async function answerOf(response: Response): Promise<ServiceAnswer> {
  if (response.status === 404) {
    await response.body?.cancel();
    return { is: 'unknown' };
  }
  if (response.status !== 200) {
    await response.body?.cancel();
    return { is: 'failed', why: `HTTP ${response.status}` };
  }
  const parts: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const part of response.body ?? []) {
    sizeBytes += part.byteLength;
    if (sizeBytes > ANSWER_MAX_BYTES) return { is: 'failed', why: `an answer of more than ${ANSWER_MAX_BYTES} bytes` };
    parts.push(part);
  }
  const read = readAnswer(JSON.parse(Buffer.concat(parts).toString('utf8')));
  return read.ok ? read.value : { is: 'failed', why: 'an answer of another form' };
}

/** In few words: the text of an error may hold the URL, and with it the key. */
function whyOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'not reached';
  if (cause.name === 'TimeoutError') return `no answer within ${ANSWER_TIMEOUT_MS / SECOND_MS} s`;
  if (cause instanceof SyntaxError) return 'an answer that is not JSON';
  const { cause: below } = cause;
  const code = below instanceof Error && 'code' in below ? below.code : undefined;
  return typeof code === 'string' ? `not reached: ${code}` : 'not reached';
}
