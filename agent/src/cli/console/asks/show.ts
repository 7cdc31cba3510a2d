import { ok } from '@ewon-agent/contracts';
import type { ShowOrderName } from '../../../core/console/commands/show.ts';
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
