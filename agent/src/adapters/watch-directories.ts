import { type FSWatcher, statSync, watch } from 'node:fs';
import type { ClockPort, Millis } from '@ewon-agent/contracts';

/** A directory whose changes wake us up. */
export type Watched = {
  readonly dir: string;
  /** Tells whether a change at this name in it matters; its own name stands for the directory itself. */
  readonly matters: (name: string) => boolean;
  /** Changes when another directory took its place, which a watch does not notice; undefined while there is nothing to watch. */
  readonly version: () => string | undefined;
};

/**
 * Calls `wake` soon after something changed in one of the directories, and every `everyMs` in any case: what inotify cannot see (a
 * directory that comes later, is mounted over, or no watch left to be had) is seen then. Many changes at once are one call.
 * Not chokidar: it looks at every entry of a directory first, which for the 200,000 of a hostile card cost 3.6 s of processor and 59 MB.
 */
export function watchDirectories(
  watched: readonly Watched[],
  {
    clock,
    everyMs,
    wake,
  }: {
    readonly clock: Pick<ClockPort, 'after'>;
    readonly everyMs: Millis;
    readonly wake: (why: 'told' | 'round') => void;
  },
): { stop(): void } {
  const watchers = new Map<Watched, { readonly watcher: FSWatcher; readonly version: string }>();
  let soon: (() => void) | undefined;

  const wakeSoon = () => {
    soon ??= clock.after(0, () => {
      soon = undefined;
      listen();
      wake('told');
    });
  };
  /** @returns whether another directory is watched than before */
  const listenAt = (one: Watched): boolean => {
    const version = one.version();
    const present = watchers.get(one);
    if (present?.version === version) return false;
    present?.watcher.close();
    watchers.delete(one);
    if (version === undefined) return true;
    try {
      const watcher = watch(one.dir, (_, name) => (name === null || one.matters(name)) && wakeSoon());
      watchers.set(one, { watcher, version });
      watcher.on('error', () => watchers.delete(one)); // the next round tries again
      return true;
    } catch {
      return false; // gone meanwhile, or no watch is left to be had: the next round tries again
    }
  };
  const listen = () => watched.map(listenAt).includes(true);
  const patrol = () => {
    rest = clock.after(everyMs, patrol);
    wake(listen() ? 'told' : 'round'); // what came before its watch is told by nobody
  };
  listen();
  let rest = clock.after(everyMs, patrol);
  return {
    stop() {
      rest();
      soon?.();
      for (const { watcher } of watchers.values()) watcher.close();
    },
  };
}

/** A {@link Watched.version} for directories on a local disk: asking must not take long. */
export function inodeOf(dir: string): string | undefined {
  return statSync(dir, { throwIfNoEntry: false })?.ino.toString();
}
