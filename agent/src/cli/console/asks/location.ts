import type { LocationOrderName } from '../../../core/console/commands/location.ts';
import { type Asks, worded } from '../asking.ts';

export const LOCATION_ASKS: Asks<LocationOrderName> = {
  location: async (config, [to], { person }) => {
    const { locationSwitchedText, setLocation } = await import('../../device.ts');
    return worded(await setLocation(config, to === 'on', person.name), locationSwitchedText);
  },
};
