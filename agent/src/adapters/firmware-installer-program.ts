import { ok, type Result } from '@ewon-agent/contracts';
import type { InstallEvent } from '../core/firmware-install.ts';
import type { Job } from '../core/firmware-install-saved.ts';
import type { InstallDisk } from './firmware-installer-disk.ts';
import {
  type InstallEwon,
  notRestarted,
  readIfShown,
  removeFile,
  renameFile,
  restart,
  writeFile,
} from './firmware-installer-ewon.ts';
import { BESIDE } from './firmware-installer-image.ts';

// The Java program of an Ewon may order a watchdog and that it is started again, and both interrupt an installation. They are orders of the
// program while it runs; no key of a file names them, and nothing from outside takes them back. Without its start file the program does not begin at
// the next boot, and without it there are no orders (decision 0040).

/** Names the Java program that begins at the boot. */
export const START_FILE = '/usr/jvmrun';
/** Its name meanwhile. */
export const ASIDE = '/usr/jvmrun.aside';

/** Keeps the program from beginning, and restarts the Ewon without it; an Ewon that has none is not restarted. */
export async function pause(ewon: InstallEwon): Promise<InstallEvent> {
  const there = await filesThere(ewon);
  if (!there.ok) return { on: 'failed', fault: there.fault };
  const { start, aside } = there.value;
  if (!start && !aside) return { on: 'paused', program: 'none' };
  if (start) {
    const old = aside ? await removeFile(ewon, ASIDE) : ok(undefined);
    const moved = old.ok ? await renameFile(ewon, START_FILE, ASIDE) : old;
    if (!moved.ok) return { on: 'failed', fault: moved.fault };
  }
  const back = await restart(ewon);
  return back.ok ? { on: 'paused', program: 'aside' } : notRestarted(back.fault);
}

type Resuming = { readonly job: Job; readonly restart: 'needed' | 'no' };

/** Takes away what was ours, and lets the program begin again. */
export async function resume(
  { ewon, disk }: { readonly ewon: InstallEwon; readonly disk: InstallDisk },
  { job, restart: restarts }: Resuming,
): Promise<InstallEvent> {
  const removed = await removeFile(ewon, BESIDE);
  if (!removed.ok) return { on: 'failed', fault: removed.fault };
  const there = job.program === 'none' ? ok({ start: undefined, aside: undefined }) : await filesThere(ewon);
  if (!there.ok) return { on: 'failed', fault: there.fault };
  const put = await putBack({ ewon, disk }, job, there.value);
  if (!put.ok) return { on: 'failed', fault: put.fault };
  const begins = job.program === 'aside' || there.value.aside !== undefined;
  if (!begins && restarts === 'no') return { on: 'resumed' };
  const back = await restart(ewon);
  return back.ok ? { on: 'resumed' } : notRestarted(back.fault);
}

type There = { readonly start: Uint8Array | undefined; readonly aside: Uint8Array | undefined };

async function filesThere(ewon: InstallEwon): Promise<Result<There>> {
  const start = await readIfShown(ewon, START_FILE);
  if (!start.ok) return start;
  const aside = await readIfShown(ewon, ASIDE);
  return aside.ok ? ok({ start: start.value, aside: aside.value }) : aside;
}

async function putBack(
  { ewon, disk }: { readonly ewon: InstallEwon; readonly disk: InstallDisk },
  { program, backup }: Job,
  { start, aside }: There,
): Promise<Result<void>> {
  if (aside) return start ? removeFile(ewon, ASIDE) : renameFile(ewon, ASIDE, START_FILE); // one that somebody put there meanwhile counts
  if (start || program !== 'aside') return ok(undefined);
  const kept = disk.backedUp(backup, 'jvmrun'); // the Ewon has lost it
  if (!kept.ok) return kept;
  return kept.value ? writeFile(ewon, START_FILE, kept.value) : ok(undefined);
}
