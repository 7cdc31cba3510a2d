import type { QemuSlot } from '../core/qemu-command.ts';
import type { Qmp } from './qmp.ts';

/** What goes into a slot: the block node of a medium, a keyboard, or both. */
export type Plugged = { readonly node: string | undefined; readonly keyboard: boolean };

/** How QEMU is told that something comes and goes. */
export type SlotHardware = {
  /** A command for the board's shell that ends when its kernel has let go of what was pulled; not needed where absent. */
  readonly hasLetGo?: string;
  plug(qmp: Qmp, plugged: Plugged): Promise<void>;
  /** Resolves when the block node is in nobody's use. */
  pull(qmp: Qmp, plugged: Plugged): Promise<void>;
};

/** Which hardware each slot is; the names of drives and ports are those of the command line. */
export const SLOT_HARDWARE: Readonly<Record<QemuSlot, SlotHardware>> = {
  // QEMU's controller loses a card that comes before the kernel has seen the other go: no command is answered any more.
  // A hand is not so quick.
  sd0: { ...drive('sd0'), hasLetGo: 'while [ -e /sys/class/block/mmcblk0 ]; do sleep 0.02; done' },
  usb1: usbPort('1'),
  usb2: drive('usb2'),
};

/** A drive that is always there, and whose medium comes and goes. */
function drive(id: string): SlotHardware {
  return {
    async plug(qmp, { node }) {
      await qmp.execute('blockdev-open-tray', { id, force: true });
      await qmp.execute('blockdev-insert-medium', { id, 'node-name': node });
      await qmp.execute('blockdev-close-tray', { id });
    },
    async pull(qmp) {
      await qmp.execute('blockdev-open-tray', { id, force: true }); // the kernel locks it while it is open; a hand does not ask
      await qmp.execute('blockdev-remove-medium', { id });
      await qmp.execute('blockdev-close-tray', { id });
    },
  };
}

/** A port of the USB controller into which devices are plugged; always the same, or the slot would have no name. */
function usbPort(port: string): SlotHardware {
  const at = (place: string) => ({ bus: 'xhci.0', port: place });
  const stick = { driver: 'usb-storage', id: 'usb1-stick', removable: true, serial: 'EWON0001', werror: 'report' };
  const keyboard = { driver: 'usb-kbd', id: 'usb1-keyboard' };
  const hub = { driver: 'usb-hub', id: 'usb1-hub' };
  const devicesOf = (plugged: Plugged) => {
    const { node, keyboard: withKeyboard } = plugged;
    if (!node) return [{ ...keyboard, ...at(port) }];
    if (!withKeyboard) return [{ ...stick, drive: node, ...at(port) }];
    return [
      { ...hub, ...at(port) },
      { ...stick, drive: node, ...at(`${port}.1`) },
      { ...keyboard, ...at(`${port}.2`) },
    ];
  };
  return {
    async plug(qmp, plugged) {
      for (const device of devicesOf(plugged)) await qmp.execute('device_add', device);
    },
    async pull(qmp, plugged) {
      for (const { id } of devicesOf(plugged).toReversed()) await removed(qmp, id);
    },
  };
}

/** Deletes a device and waits until QEMU says that it is gone. */
async function removed(qmp: Qmp, device: string): Promise<void> {
  const gone = qmp.next(({ event, data }) => event === 'DEVICE_DELETED' && data?.['device'] === device);
  await Promise.all([gone, qmp.execute('device_del', { id: device })]);
}
