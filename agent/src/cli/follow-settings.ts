import { type ClockPort, ok } from '@ewon-agent/contracts';
import { locationOffBy } from '../adapters/settings-file.ts';
import { readSettings } from '../adapters/settings-read.ts';
import { readLayers } from '../config/read-config.ts';
import type { AgentConfig } from '../config/schema.ts';
import { type SettingsLife, startSettingsLife } from '../shell/settings-life.ts';
import type { Agent } from '../wiring.ts';
import {
  committedFact,
  needsRestart,
  settingsCameUp,
  settingsTimedOut,
  waitingCommit,
  wentBackFact,
} from './config-run.ts';
import { DEFAULT_CONFIG } from './places.ts';

type Parts = {
  readonly agent: Agent;
  readonly clock: ClockPort;
  readonly restart: (() => void) | undefined;
  /** From now on the agent goes by this, as far as it can without a new start. */
  readonly takeOver: (config: AgentConfig) => void;
};

/** Has a running agent follow what is set at the console. */
export function followSettings(
  config: AgentConfig,
  { agent, clock, restart, takeOver }: Parts,
): { readonly settings: SettingsLife; readonly decided: () => null } {
  const { stateDir } = config;
  let off = JSON.stringify(locationOffBy(stateDir));
  const settings = startSettingsLife({
    ...{ clock, restart, isInstalling: () => agent.patch()?.state === 'installing' },
    take() {
      const read = readLayers(config.origin ?? DEFAULT_CONFIG);
      if (!read.ok) return read;
      const { fault, config: next } = read.value;
      const newest = committedFact(stateDir);
      if (newest !== undefined) agent.report('SETTINGS_COMMITTED', newest);
      takeOver({ ...config, ...atOnce(next) });
      agent.decide();
      if (fault) return { ok: false, fault }; // what root's file says holds, and is not what was set
      return ok({ needsRestart: needsRestart(config, next) });
    },
    cameUp() {
      const saved = settingsCameUp(stateDir);
      if (!saved.ok) agent.report(saved.fault.code, saved.fault.detail);
    },
    waiting() {
      const saved = readSettings(stateDir);
      return saved.ok ? waitingCommit(saved.value) : undefined;
    },
    timedOut(n) {
      const back = settingsTimedOut(stateDir, n);
      if (back.ok && back.value) agent.report('SETTINGS_WENT_BACK', wentBackFact(back.value).detail);
      return back.ok && back.value !== undefined;
    },
  });
  return {
    settings,
    /** A switch at this Ewon has changed: held first, then told. */
    decided() {
      agent.decide();
      const by = locationOffBy(stateDir);
      const now = JSON.stringify(by);
      if (now !== off) agent.report('LOCATION_SWITCHED', by ? `off, by ${by.by ?? 'somebody'}` : 'on');
      off = now;
      return null;
    },
  };
}

/** What a running agent takes over at once. */
function atOnce({ log, GeolocEnable, RemoteManagementEnable }: AgentConfig) {
  return { log, GeolocEnable, RemoteManagementEnable };
}
