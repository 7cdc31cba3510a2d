import { err, ok, type Result } from '@ewon-agent/contracts';
import { askControl } from '../adapters/control-socket.ts';
import type { AgentConfig } from '../config/schema.ts';
import type { SavedWizard, WizardSecret } from '../core/model.ts';
import type { WizardDone } from '../shell/wizard.ts';
import { cardPolicyOf } from './card-policy.ts';
import { controlPath } from './places.ts';
import { isRefused, newRequestId } from './register.ts';

/** What a person is asked for. */
export type WizardAnswers = SavedWizard['wizard'] & WizardSecret;

/** Takes the answers to WIZARD_PROMPTS. */
export function wizardAnswers([
  account = '',
  user = '',
  password = '',
  code = '',
  name = '',
]: readonly string[]): WizardAnswers {
  return { account, user, password, ...(code.trim() !== '' && { code: code.trim() }), name };
}

/**
 * Has a user of the account of the configuration add this Ewon, by the agent that runs.
 * Codes: USAGE (something was left out), ACCOUNT_NOT_CONFIGURED, CONFIG_INVALID, WIZARD_*, SIGN_IN_FAILED, LOCKED_OUT, PASSWORD_EXPIRED,
 * TWO_FACTOR_NEEDED, TWO_FACTOR_WRONG, NOT_PERMITTED, NAME_TAKEN,
 * RATE_LIMITED, those of the way to the account, AGENT_NOT_RUNNING, AGENT_NOT_YOURS.
 */
export async function runWizard(config: AgentConfig, answers: WizardAnswers): Promise<Result<WizardDone>> {
  const policy = cardPolicyOf(config);
  if (!policy.ok) return policy;
  const { account } = policy.value;
  if (!account || !URL.canParse(account.directoryUrl)) return err('ACCOUNT_NOT_CONFIGURED');
  const { password, code } = answers;
  const wizard = { account: answers.account.trim(), user: answers.user.trim(), name: answers.name.trim() };
  const missing = Object.entries({ ...wizard, password }).find(([, value]) => value === '');
  if (missing) return err('USAGE', `no ${missing[0]} was given`);
  const order = {
    wizard: { requestId: newRequestId(), account, wizard, secret: { password, ...(code !== undefined && { code }) } },
  };
  const asked = await askControl(controlPath(config.stateDir), order);
  if (!asked.ok) return asked;
  return isRefused(asked.value) ? asked.value : ok((asked.value as Result<WizardDone> & { ok: true }).value);
}

/** Words what came of it. */
export function wizardText({ account, name, pool }: WizardDone): string {
  return `Joined account ${account} as ${name}, pool ${pool}; see "show status".`;
}
