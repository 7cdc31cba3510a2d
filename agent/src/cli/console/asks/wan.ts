import type { WanOrderName } from '../../../core/console/commands/wan.ts';
import { type Asks, worded } from '../asking.ts';

export const WAN_ASKS: Asks<WanOrderName> = {
  'wan drill': async (config) => {
    const { drillText, drillWan } = await import('../../wan.ts');
    return worded(await drillWan(config), drillText);
  },
};
