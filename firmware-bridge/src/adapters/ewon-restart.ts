import { setTimeout as pause } from 'node:timers/promises';
import { type EwonIdentity, err, type Millis, ok, type Result, SECOND_MS } from '@ewon-agent/contracts';
import { ESTAT_DESCRIPTOR, identityFrom, parseEstat } from '../core/estat.ts';
import { EVENTS_DESCRIPTOR, type EwonEvent, eventsIn } from '../core/events.ts';
import { afterLook, beforeRestart, type Look, type Restart } from '../core/restart.ts';
import { parseTable } from '../core/table-file.ts';
import { TEXT_MAX_BYTES } from '../core/text-file.ts';
import { blockPath } from '../core/web-requests.ts';
import { STATUS_MAX_BYTES } from './ewon-http.ts';
import type { EwonWeb } from './ewon-web.ts';

/** `beginsMs` is how long it may take until it goes away, `wholeMs` until it is back. */
export type RestartLimits = {
  readonly stepMs: Millis;
  readonly beginsMs: Millis;
  readonly wholeMs: Millis;
  /** From one look to the next; a second unless told. */
  readonly lookEveryMs?: Millis;
};

/** Between two looks. An Ewon is away for a minute or more; it should not be asked all the time while it boots. */
const LOOK_EVERY_MS = SECOND_MS;

/** Notes what there is before a restart is asked for. */
export async function beginRestart(web: EwonWeb, timeoutMs: Millis): Promise<Restart> {
  return beforeRestart(await readEvents(web, timeoutMs));
}

/**
 * Waits until the Ewon has restarted and answers again.
 * @returns who it is then. Codes: EWON_DECLINED (it goes on as before, or says so of a firmware), EWON_TIMED_OUT (it is not back)
 */
export async function awaitRestart(
  web: EwonWeb,
  begun: Restart,
  { stepMs, beginsMs, wholeMs, lookEveryMs = LOOK_EVERY_MS }: RestartLimits,
): Promise<Result<EwonIdentity>> {
  const start = performance.now();
  let restart = begun;
  while (performance.now() - start < wholeMs) {
    const { look, identity } = await lookAt(web, stepMs);
    restart = afterLook(restart, look);
    if (restart.state === 'back' && identity) return ok(identity);
    if (restart.complaint !== undefined) return err('EWON_DECLINED', restart.complaint);
    if (restart.state === 'waiting' && performance.now() - start >= beginsMs)
      return err('EWON_DECLINED', `it has not restarted within ${Math.round(beginsMs / SECOND_MS)} s`);
    await pause(lookEveryMs);
  }
  return err('EWON_TIMED_OUT', `it is not back after ${Math.round(wholeMs / SECOND_MS)} s`);
}

/**
 * Waits until the Ewon answers, as it may be restarting.
 * @returns who it is, and whether it was away. Codes: EWON_TIMED_OUT
 */
export async function awaitAnswer(
  web: EwonWeb,
  { stepMs, wholeMs, lookEveryMs = LOOK_EVERY_MS }: Omit<RestartLimits, 'beginsMs'>,
): Promise<Result<{ readonly identity: EwonIdentity; readonly was: 'here' | 'away' }>> {
  const start = performance.now();
  let was: 'here' | 'away' = 'here';
  for (;;) {
    const { identity } = await lookAt(web, stepMs);
    if (identity) return ok({ identity, was });
    was = 'away';
    if (performance.now() - start >= wholeMs)
      return err('EWON_TIMED_OUT', `it does not answer for ${Math.round(wholeMs / SECOND_MS)} s`);
    await pause(lookEveryMs);
  }
}

async function lookAt(web: EwonWeb, timeoutMs: Millis): Promise<{ look: Look; identity?: EwonIdentity }> {
  // before who it is: an Ewon that boots between the two would else be back with the firmware that it had before
  const events = await readEvents(web, timeoutMs);
  const answer = await web.ask({ path: blockPath(ESTAT_DESCRIPTOR), maxBytes: STATUS_MAX_BYTES, timeoutMs });
  const identity = answer.ok ? identityFrom(parseEstat(Buffer.from(answer.value).toString('latin1'))) : answer;
  if (!identity.ok) return { look: { found: 'nobody' } };
  return { look: { found: 'ewon', ...(events && { events }) }, identity: identity.value };
}

/** @returns undefined where the events cannot be read, for which this user may lack the right */
async function readEvents(web: EwonWeb, timeoutMs: Millis): Promise<readonly EwonEvent[] | undefined> {
  const bytes = await web.ask({ path: blockPath(EVENTS_DESCRIPTOR), maxBytes: TEXT_MAX_BYTES, timeoutMs });
  const table = bytes.ok ? parseTable(bytes.value, 'EVENTS_LINE_BAD') : bytes;
  return table.ok ? eventsIn(table.value).events.map(({ event }) => event) : undefined;
}
