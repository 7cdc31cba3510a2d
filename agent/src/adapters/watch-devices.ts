import { type FSWatcher, statSync, watch } from 'node:fs';
import type { ClockPort, Millis } from '@ewon-agent/contracts';

/** A directory whose changes wake us up, and the names in it that matter. */
export type Watched = { readonly dir: string; readonly names: RegExp };

/**
 * Calls `wake` soon after something changed in one of the directories, and every `everyMs` in any case. A directory that is not there
 * is tried again each time. Many changes at once are one call.
 */
export function watchDevices(
  watched: readonly Watched[],
  {
    clock,
    everyMs,
    wake,
  }: { readonly clock: Pick<ClockPort, 'after'>; readonly everyMs: Millis; readonly wake: () => void },
): { stop(): void } {
  const watchers = new Map<Watched, { readonly watcher: FSWatcher; readonly inode: number | undefined }>();
  let soon: (() => void) | undefined;

  const wakeSoon = () => {
    soon ??= clock.after(0, () => {
      soon = undefined;
      wake();
    });
  };
  const listen = (one: Watched) => {
    const inode = statSync(one.dir, { throwIfNoEntry: false })?.ino;
    const present = watchers.get(one);
    if (present && present.inode === inode) return;
    present?.watcher.close(); // a directory that was made anew is not the one that is watched
    watchers.delete(one);
    if (inode === undefined) return; // a board without udev, or too early
    try {
      const watcher = watch(one.dir, (_, name) => name !== null && one.names.test(name) && wakeSoon());
      watchers.set(one, { watcher, inode });
      watcher.on('error', () => watchers.delete(one)); // the patrol goes on, and tries again
    } catch {
      // gone again, or no watch is left to be had: the patrol sees what happens, and tries again
    }
  };
  const patrol = () => {
    rest = clock.after(everyMs, patrol);
    for (const one of watched) listen(one);
    wake();
  };
  for (const one of watched) listen(one);
  let rest = clock.after(everyMs, patrol);
  return {
    stop() {
      rest();
      soon?.();
      for (const { watcher } of watchers.values()) watcher.close();
    },
  };
}
