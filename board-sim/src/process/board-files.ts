import { randomUUID } from 'node:crypto';
import { watch } from 'node:fs';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The board itself as a program sees it: which start this is, and where an order to restart it is put. */
export type BoardFiles = {
  readonly bootIdFile: string;
  readonly orderDir: string;
  /** The board starts anew: it has another name, and no order. */
  started(): Promise<void>;
  close(): void;
};

/** The file whose being there is the order, as the unit of the package has it. */
const ORDER = 'reboot';

/** Makes them below a directory. @param ordered called once for each order; it is taken away before */
export async function createBoardFiles(dir: string, ordered: () => void): Promise<BoardFiles> {
  const orderDir = join(dir, 'orders');
  const bootIdFile = join(dir, 'boot-id');
  const order = join(orderDir, ORDER);
  await mkdir(orderDir, { recursive: true });
  let looking: Promise<void> | undefined;
  const look = async () => {
    const isThere = await stat(order).then(
      () => true,
      () => false, // taken away already
    );
    if (!isThere) return;
    await rm(order, { force: true });
    ordered();
  };
  const watcher = watch(orderDir, () => {
    looking = (looking ?? Promise.resolve()).then(look);
  });
  const started = async () => {
    await rm(order, { force: true });
    await writeFile(bootIdFile, `${randomUUID()}\n`);
  };
  await started();
  return { bootIdFile, orderDir, started, close: () => watcher.close() };
}
