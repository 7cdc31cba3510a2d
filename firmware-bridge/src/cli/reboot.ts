import { MINUTE_MS, SECOND_MS } from '@ewon-agent/contracts';
import { STATUS_MAX_BYTES } from '../adapters/ewon-http.ts';
import { awaitRestart, beginRestart } from '../adapters/ewon-restart.ts';
import { RESTART_PATH } from '../core/web-requests.ts';
import { type Ewon, whoIsThere } from './ewon.ts';
import { EXIT, type ExitStatus, type Form, type Io, json, sayFault } from './io.ts';

/** An Ewon goes away some seconds after it was asked. */
const RESTART_BEGINS_MS = 30 * SECOND_MS;
/** It boots in one to two minutes; with a new firmware it takes longer. */
export const RESTART_MAX_MS = 5 * MINUTE_MS;

/** `ewon-bridge reboot`: restarts the Ewon and waits until it answers again. */
export async function reboot(io: Io, form: Form, ewon: Ewon, then: 'wait' | 'go on'): Promise<ExitStatus> {
  const known = await whoIsThere(ewon);
  if (!known.ok) return sayFault(io, form, known.fault);
  const { web, stepMs } = ewon;
  const begun = await beginRestart(web, stepMs);
  const asked = await web.ask({ path: RESTART_PATH, maxBytes: STATUS_MAX_BYTES, timeoutMs: stepMs });
  // one that restarts at once does not answer any more
  if (!asked.ok && asked.fault.code !== 'EWON_UNREACHABLE') return sayFault(io, form, asked.fault);
  const { serial } = known.value.identity;
  if (then === 'go on') {
    io.stdout(form === 'json' ? json({ serial, restart: 'asked for' }) : `Asked ${serial} to restart.\n`);
    return EXIT.allRead;
  }
  if (form === 'text') io.stderr('waiting until it answers again\n');
  const back = await awaitRestart(web, begun, { stepMs, beginsMs: RESTART_BEGINS_MS, wholeMs: RESTART_MAX_MS });
  if (!back.ok) return sayFault(io, form, back.fault);
  const { firmware } = back.value;
  io.stdout(
    form === 'json' ? json({ serial, restart: 'done', firmware }) : `${serial} restarted, firmware ${firmware}.\n`,
  );
  return EXIT.allRead;
}
