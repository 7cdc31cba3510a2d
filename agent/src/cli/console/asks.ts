import type { ByteLine } from '../../adapters/ymodem-stream.ts';
import type { AgentConfig } from '../../config/schema.ts';
import type { OrderName } from '../../core/console/commands.ts';
import type { ConsoleAnswer } from '../../core/console/session.ts';
import type { Order } from '../../core/console/tree.ts';
import type { Asking } from '../../shell/console.ts';
import type { Asks } from './asking.ts';
import { CONFIG_ASKS } from './asks/config.ts';
import { COPY_ASKS } from './asks/copy.ts';
import { DEVICE_ASKS } from './asks/device.ts';
import { LOCATION_ASKS } from './asks/location.ts';
import { PATCH_ASKS } from './asks/patch.ts';
import { REGISTRATION_ASKS } from './asks/registration.ts';
import { SHOW_ASKS } from './asks/show.ts';
import { USER_ASKS } from './asks/users.ts';
import { WAN_ASKS } from './asks/wan.ts';

// What a console asks, answered by the same functions as the commands of the same names, in the same words. A session over the serial port asks
// the agent that it runs in over the same socket as all others.

const ASKS: Asks<OrderName> = {
  ...SHOW_ASKS,
  ...REGISTRATION_ASKS,
  ...PATCH_ASKS,
  ...WAN_ASKS,
  ...COPY_ASKS,
  ...USER_ASKS,
  ...CONFIG_ASKS,
  ...DEVICE_ASKS,
  ...LOCATION_ASKS,
};

/** Carries an order of a console out. Codes: those of the command that does the same. */
export function askAgent(
  config: AgentConfig,
  { what, given }: Order,
  asking: Asking<ByteLine>,
): Promise<ConsoleAnswer> {
  return ASKS[what](config, given, asking);
}
