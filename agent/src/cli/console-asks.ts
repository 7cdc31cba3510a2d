import { ok, type Result } from '@ewon-agent/contracts';
import type { AgentConfig } from '../config/schema.ts';
import type { ConsoleAnswer } from '../core/console.ts';
import { logLines, type Section, sectionOf, sectionValue } from '../core/console-show.ts';
import type { ConsoleOrder } from '../core/console-words.ts';
import { AGENT_VERSION } from '../version.ts';
import { readStatus, statusText } from './status.ts';

// What a console asks, answered by the same functions as the commands of the same names, in the same words.

type Asked = (config: AgentConfig) => Promise<ConsoleAnswer>;

/** Carries an order of a console out. Codes: those of the command that does the same. */
export function askAgent(config: AgentConfig, what: ConsoleOrder): Promise<ConsoleAnswer> {
  return ASKS[what](config);
}

const section =
  (name: Section): Asked =>
  async (config) => {
    const status = await readStatus(config);
    if (!status.ok) return status;
    const lines = sectionOf(statusText(status.value).split('\n'), name);
    const value = sectionValue(status.value, name);
    return ok({ lines: lines.length > 0 ? lines : ['Nothing is known of it yet.'], value });
  };

const ASKS: Readonly<Record<ConsoleOrder, Asked>> = {
  'show status': async (config) => worded(await readStatus(config), statusText),
  'show card': section('card'),
  'show registration': section('registration'),
  'show identity': section('identity'),
  'show uplink': section('uplink'),
  'show log': async (config) => {
    const status = await readStatus(config);
    return status.ok ? ok({ lines: logLines(status.value), value: status.value.events }) : status;
  },
  'show version': async () => ok({ lines: [`ewon-agent ${AGENT_VERSION}`], value: AGENT_VERSION }),
  'show slots': async ({ slots }) => {
    const { surveySlots, surveyText } = await import('./slots.ts');
    return worded(ok(await surveySlots(slots)), surveyText);
  },
  'show wan': async (config) => {
    const { readWan, wanText } = await import('./wan.ts');
    return worded(await readWan(config), wanText);
  },
  'show location': async (config) => {
    const { locationText, readLocation } = await import('./location.ts');
    return worded(await readLocation(config), locationText);
  },
  'show patch': async (config) => {
    const { patchText, readPatch } = await import('./patch.ts');
    return worded(await readPatch(config), patchText);
  },
  'show policy': async (config) => {
    const { policyText, readPolicyStatus } = await import('./policy.ts');
    return worded(await readPolicyStatus(config), policyText);
  },
  'wan drill': async (config) => {
    const { drillText, drillWan } = await import('./wan.ts');
    return worded(await drillWan(config), drillText);
  },
  'patch confirm': async (config) => {
    const { orderPatch } = await import('./patch.ts');
    return worded(await orderPatch(config, 'patchConfirm'), () => 'Confirmed; see "show patch".');
  },
  'patch download': async (config) => {
    const { orderPatch } = await import('./patch.ts');
    return worded(await orderPatch(config, 'patchLook'), () => 'The repository is being read; see "show patch".');
  },
  forget: async (config) => {
    const { forgetLink } = await import('./forget.ts');
    const text = { ordered: 'The Ewon is being unlinked; see "show status".', saved: FORGET_SAVED };
    return worded(await forgetLink(config), (told) => text[told]);
  },
};
const FORGET_SAVED = 'Saved: the account is told when the agent runs next.';

function worded<T>(asked: Result<T>, text: (value: T) => string): ConsoleAnswer {
  return asked.ok ? ok({ lines: text(asked.value).split('\n'), value: asked.value }) : asked;
}
