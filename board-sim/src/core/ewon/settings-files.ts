import type { EwonState } from './ewon-state.ts';
import { settingsText } from './settings.ts';

/** comcfg.txt as it is read. */
export function comcfgText(state: EwonState): string {
  return settingsText(state.comcfg);
}

/** config.txt as it is read: sections begin with a colon. */
export function configText(state: EwonState): string {
  return `:\r\n:System\r\n${settingsText(state.system)}`;
}
