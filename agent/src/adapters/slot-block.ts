import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import {
  type ClockPort,
  err,
  type Millis,
  ok,
  type Result,
  SECOND_MS,
  type SlotId,
  type SlotPort,
} from '@ewon-agent/contracts';
import { isAtPlace } from '../core/hardware-path.ts';
import { changesBetween, type Stays } from '../core/slot-changes.ts';
import { type Bays, type Disk, EMPTY_BAYS, findMedia, findRefused, type SlotPaths } from '../core/slot-media.ts';
import { markMedium, readMedium, readMediumPiece } from './block-medium.ts';
import { createLanes } from './lanes.ts';
import { createSysfs } from './sysfs.ts';
import { wakeOnUsb } from './wake-usb.ts';
import { inodeOf, watchDirectories } from './watch-directories.ts';

/** Where the kernel and udev show what they know, and what else tells of a plug. */
export type DevicePlaces = {
  readonly sys: string;
  readonly dev: string;
  readonly udev: string;
  /** Asked where a slot is on USB; see {@link wakeOnUsb}. */
  readonly alsoWake?: typeof wakeOnUsb;
};

export const DEVICE_PLACES: DevicePlaces = {
  sys: '/sys',
  dev: '/dev',
  udev: '/run/udev/data',
  alsoWake: wakeOnUsb,
};

/** The floor under all that wakes us up: what was missed is seen at the next round. */
const PATROL_EVERY_MS = SECOND_MS;
/** A reader is asked again so long after a change of medium; the kernel knows the new size within some 10 ms. */
const SETTLE_MS = 100;
/**
 * The kernel shows a disk before udev has looked at it and given us the rights, which on a busy board takes seconds.
 * AUG-0062 §4: a card is noticed within five seconds at most, so what cannot be opened by then is told all the same.
 */
const RIGHTS_MS = 4 * SECOND_MS;
/** SlotPort: an answer within two seconds. */
const READ_MS = 1900;
/** Writing may search the whole table of a full card of 128 GB: 16 MiB, at 2 MB/s. */
const MARK_MS = 15 * SECOND_MS;
/** Others in /dev are written to all the time, such as terminals. */
const DISK_NAMES = /^(sd|mmcblk|nvme|vd|xvd|hd)/;

/**
 * Slots that are connectors of the board, with the disk that is plugged in as the medium; see {@link findMedia}. Only what is at a
 * configured place is ever looked at. A medium that the kernel calls read-only is CARD_UNWRITABLE.
 * @param paths slot → its place; see {@link placesOf}
 */
