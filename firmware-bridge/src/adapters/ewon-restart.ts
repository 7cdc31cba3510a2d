import { setTimeout as pause } from 'node:timers/promises';
import { type EwonIdentity, err, type Millis, ok, type Result, SECOND_MS } from '@ewon-agent/contracts';
import { ESTAT_DESCRIPTOR, identityFrom, parseEstat } from '../core/estat.ts';
import { EVENTS_DESCRIPTOR, eventsIn } from '../core/events.ts';
import { afterLook, type Look, lastBoot, type Restart } from '../core/restart.ts';
import { parseTable } from '../core/table-file.ts';
import { TEXT_MAX_BYTES } from '../core/text-file.ts';
import { blockPath } from '../core/web-requests.ts';
import { STATUS_MAX_BYTES } from './ewon-http.ts';
import type { EwonWeb } from './ewon-web.ts';

/** Between two looks. An Ewon is away for a minute or more; it should not be asked all the time while it boots. */
const LOOK_EVERY_MS = SECOND_MS;

/** Names the last boot in the events of an Ewon. @returns undefined where they cannot be read or hold none */
export async function readLastBoot(web: EwonWeb, timeoutMs: Millis): Promise<string | undefined> {
  const bytes = await web.ask({ path: blockPath(EVENTS_DESCRIPTOR), maxBytes: TEXT_MAX_BYTES, timeoutMs });
  const table = bytes.ok ? parseTable(bytes.value, 'EVENTS_LINE_BAD') : bytes;
  return table.ok ? lastBoot(eventsIn(table.value).events.map(({ event }) => event)) : undefined;
}

/**
 * Waits until the Ewon has restarted and answers again.
 * @returns who it is then. Codes: EWON_TIMED_OUT
 */
export async function awaitRestart(
  web: EwonWeb,
  begun: Restart,
  limits: { readonly stepMs: Millis; readonly wholeMs: Millis; readonly lookEveryMs?: Millis },
): Promise<Result<EwonIdentity>> {
  const { stepMs, wholeMs, lookEveryMs = LOOK_EVERY_MS } = limits;
  const end = performance.now() + wholeMs;
  let restart = begun;
  while (performance.now() < end) {
    const { look, identity } = await lookAt(web, stepMs);
    restart = afterLook(restart, look);
    if (restart.state === 'back' && identity) return ok(identity);
    await pause(lookEveryMs);
  }
  const what = restart.state === 'waiting' ? 'it did not restart' : 'it is not back';
  return err('EWON_TIMED_OUT', `${what} after ${Math.round(wholeMs / SECOND_MS)} s`);
}

async function lookAt(web: EwonWeb, timeoutMs: Millis): Promise<{ look: Look; identity?: EwonIdentity }> {
  const answer = await web.ask({ path: blockPath(ESTAT_DESCRIPTOR), maxBytes: STATUS_MAX_BYTES, timeoutMs });
  const identity = answer.ok ? identityFrom(parseEstat(Buffer.from(answer.value).toString('latin1'))) : answer;
  if (!identity.ok) return { look: { found: 'nobody' } };
  const boot = await readLastBoot(web, timeoutMs);
  return { look: { found: 'ewon', ...(boot !== undefined && { boot }) }, identity: identity.value };
}
