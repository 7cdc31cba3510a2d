import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Calls `wake` when a USB device comes or goes, where the npm package `usb` is installed and there is a USB bus; it is optional, because
 * a look each second sees the same (docs/decisions, "Slots").
 *
 * Its public API (`usb.addEventListener`) throws where nobody can catch it when there is no bus or no netlink socket, which would
 * end the agent; its native emitter says so to its caller. No device is ever opened.
 * @param sys where sysfs is mounted, `/sys`
 * @returns how to stop it; undefined where it does not listen
 */
export async function wakeOnUsb(sys: string, wake: () => void): Promise<(() => Promise<void>) | undefined> {
  if (!existsSync(join(sys, 'bus/usb/devices'))) return undefined;
  try {
    // by a name that TypeScript and the bundle do not follow, because both must hold where it could not be installed
    const name: string = 'usb/index.js';
    const { Emitter }: { readonly Emitter: new () => UsbEmitter } = await import(name);
    const emitter = new Emitter();
    await emitter.addAttach(() => wake());
    await emitter.addDetach(() => wake());
    return async () => {
      await emitter.removeAttach();
      await emitter.removeDetach();
    };
  } catch {
    return undefined; // not installed, not for this machine, or no netlink: inotify and the rounds go on
  }
}

/** What of usb 3.1 is used. */
type UsbEmitter = {
  addAttach(call: () => void): Promise<void>;
  addDetach(call: () => void): Promise<void>;
  removeAttach(): Promise<void>;
  removeDetach(): Promise<void>;
};
