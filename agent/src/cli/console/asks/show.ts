import { describeFault, ok } from '@ewon-agent/contracts';
import { SHOWN, type ShowOrderName } from '../../../core/console/commands/show.ts';
import { healthLines } from '../../../core/console/health.ts';
import { logLines, type Section, sectionOf, sectionValue } from '../../../core/console/show.ts';
import { AGENT_VERSION } from '../../../version.ts';
import { readStatus, statusText } from '../../status.ts';
import { type Ask, type Asks, worded } from '../asking.ts';

const section =
  (name: Section): Ask =>
  async (config) => {
    const status = await readStatus(config);
    if (!status.ok) return status;
    const lines = sectionOf(statusText(status.value).split('\n'), name);
    const value = sectionValue(status.value, name);
    return ok({ lines: lines.length > 0 ? lines : ['Nothing is known of it yet.'], value });
  };

/** Each by itself: support wants to see what there is also where something cannot be told. */
const tech: Ask = async (config, given, asking) => {
  const lines: string[] = [];
  const value: Record<string, unknown> = {};
  for (const word of SHOWN) {
    if (word === 'tech') continue;
    const answer = await SHOW_ASKS[`show ${word}`](config, given, asking);
    value[word] = answer.ok ? answer.value.value : { code: answer.fault.code, detail: answer.fault.detail };
    lines.push(`--- show ${word} ---`, ...(answer.ok ? answer.value.lines : [describeFault(answer.fault)]), '');
  }
  const { diagnose } = await import('../../diag.ts');
  const diag = await diagnose(config);
  lines.push('--- ewon-agent diag ---', ...JSON.stringify(diag, null, 1).split('\n'));
  return ok({ lines, value: { ...value, diag } });
};

export const SHOW_ASKS: Asks<ShowOrderName> = {
  'show status': async (config) => worded(await readStatus(config), statusText),
  'show card': section('card'),
  'show registration': section('registration'),
  'show identity': section('identity'),
  'show uplink': section('uplink'),
  'show log': async (config) => {
    const status = await readStatus(config);
    return status.ok ? ok({ lines: logLines(status.value), value: status.value.events }) : status;
  },
  'show health': async (config) => {
    const { readHealth } = await import('../../health.ts');
    return worded(await readHealth(config), (rows) => healthLines(rows).join('\n'));
  },
  'show tech': tech,
  'show version': async () => ok({ lines: [`ewon-agent ${AGENT_VERSION}`], value: AGENT_VERSION }),
  'show slots': async ({ slots }) => {
    const { surveySlots, surveyText } = await import('../../slots.ts');
    return worded(ok(await surveySlots(slots)), surveyText);
  },
  'show wan': async (config) => {
    const { readWan, wanText } = await import('../../wan.ts');
    return worded(await readWan(config), wanText);
  },
  'show location': async (config) => {
    const { locationText, readLocation } = await import('../../location.ts');
    return worded(await readLocation(config), locationText);
  },
  'show patch': async (config) => {
    const { patchText, readPatch } = await import('../../patch.ts');
    return worded(await readPatch(config), patchText);
  },
  'show policy': async (config) => {
    const { policyText, readPolicyStatus } = await import('../../policy.ts');
    return worded(await readPolicyStatus(config), policyText);
  },
};
