import { type Millis, SECOND_MS } from '@ewon-agent/contracts';
import type { Qmp } from './qmp.ts';

// QEMU 7.2 does not save the PCI configuration of its SD host controller: after a restore its interrupts come to nobody
// and no card is seen. So the kernel lets go of the controller before, and finds it anew after.
const SD_CONTROLLER = '/sys/bus/pci/devices/0000:00:1e.0';

/** What the board does before its state is saved. */
export const BEFORE_SAVE = `sync; echo 1 >${SD_CONTROLLER}/remove`;

/** What the board does when it goes on: it has not seen the time pass. */
export function afterRestore(): string {
  return `${setClock(Date.now())}; echo 1 >/sys/bus/pci/rescan`;
}

/** Sets the wall clock of the board. */
export function setClock(atMs: Millis): string {
  return `date -u -s @${(atMs / SECOND_MS).toFixed(3)}`;
}

/** Saves the memory and the devices of a running board, which stands still afterwards. */
export async function saveState(qmp: Qmp, file: string): Promise<void> {
  await qmp.execute('stop'); // flushes the disks as well
  await migrated(qmp, 'migrate', `exec:zstd -q -1 -f -o ${quoted(file)}`);
}

/** Gives a machine that has just been started what was saved; the machine waits for `cont`. */
export async function loadState(qmp: Qmp, file: string): Promise<void> {
  await migrated(qmp, 'migrate-incoming', `exec:zstd -q -dc ${quoted(file)}`);
}

async function migrated(qmp: Qmp, command: 'migrate' | 'migrate-incoming', uri: string): Promise<void> {
  await qmp.execute('migrate-set-capabilities', { capabilities: [{ capability: 'events', state: true }] });
  const ended = qmp.next(
    ({ event, data }) => event === 'MIGRATION' && (data?.['status'] === 'completed' || data?.['status'] === 'failed'),
  );
  const [{ data }] = await Promise.all([ended, qmp.execute(command, { uri })]);
  if (data?.['status'] === 'failed') throw new Error(`${command} failed: ${uri}`);
}

function quoted(file: string): string {
  return `'${file.replaceAll("'", `'\\''`)}'`;
}
