import {
  type Code,
  err,
  type Fault,
  type FirmwarePort,
  KIB,
  type Millis,
  ok,
  type Result,
  SECOND_MS,
} from '@ewon-agent/contracts';
import { ESTAT_DESCRIPTOR, identityFrom, parseEstat } from '../core/estat.ts';
import { INSTANT_VALUES_DESCRIPTOR, parseInstantValues } from '../core/instant-values.ts';
import { fallbackIn, SETTINGS_DESCRIPTOR } from '../core/wan-fallback.ts';
import { blockPath } from '../core/web-requests.ts';
import { createEwonWeb, type EwonWeb } from './ewon-web.ts';

/** How to reach the Ewon. `url` is its web server on the LAN, `http://10.0.0.53`. */
export type EwonHttpOptions = {
  readonly url: string;
  readonly user: string;
  /** A file of one line; read at each question, so that a changed password needs no restart. Without it the password is empty. */
  readonly passwordFile?: string;
  /** For one question from first to last byte; five seconds unless told, which is also what FirmwarePort allows. */
  readonly timeoutMs?: Millis;
};

/**
 * The Ewon as the agent asks it. `status` answers all keys of the estat, under the obligations of `identity`; asked at once with `identity`
 * it costs one request.
 */
export type EwonHttp = FirmwarePort & { status(): Promise<Result<ReadonlyMap<string, string>>> };

/** An estat is below 2 KiB, communication settings below 16; whatever is longer than this is none. */
export const STATUS_MAX_BYTES = 64 * KIB;
/** 2,500 tags with names of 64 characters are 250 KiB; strings may be longer. */
export const TAGS_MAX_BYTES = 2048 * KIB;

/** Asks the Ewon's web server for what the agent needs. Never throws. */
export function createEwonHttp({ url, user, passwordFile, timeoutMs = 5 * SECOND_MS }: EwonHttpOptions): EwonHttp {
  const web = createEwonWeb({ url, user, password: passwordFile ? { file: passwordFile } : { given: '' } });
  const block = blockOf(web, timeoutMs);
  const status = block(ESTAT_DESCRIPTOR, STATUS_MAX_BYTES, (text) => {
    const estat = parseEstat(text);
    return estat.size > 0 ? ok(estat) : err('FIRMWARE_ANSWER_BAD', 'the answer is not a status of Key:Value lines');
  });
  return {
    status,
    async identity() {
      const estat = await status();
      return estat.ok ? identityFrom(estat.value) : estat;
    },
    tags: block(INSTANT_VALUES_DESCRIPTOR, TAGS_MAX_BYTES, (text) => {
      const values = parseInstantValues(text);
      return values ? ok(values.readings) : err('FIRMWARE_ANSWER_BAD', 'the answer is not a list of tags');
    }),
    fallback: block(SETTINGS_DESCRIPTOR, STATUS_MAX_BYTES, (text) => {
      const fallback = fallbackIn(text);
      return fallback ? ok(fallback) : err('FIRMWARE_ANSWER_BAD', 'the answer is not communication settings');
    }),
  };
}

function blockOf(web: EwonWeb, timeoutMs: Millis) {
  return <T>(descriptor: string, maxBytes: number, read: (text: string) => Result<T>): (() => Promise<Result<T>>) => {
    let asking: Promise<Result<T>> | undefined;
    const ask = async (): Promise<Result<T>> => {
      const answer = await web.ask({ path: blockPath(descriptor), maxBytes, timeoutMs });
      // the device writes Windows-1252; the keys we read are ASCII
      return answer.ok ? read(Buffer.from(answer.value).toString('latin1')) : inWordsOfThePort(answer);
    };
    return () => {
      // whoever asks meanwhile gets the same answer: there is one truth, and the five seconds hold for everybody
      asking ??= ask().finally(() => {
        asking = undefined;
      });
      return asking;
    };
  };
}

const NO_ANSWER: readonly Code[] = ['EWON_UNREACHABLE', 'EWON_TIMED_OUT', 'EWON_BUSY', 'EWON_PASSWORD_UNREADABLE'];

/** The agent goes on asking whatever it is, so it tells only whether there was an answer. */
function inWordsOfThePort({ fault }: { readonly fault: Fault }): Result<never> {
  const code = NO_ANSWER.includes(fault.code) ? 'FIRMWARE_UNREACHABLE' : 'FIRMWARE_ANSWER_BAD';
  return err(code, fault.detail, fault.cause);
}
