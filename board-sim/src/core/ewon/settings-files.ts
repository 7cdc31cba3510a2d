import { quoted } from './cells.ts';
import { COMCFG_KEYS } from './comcfg-keys.ts';
import type { EwonState } from './ewon-state.ts';
import { encrypted } from './secrets.ts';
import { settingsText } from './settings.ts';
import { tagListText } from './tag-list.ts';

/** comcfg.txt as it is read: passwords are encrypted. */
export function comcfgText({ comcfg, device }: EwonState): string {
  const shown = new Map(comcfg);
  for (const { key, is } of COMCFG_KEYS) {
    if (is === 'secret') shown.set(key, encrypted(comcfg.get(key) ?? '', device.serial, device.firmware));
  }
  return settingsText(shown);
}

/** config.txt as it is read: sections begin with a colon, lists have a line of column names (ewon-facts §3.2). */
export function configText(state: EwonState): string {
  const { serial, firmware } = state.device;
  const users = state.users.map(({ login, password, rights }, i) => {
    const secret = quoted(encrypted(password, serial, firmware));
    return `${i + 1};"";"";${quoted(login)};${secret};"";${rights === 'view' ? 0 : -1}\r\n`;
  });
  return [
    `:\r\n:System\r\n${settingsText(state.system)}`,
    `:\r\n:TagList\r\n${tagListText(state)}`,
    `:\r\n:UserList\r\n${USER_COLUMNS.map(quoted).join(';')}\r\n${users.join('')}`,
  ].join('');
}

const USER_COLUMNS = ['Id', 'FirstName', 'LastName', 'Login', 'Password', 'Information', 'Right'];
