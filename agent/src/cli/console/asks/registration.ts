import type { RegistrationOrderName } from '../../../core/console/commands/registration.ts';
import { type Asks, worded } from '../asking.ts';

const FORGOTTEN = {
  ordered: 'The Ewon is being unlinked; see "show status".',
  saved: 'Saved: the account is told when the agent runs next.',
} as const;

export const REGISTRATION_ASKS: Asks<RegistrationOrderName> = {
  forget: async (config) => {
    const { forgetLink } = await import('../../forget.ts');
    return worded(await forgetLink(config), (told) => FORGOTTEN[told]);
  },
};
