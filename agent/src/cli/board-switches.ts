import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { locationOffPath } from '../adapters/settings-read.ts';
import type { AgentConfig } from '../config/schema.ts';
import type { LocalSwitches } from '../core/policy.ts';
import { SWITCH_NAMES } from '../core/policy-status.ts';

/**
 * What the configuration and `location off` let the account do. Looked up each time that one of them is read.
 * @param config as it is then: what is set at the console changes it without a new start
 */
export function deviceSwitches(config: () => AgentConfig): LocalSwitches {
  return {
    get geolocation() {
      const { GeolocEnable, stateDir } = config();
      return GeolocEnable === 1 && !existsSync(locationOffPath(stateDir));
    },
    get remoteManagement() {
      return config().RemoteManagementEnable === 1;
    },
  };
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
