import { CONFIG_WORDS } from './commands/config.ts';
import { COPY_WORDS, type CopyOrderName } from './commands/copy.ts';
import { PATCH_WORDS, type PatchOrderName } from './commands/patch.ts';
import { REGISTRATION_WORDS, type RegistrationOrderName } from './commands/registration.ts';
import { SHOW_WORDS, type ShowOrderName } from './commands/show.ts';
import { NO_WORDS, TERMINAL_WORDS } from './commands/terminal.ts';
import { WAN_WORDS, type WanOrderName } from './commands/wan.ts';
import type { Mode, Word } from './tree.ts';

// All commands, by what they are about. Each part says which orders it gives; agent/src/cli/console/asks answers them, a file for each part.

export type OrderName = ShowOrderName | RegistrationOrderName | PatchOrderName | WanOrderName | CopyOrderName;

const EXEC: readonly Word[] = [
  ...SHOW_WORDS,
  ...TERMINAL_WORDS,
  ...REGISTRATION_WORDS,
  ...PATCH_WORDS,
  ...WAN_WORDS,
  ...COPY_WORDS,
  ...NO_WORDS,
].sort((a, b) => (a.word < b.word ? -1 : 1));

/** What can be typed first. */
export const TREES: Readonly<Record<Mode, readonly Word[]>> = { user: EXEC, privileged: EXEC, config: CONFIG_WORDS };
