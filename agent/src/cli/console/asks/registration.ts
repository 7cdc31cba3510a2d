import type { RegistrationOrderName } from '../../../core/console/commands/registration.ts';
import { type Ask, type Asks, worded } from '../asking.ts';

const FORGOTTEN = {
  ordered: 'The Ewon is being unlinked; see "show status".',
  saved: 'Saved: the account is told when the agent runs next.',
} as const;

const registering =
  (how: 'join' | 'move'): Ask =>
  async (config, [key = '']) => {
    const { JOINED, registerBy } = await import('../../register.ts');
    return worded(await registerBy(config, key, how), (told) => JOINED[how][told]);
  };

export const REGISTRATION_ASKS: Asks<RegistrationOrderName> = {
  forget: async (config) => {
    const { forgetLink } = await import('../../forget.ts');
    return worded(await forgetLink(config), (told) => FORGOTTEN[told]);
  },
  register: registering('join'),
  'register move': registering('move'),
  wizard: async (config, given) => {
    const { runWizard, wizardAnswers, wizardText } = await import('../../wizard.ts');
    return worded(await runWizard(config, wizardAnswers(given)), wizardText);
  },
};
