import type { PatchOrderName } from '../../../core/console/commands/patch.ts';
import { type Asks, worded } from '../asking.ts';

export const PATCH_ASKS: Asks<PatchOrderName> = {
  'patch confirm': async (config) => {
    const { orderPatch } = await import('../../patch.ts');
    return worded(await orderPatch(config, 'patchConfirm'), () => 'Confirmed; see "show patch".');
  },
  'patch install': async (config) => {
    const { orderPatch } = await import('../../patch.ts');
    return worded(
      await orderPatch(config, 'patchInstall'),
      () => 'It is begun as soon as the machine is free; see "show patch".',
    );
  },
  'patch defer': async (config, [hours]) => {
    const { orderPatch } = await import('../../patch.ts');
    return worded(
      await orderPatch(config, { defer: Number(hours) }),
      () => `Put off for ${hours} h; the account is told.`,
    );
  },
  'patch download': async (config) => {
    const { orderPatch } = await import('../../patch.ts');
    return worded(await orderPatch(config, 'patchLook'), () => 'The repository is being read; see "show patch".');
  },
};
