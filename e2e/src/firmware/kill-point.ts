import { firmwareInstallerOver } from '@ewon-agent/agent/adapters/firmware-installer';
import type { InstallerParts } from '@ewon-agent/agent/adapters/firmware-installer-run';
import type { PatchFile } from '@ewon-agent/contracts/suites/patch-installer-suite';
import { RESTART_PATH } from '@ewon-agent/firmware-bridge/core/web-requests';

// A process that is killed, as those see it who are outside of it: it does nothing more. Points are counted from 1: three for each thing that it
// does, before it, amid it (of files that are sent) and after it. Looks of one wait count as one.

type When = 'before' | 'amid' | 'after';

/** How many points there are in an installation that nothing disturbs. */
export async function countKillPoints(parts: InstallerParts, wanted: PatchFile): Promise<number> {
  const { dying, calls } = dyingAt(parts, Number.POSITIVE_INFINITY);
  await install(dying, wanted);
  return 3 * calls();
}

/** Installs, and is killed at a point. @returns whether it was, or had come to its end before */
export async function installKilledAt(
  parts: InstallerParts,
  wanted: PatchFile,
  at: number,
): Promise<'killed' | 'ended'> {
  const { dying, died } = dyingAt(parts, at);
  return Promise.race([install(dying, wanted).then(() => 'ended' as const), died.then(() => 'killed' as const)]);
}

function install(parts: InstallerParts, { patch, file }: PatchFile) {
  return firmwareInstallerOver(async () => parts).install(patch, file, () => {});
}

function dyingAt({ ewon, disk }: InstallerParts, at: number) {
  const death = Promise.withResolvers<void>();
  let calls = 0;
  let looking = false;
  const stop = (): Promise<never> => {
    death.resolve();
    return new Promise(() => {}); // it hears of nothing any more
  };
  /** Counts a call. @returns when it dies over it */
  const dies = (): When | undefined => {
    calls += 1;
    looking = false;
    return (['before', 'amid', 'after'] as const)[at - 3 * (calls - 1) - 1];
  };
  async function around<T>(act: () => Promise<T>, amid?: () => Promise<unknown>): Promise<T> {
    const when = dies();
    if (when === 'before') return stop();
    if (when === 'amid' && amid) await amid();
    if (when === 'amid') return stop();
    const done = await act();
    return when === 'after' ? stop() : done;
  }
  /** The disk answers at once: what is thrown is caught only where the call came in. */
  const die = (): never => {
    death.resolve();
    throw new Error('killed');
  };
  function aroundNow<T>(act: () => T): T {
    const when = dies();
    if (when === 'before' || when === 'amid') die();
    const done = act();
    if (when === 'after') die();
    return done;
  }
  const { files, web } = ewon;
  const dying: InstallerParts = {
    ewon: {
      ...ewon,
      web: {
        ask(question) {
          if (looking && question.path !== RESTART_PATH) return web.ask(question);
          const asked = around(() => web.ask(question));
          looking = true;
          return asked;
        },
      },
      files: {
        read: (name, options) => around(() => files.read(name, options)),
        size: (name, options) => around(() => files.size(name, options)),
        rename: (name, to, options) => around(() => files.rename(name, to, options)),
        remove: (name, options) => around(() => files.remove(name, options)),
        write: (name, pieces, options) =>
          around(
            () => files.write(name, pieces, options),
            () => files.write(name, firstOf(pieces), options),
          ),
      },
    },
    disk: {
      journal: () => aroundNow(() => disk.journal()),
      save: (text) => aroundNow(() => disk.save(text)),
      forget: () => aroundNow(() => disk.forget()),
      keepBackup: (path, kept) => aroundNow(() => disk.keepBackup(path, kept)),
      backedUp: (backup, file) => aroundNow(() => disk.backedUp(backup, file)),
    },
  };
  return { dying, died: death.promise, calls: () => calls };
}

/** The connection breaks after the first piece, as when its process is gone. */
async function* firstOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    yield piece;
    break;
  }
  throw new Error('killed');
}