export function createBlockSlots(
  paths: SlotPaths,
  clock: Pick<ClockPort, 'after' | 'monotonic'>,
  places: DevicePlaces = DEVICE_PLACES,
): SlotPort {
  const sysfs = createSysfs(places.sys, places.udev);
  const lanes = createLanes(clock);
  const isOurs = (device: readonly string[]) => [...paths.values()].some((path) => isAtPlace(device, path));
  let bays: Bays = EMPTY_BAYS;

  function look() {
    const usb = sysfs.usbDevices(isOurs);
    bays = findMedia(paths, { disks: sysfs.disks(isOurs), usb }, bays);
    const stays: Stays = new Map([...bays.media].map(([slot, { insertion }]) => [slot, insertion]));
    return { stays, refused: findRefused(paths, usb) };
  }

  function diskOf(slot: SlotId, insertion: string): Result<Disk> {
    look();
    const medium = bays.media.get(slot);
    return medium?.insertion === insertion ? ok(medium.disk) : err('CARD_GONE', `slot ${slot}`);
  }

  /** Works on the disk of an insertion; what came of it counts only if it is still the same one afterwards. */
  function onDisk<T>(slot: SlotId, insertion: string, work: (disk: Disk) => Promise<Result<T>>): Promise<Result<T>> {
    const before = diskOf(slot, insertion);
    if (!before.ok) return Promise.resolve(before);
    return work(before.value).then((result) => {
      const after = diskOf(slot, insertion);
      return after.ok ? result : after;
    });
  }

  return {
    slots: [...paths.keys()],

    async watch(report) {
      let present: Stays = new Map();
      let told: ReadonlySet<string> = new Set();
      let settle = () => {};
      let firstSeen: ReadonlyMap<string, Millis> = new Map();
      let toldEarly: ReadonlySet<string> = new Set();
      const isOpen = (slot: SlotId) => mayRead(join(places.dev, bays.media.get(slot)?.disk.name ?? ''));
      /** A card is in when it can be opened: read before that, it would be refused. */
      const isReady = (slot: SlotId, insertion: string, nowMs: Millis) => {
        if (present.get(slot) !== insertion)
          return isOpen(slot) || nowMs - (firstSeen.get(insertion) ?? nowMs) >= RIGHTS_MS;
        return !toldEarly.has(insertion) || !isOpen(slot); // what was told without rights and has them now goes in anew
      };
      let isStopped = false;
      const tell = () => {
        if (isStopped) return;
        const nowMs = clock.monotonic();
        const { stays: all, refused } = look();
        firstSeen = new Map([...all.values()].map((insertion) => [insertion, firstSeen.get(insertion) ?? nowMs]));
        const stays: Stays = new Map([...all].filter(([slot, insertion]) => isReady(slot, insertion, nowMs)));
        const anew = [...all].filter(([slot, insertion]) => present.get(slot) === insertion && !stays.has(slot));
        bays = { ...bays, media: new Map([...bays.media].filter(([slot]) => !anew.some(([late]) => late === slot))) };
        toldEarly = new Set([...stays].filter(([slot]) => !isOpen(slot)).map(([, insertion]) => insertion));
        const changes = changesBetween(present, stays);
        const news = refused.filter(({ stay }) => !told.has(stay));
        present = stays;
        told = new Set(refused.map(({ stay }) => stay));
        for (const change of changes) report(change);
        for (const { slot, device } of news) report({ on: 'DeviceRefused', slot, device });
        settle();
        const isUnsettled = bays.isUnsettled || stays.size < all.size;
        settle = isUnsettled ? clock.after(SETTLE_MS, tell) : () => {};
      };
      tell();
      const watched = [
        { dir: places.dev, matters: (name: string) => DISK_NAMES.test(name), version: () => inodeOf(places.dev) },
        { dir: places.udev, matters: () => true, version: () => inodeOf(places.udev) },
      ];
      const watching = watchDirectories(watched, { clock, everyMs: PATROL_EVERY_MS, wake: tell });
      const isOnUsb = [...paths.values()].some((path) => path.includes('-usb-'));
      const alsoWaking = isOnUsb ? places.alsoWake?.(places.sys, tell) : undefined;
      return {
        async stop() {
          isStopped = true;
          settle();
          watching.stop();
          await (await alsoWaking)?.();
        },
      };
    },

    read(slot, insertion) {
      const work = (signal: AbortSignal) =>
        onDisk(slot, insertion, ({ name }) => readMedium(join(places.dev, name), { clock, signal, timeMs: READ_MS }));
      return lanes.run({ slot, timeMs: READ_MS, late: 'CARD_UNREADABLE', work });
    },

    piece(slot, insertion, part) {
      const work = (signal: AbortSignal) =>
        onDisk(slot, insertion, ({ name }) =>
          readMediumPiece(join(places.dev, name), part, { clock, signal, timeMs: READ_MS }),
        );
      return lanes.run({ slot, timeMs: READ_MS, late: 'CARD_UNREADABLE', work });
    },

    mark(slot, insertion, mark) {
      const work = (signal: AbortSignal) =>
        onDisk(slot, insertion, async ({ name, isReadOnly }) =>
          isReadOnly ? err('CARD_UNWRITABLE', 'write-protected') : markMedium(join(places.dev, name), mark, { signal }),
        );
      return lanes.run({ slot, timeMs: MARK_MS, late: 'CARD_UNWRITABLE', work });
    },
  };
}

/** Asks for the rights only: to open a disk asks the disk, which may not answer. */
function mayRead(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false; // without rights yet, or (without devtmpfs) without a file
  }
}
