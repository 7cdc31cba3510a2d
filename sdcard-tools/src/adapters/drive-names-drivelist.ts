import { reader } from '@ewon-agent/contracts';

/** What people know drives by, such as `EWON-CARD Generic MassStorageClass`, by the path of the drive. */
export type DriveNames = ReadonlyMap<string, string>;

/**
 * Asks drivelist what the drives are called: make, model and the labels on them, by way of `lsblk`. It only names: what may be written
 * to is decided from the kernel's own facts, of which drivelist shows less (no loop devices, no slots of the board).
 * @returns undefined where drivelist could not be installed (it is an optional dependency, built from source), or `lsblk` does not run
 */
export async function namesByDrivelist(): Promise<DriveNames | undefined> {
  try {
    // by a name that TypeScript does not follow, because types must hold where it could not be installed
    const name: string = 'drivelist';
    const { list } = await import(name);
    const drives = readDrives(await list());
    if (!drives.ok) return undefined;
    return new Map(drives.value.map(({ device, description }) => [device, description]));
  } catch {
    return undefined; // not built, or no lsblk: the names that the kernel knows have to do
  }
}

const text = { type: 'string' };
const readDrives = reader<readonly { readonly device: string; readonly description: string }[]>({
  type: 'array',
  items: {
    type: 'object',
    properties: { device: text, description: text },
    required: ['device', 'description'],
  },
});
