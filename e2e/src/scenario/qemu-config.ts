import { SLOT_PATHS } from '@ewon-agent/board-sim/qemu/controls';
import type { Given } from '@ewon-agent/board-sim/scenario/scenario';

/** The files of /etc/ewon-agent for what is given: no account, because the card leads to it, and the Ewon described. */
export function configFor({ serial = '1524-0071-21' }: Pick<Given, 'serial'>): Readonly<Record<string, string>> {
  const config = {
    stateDir: '/var/lib/ewon-agent',
    slots: Object.fromEntries(Object.entries(SLOT_PATHS).map(([slot, path]) => [slot, { path }])),
    firmware: { serial, model: 'Flexy 203', version: '14.6s0' },
  };
  return { 'config.json': JSON.stringify(config) };
}
