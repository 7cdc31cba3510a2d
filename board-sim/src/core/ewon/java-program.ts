// The Java program of an Ewon. `/usr/jvmrun` names it, and it begins at the boot (README of the connectors of HMS). Running, it may order
// the Ewon to restart when the program is silent, and to start the program again when it ends: ewonitf `configureAppWatchdog` and
// `configureNextRunCommand`. Both are kept by the runtime and no key of a file of settings shows them. Of either HMS's own connector says that
// "otherwise firmware update gets interrupted" (flexy-cumulocity-connector, downloadFirmwareFile); how, is our reading.

/** What a program orders when it begins. */
export type JavaOrders = { readonly watchdog: 'on' | 'off'; readonly restart: 'on' | 'off' };

/** The file that names the program. */
export const JVMRUN = '/usr/jvmrun';
/** What stands in it, for a program that is made up. */
export const JVMRUN_TEXT = '-heapsize 5M -classpath /usr/made-up.jar -emain Main\n';

/** Tells what interrupts an installation of firmware. @returns the reason of the boot that it ends in */
export function interrupterOf(running: JavaOrders | undefined): string | undefined {
  if (running?.watchdog === 'on') return 'Application watchdog';
  return running?.restart === 'on' ? 'Application restarted' : undefined;
}
