import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BoardPort, err, ok } from '@ewon-agent/contracts';

/** Where a board tells which start it is, and where an order to restart it is put. */
export type BoardPlaces = { readonly bootIdFile: string; readonly orderDir: string };

/** The file that ewon-agent-reboot.path waits for. */
export const REBOOT_ORDER = 'reboot';

/**
 * The board under Linux. The agent may not restart it: it puts down an order, which a unit of the package, run by
 * systemd as root, carries out (packaging/README.md). Where that is not installed there is no such directory.
 * @throws when the kernel does not say which start this is
 */
export function createLinuxBoard({ bootIdFile, orderDir }: BoardPlaces): BoardPort {
  const bootId = readFileSync(bootIdFile, 'utf8').trim();
  return {
    bootId,
    async reboot() {
      const order = join(orderDir, REBOOT_ORDER);
      try {
        await writeFile(order, `${bootId}\n`);
        return ok(undefined);
      } catch (cause) {
        const why = cause instanceof Error && 'code' in cause ? String(cause.code) : 'not written';
        return err('REBOOT_UNAVAILABLE', `${order}: ${why}`, cause);
      }
    },
  };
}
