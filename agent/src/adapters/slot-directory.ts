import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { type ClockPort, err, ok, type Result, SECOND_MS, type SlotId, type SlotPort } from '@ewon-agent/contracts';
import { cardNameOf } from '@ewon-agent/sdcard-tools/core/easy-commissioning';
import { type Mount, readMounts } from '@ewon-agent/sdcard-tools/core/mount-tables';
import { markCardDirectory } from '@ewon-agent/sdcard-tools/volume/mark-directory';
import { readCardDirectory, readDirectoryPiece } from '@ewon-agent/sdcard-tools/volume/read-directory';
import {
  type DirectoryLook,
  type DirectoryStay,
  lookedAgain,
  markedAgain,
  NEVER_LOOKED,
} from '../core/directory-stay.ts';
import { missingOptions, mountAt, mountName } from '../core/mount-table.ts';
import { changesBetween, type Stays } from '../core/slot-changes.ts';
import { contentOf } from './card-directory.ts';
import { asCardFault } from './card-fault.ts';
import { createLanes } from './lanes.ts';
import { plugOf } from './sysfs-files.ts';
import { inodeOf, watchDirectories } from './watch-directories.ts';

/** Where the kernel tells what is mounted, and what is plugged in. */
export type MountPlaces = { readonly mountinfo: string; readonly sys: string };

export const MOUNT_PLACES: MountPlaces = { mountinfo: '/proc/self/mountinfo', sys: '/sys' };

/** No watch tells of a mount. Reading the table takes some 50 µs; the files of the card are looked at with every fifth round only. */
const PATROL_EVERY_MS = SECOND_MS;
const FILES_EVERY_ROUNDS = 5;
/** Files that are being written are looked at again so long after. */
const SETTLE_MS = 100;
const READ_MS = 1900;
const MARK_MS = 15 * SECOND_MS;
/** Asking these for anything may take as long as a server likes; they are looked at by the rounds only, and never waited for in place. */
const REMOTE = /^(fuse|nfs|cifs|smb|9p|ceph)/;

/**
 * Slots that are directories; see core/directory-stay.ts for what counts as a card. A file system that is mounted there with fewer
 * options than a foreign medium must have is not read: CARD_MOUNT_UNSAFE.
 * @param directories slot → absolute path without links in it, as it stands in the mount table
 */
