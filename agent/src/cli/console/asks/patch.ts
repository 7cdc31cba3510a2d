import type { PatchOrderName } from '../../../core/console/commands/patch.ts';
import { type Asks, worded } from '../asking.ts';

export const PATCH_ASKS: Asks<PatchOrderName> = {
  'patch confirm': async (config) => {
    const { orderPatch } = await import('../../patch.ts');
    return worded(await orderPatch(config, 'patchConfirm'), () => 'Confirmed; see "show patch".');
  },
  'patch download': async (config) => {
    const { orderPatch } = await import('../../patch.ts');
    return worded(await orderPatch(config, 'patchLook'), () => 'The repository is being read; see "show patch".');
  },
};
