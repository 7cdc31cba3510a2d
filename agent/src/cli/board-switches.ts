import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentConfig } from '../config/schema.ts';
import type { LocalSwitches } from '../core/policy.ts';
import { SWITCH_NAMES } from '../core/policy-status.ts';

/** What the configuration lets the account do; as on the Ewon, read at the start only. */
export function deviceSwitches({ GeolocEnable, RemoteManagementEnable }: AgentConfig): LocalSwitches {
  return { geolocation: GeolocEnable === 1, remoteManagement: RemoteManagementEnable === 1 };
}

/**
 * What files at the board say now: one that is there switches off, whatever is in it and whatever account and
 * configuration say, until somebody with the rights of root takes it away.
 */
export function boardSwitches({ board }: AgentConfig): LocalSwitches {
  const isOff = (file: string) => existsSync(join(board.switchDir, file));
  return {
    geolocation: !isOff(SWITCH_NAMES.geolocation.file),
    remoteManagement: !isOff(SWITCH_NAMES.remoteManagement.file),
  };
}