export function createDirectorySlots(
  directories: ReadonlyMap<SlotId, string>,
  clock: Pick<ClockPort, 'after'>,
  places: MountPlaces = MOUNT_PLACES,
): SlotPort {
  const lanes = createLanes(clock);
  const stays = new Map<SlotId, DirectoryStay>();
  const turns = new Map<SlotId, Promise<unknown>>();

  const mountOf = (dir: string): Mount | undefined => mountAt(readMounts(readFileSync(places.mountinfo, 'utf8')), dir);
  const nameOf = (mount: Mount | undefined) => mount && mountName(mount, plugOf(places.sys, mount.number));

  /** A card that was pulled stays mounted until somebody unmounts it, and answers EIO. */
  const isPulled = ({ number }: Mount) => !number.startsWith('0:') && plugOf(places.sys, number) === '';

  /** One after another: a look must not see a card that is half marked. */
  function inTurn<T>(slot: SlotId, work: () => Promise<T>): Promise<T> {
    const done = (turns.get(slot) ?? Promise.resolve()).then(work);
    turns.set(slot, done);
    return done;
  }

  async function look(slot: SlotId, dir: string): Promise<DirectoryLook> {
    const mount = nameOf(mountOf(dir));
    const content = await lanes.run({ slot, timeMs: READ_MS, late: 'CARD_UNREADABLE', work: () => contentOf(dir) });
    const after = mountOf(dir);
    if (nameOf(after) !== mount) return look(slot, dir); // what was looked at may be the one or the other
    if (after && isPulled(after)) return { mount: undefined, content: '' };
    return { mount, content: content.ok ? content.value : undefined };
  }

  async function lookAgain(slot: SlotId, dir: string): Promise<DirectoryStay> {
    const stay = lookedAgain(stays.get(slot) ?? NEVER_LOOKED, await look(slot, dir));
    stays.set(slot, stay);
    return stay;
  }

  /** The directory of an insertion that is still in, and may be used. */
  async function usable(slot: SlotId, insertion: string): Promise<Result<{ dir: string; mount: Mount | undefined }>> {
    const dir = directories.get(slot);
    if (dir === undefined) return err('CARD_GONE', `slot ${slot}`);
    const { present } = await lookAgain(slot, dir);
    if (present?.insertion !== insertion) return err('CARD_GONE', `slot ${slot}`);
    const mount = mountOf(dir);
    const missing = mount ? missingOptions(mount) : [];
    return missing.length > 0 ? err('CARD_MOUNT_UNSAFE', `${dir} without ${missing.join()}`) : ok({ dir, mount });
  }

  /** What came of reading it counts only if the same card is still in afterwards. */
  async function whileUsable<T>(
    slot: SlotId,
    insertion: string,
    read: (dir: string) => Promise<Result<T>>,
  ): Promise<Result<T>> {
    const before = await inTurn(slot, () => usable(slot, insertion));
    if (!before.ok) return before;
    const work = () => read(before.value.dir);
    const result = await lanes.run({ slot, timeMs: READ_MS, late: 'CARD_UNREADABLE', work });
    const after = await inTurn(slot, () => usable(slot, insertion));
    return after.ok ? asCardFault(result, 'CARD_UNREADABLE') : after;
  }

  return {
    slots: [...directories.keys()],

    async watch(report) {
      let present: Stays = new Map();
      let stopped = false;
      const unsettled = new Map<SlotId, () => void>();
      const lookAt = (slot: SlotId, dir: string) =>
        inTurn(slot, async () => {
          const { present: found, coming } = await lookAgain(slot, dir);
          if (stopped) return;
          unsettled.get(slot)?.();
          if (coming !== undefined)
            unsettled.set(
              slot,
              clock.after(SETTLE_MS, () => void lookAt(slot, dir)),
            );
          const others = [...present].filter(([other]) => other !== slot);
          const now: Stays = new Map(found ? [...others, [slot, found.insertion]] : others);
          const changes = changesBetween(present, now);
          present = now;
          for (const change of changes) report(change);
        });
      const lookAtAll = () => Promise.all([...directories].map(([slot, dir]) => lookAt(slot, dir)));
      await lookAtAll();
      const watched = [...directories.values()].flatMap((dir) => [
        {
          dir,
          matters: (name: string) => cardNameOf(name) !== undefined || name === basename(dir),
          version: () => versionOf(dir),
        },
        {
          dir: dirname(dir),
          matters: (name: string) => name === basename(dir),
          version: () => inodeOf(dirname(dir)),
        },
      ]);
      let [rounds, mounts] = [0, ''];
      const wake = (why: 'told' | 'round') => {
        const last = mounts;
        mounts = [...directories.values()].map((dir) => nameOf(mountOf(dir))).join();
        if (why === 'round') rounds += 1;
        if (why === 'told' || mounts !== last || rounds % FILES_EVERY_ROUNDS === 0) void lookAtAll();
      };
      const watching = watchDirectories(watched, { clock, everyMs: PATROL_EVERY_MS, wake });
      return {
        async stop() {
          stopped = true;
          watching.stop();
          for (const cancel of unsettled.values()) cancel();
        },
      };
    },

    read: (slot, insertion) => whileUsable(slot, insertion, readCardDirectory),

    piece: (slot, insertion, part) => whileUsable(slot, insertion, (dir) => readDirectoryPiece(dir, part)),

    mark: (slot, insertion, mark) =>
      inTurn(slot, async () => {
        const before = await usable(slot, insertion);
        if (!before.ok) return before;
        const { dir, mount } = before.value;
        if (mount?.options.has('ro')) return err('CARD_UNWRITABLE', 'mounted read-only');
        const work = () => markCardDirectory(dir, mark);
        const result = await lanes.run({ slot, timeMs: MARK_MS, late: 'CARD_UNWRITABLE', work });
        stays.set(slot, markedAgain(stays.get(slot) ?? NEVER_LOOKED, await look(slot, dir)));
        return asCardFault(result, 'CARD_UNWRITABLE');
      }),
  };

  /** A watch goes blind when something is mounted over what it watches, or unmounted. */
  function versionOf(dir: string): string | undefined {
    const mount = mountOf(dir);
    if (mount && REMOTE.test(mount.type)) return undefined;
    return mount ? nameOf(mount) : inodeOf(dir);
  }
}
