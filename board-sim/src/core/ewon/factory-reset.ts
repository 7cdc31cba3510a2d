import { COMCFG_FACTORY } from './comcfg-keys.ts';
import { CONFIG_FACTORY } from './config-keys.ts';
import { type EwonState, FACTORY_USERS } from './ewon-state.ts';

/**
 * Level 1 takes back what was configured and leaves the communication settings, level 2 takes back everything (ewon-facts
 * §1.9 has the levels; what each leaves is recollected). The events stay.
 */
export function withFactorySettings(state: EwonState, level: 1 | 2): EwonState {
  return {
    ...state,
    comcfg: level === 2 ? COMCFG_FACTORY : state.comcfg,
    system: CONFIG_FACTORY,
    users: FACTORY_USERS,
    program: '',
    tags: new Map(),
    userFiles: level === 2 ? new Map() : state.userFiles,
  };
}
