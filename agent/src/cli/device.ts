import type { Result } from '@ewon-agent/contracts';
import { askControl } from '../adapters/control-socket.ts';
import { switchLocation } from '../adapters/settings-file.ts';
import type { AgentConfig } from '../config/schema.ts';
import { controlPath } from './places.ts';
import { readPolicyStatus } from './policy.ts';

/** Restarts the board. Codes: REBOOT_REFUSED, REBOOT_UNAVAILABLE, AGENT_NOT_RUNNING, AGENT_NOT_YOURS. */
export async function rebootBoard({ stateDir }: AgentConfig): Promise<Result<unknown>> {
  const asked = await askControl(controlPath(stateDir), 'reboot');
  return asked.ok ? (asked.value as Result<unknown>) : asked;
}

/** How it stands after that. `tells`: a running agent holds it already. */
export type LocationSwitched = {
  readonly on: boolean;
  readonly by: string;
  readonly why: string;
  readonly tells: boolean;
};

/**
 * Switches location off or on at this Ewon. Off is on the disk before the agent is told, so it holds whatever happens next; on takes only that
 * back, and the answer says who else decides.
 * Codes: STATE_UNWRITABLE, AGENT_NOT_YOURS.
 */
export async function setLocation(config: AgentConfig, isOn: boolean, by: string): Promise<Result<LocationSwitched>> {
  const done = switchLocation(config.stateDir, isOn, { by, at: new Date().toISOString() });
  if (!done.ok) return done;
  const told = await askControl(controlPath(config.stateDir), 'decide');
  const policy = await readPolicyStatus(config);
  const unknown = { on: false, by: 'unknown', why: 'no policy of the account is known yet' };
  const decision = policy.ok ? policy.value.decisions.geolocation : unknown;
  // the board says no before this Ewon does, and is who is named then
  const isHere = !isOn && decision.by !== 'board';
  const here = { on: false, by: 'device', why: `"location off" was said at this Ewon, by ${by}` };
  return { ok: true, value: { ...(isHere ? here : decision), tells: told.ok } };
}

export function locationSwitchedText({ on, why, tells }: LocationSwitched): string {
  const how = on ? `Location is on: ${why}.` : `Location is off: ${why}.`;
  return tells ? how : `${how}\nNo agent runs: it holds from its next start on.`;
}
