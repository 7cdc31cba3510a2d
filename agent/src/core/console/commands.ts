import { CONFIG_WORDS, CONFIGURE_WORDS, type ConfigOrderName } from './commands/config.ts';
import { COPY_WORDS, type CopyOrderName } from './commands/copy.ts';
import { DEVICE_WORDS, type DeviceOrderName, NO_DEBUG_WORD } from './commands/device.ts';
import { LOCATION_WORDS, type LocationOrderName } from './commands/location.ts';
import { PATCH_WORDS, type PatchOrderName } from './commands/patch.ts';
import { REGISTRATION_WORDS, type RegistrationOrderName } from './commands/registration.ts';
import { SHOW_WORDS, type ShowOrderName } from './commands/show.ts';
import { NO_WORDS, TERMINAL_WORDS } from './commands/terminal.ts';
import { USER_WORDS, type UserOrderName } from './commands/users.ts';
import { WAN_WORDS, type WanOrderName } from './commands/wan.ts';
import type { Mode, Word } from './tree.ts';

// All commands, by what they are about. Each part says which orders it gives; agent/src/cli/console/asks answers them, a file for each part.

export type OrderName =
  | ShowOrderName
  | RegistrationOrderName
  | PatchOrderName
  | WanOrderName
  | CopyOrderName
  | UserOrderName
  | ConfigOrderName
  | DeviceOrderName
  | LocationOrderName;

const EXEC: readonly Word[] = [
  ...SHOW_WORDS,
  ...TERMINAL_WORDS,
  ...REGISTRATION_WORDS,
  ...PATCH_WORDS,
  ...WAN_WORDS,
  ...COPY_WORDS,
  ...USER_WORDS,
  ...CONFIGURE_WORDS,
  ...DEVICE_WORDS,
  ...LOCATION_WORDS,
  ...NO_WORDS.map((no) => ({ ...no, to: [...(no.to ?? []), NO_DEBUG_WORD] })),
].sort((a, b) => (a.word < b.word ? -1 : 1));

/** What can be typed first. */
export const TREES: Readonly<Record<Mode, readonly Word[]>> = { user: EXEC, privileged: EXEC, config: CONFIG_WORDS };
