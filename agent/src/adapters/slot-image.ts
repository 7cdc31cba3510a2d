import { lstat, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import {
  type CardMark,
  type ClockPort,
  err,
  type Result,
  SECOND_MS,
  type SlotChange,
  type SlotId,
  type SlotPort,
} from '@ewon-agent/contracts';
import type { BlockDevice } from '@ewon-agent/sdcard-tools/volume/block-device';
import { openBlockDevice } from '@ewon-agent/sdcard-tools/volume/block-device-file';
import { readCardPiece } from '@ewon-agent/sdcard-tools/volume/card-piece';
import { markCard } from '@ewon-agent/sdcard-tools/volume/mark-card';
import { readCard } from '@ewon-agent/sdcard-tools/volume/read-card';
import { watch } from 'chokidar';

/** AUG-0062 §4: a card is noticed within five seconds at most. */
const LOOK_EVERY_MS = 5 * SECOND_MS;

/**
 * Slots whose medium is an image file: the card is in while the file (or what a link leads to) is there. Used with
 * board-sim and wherever another program presents media as files. An insertion is named by inode, size and times,
 * so a file replaced in place is another one.
 * @param images slot → path of the image
 */
export function createImageSlots(images: ReadonlyMap<SlotId, string>, clock: Pick<ClockPort, 'after'>): SlotPort {
  const stays = createStays();
  let last: Promise<unknown> = Promise.resolve();
  /** One after another: a look must not see an image that is half marked. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work);
    last = done;
    return done;
  };
  /** What came of it counts only if the same image is still in afterwards. */
  async function whileIn<T>(
    slot: SlotId,
    insertion: string,
    work: (path: string) => Promise<Result<T>>,
  ): Promise<Result<T>> {
    const path = images.get(slot);
    if (!path || (await stays.at(path)) !== insertion) return err('CARD_GONE', `slot ${slot}`);
    const result = await work(path);
    return (await stays.at(path)) === insertion ? result : err('CARD_GONE', `slot ${slot}`);
  }

  return {
    slots: [...images.keys()],

    async watch(report) {
      const present = new Map<SlotId, string>();
      let stopped = false;
      const look = (slot: SlotId, path: string) =>
        inTurn(async () => {
          const insertion = await stays.at(path);
          if (!stopped)
            for (const change of changesOf(slot, present.get(slot), insertion)) report(note(present, change));
        });
      const byPath = new Map([...images].map(([slot, path]) => [resolve(path), slot]));
      const directories = [...new Set([...byPath.keys()].map((path) => dirname(path)))];
      // atomic would hold back a removal for 100 ms; links are followed by stat, not by the watcher
      const watcher = watch(directories, { depth: 0, ignoreInitial: true, atomic: false, followSymlinks: false });
      watcher.on('all', (_, path) => {
        const slot = byPath.get(resolve(path));
        if (slot) void look(slot, path);
      });
      watcher.on('error', () => {}); // what it cannot watch is looked at all the same
      await new Promise<void>((ready) => watcher.once('ready', ready));
      // a directory that was not there, or was made anew, is one that the watcher does not see
      const patrol = () => {
        for (const [path, slot] of byPath) void look(slot, path);
        rest = clock.after(LOOK_EVERY_MS, patrol);
      };
      let rest = clock.after(LOOK_EVERY_MS, patrol);
      for (const [path, slot] of byPath) await look(slot, path);
      return {
        async stop() {
          stopped = true;
          rest();
          await watcher.close();
        },
      };
    },

    read: (slot, insertion) => whileIn(slot, insertion, (path) => onImage(path, (device) => readCard(device))),

    piece: (slot, insertion, part) =>
      whileIn(slot, insertion, (path) => onImage(path, (device) => readCardPiece(device, part))),

    mark(slot, insertion, mark) {
      return inTurn(async () => {
        const path = images.get(slot);
        if (!path || (await stays.at(path)) !== insertion) return err('CARD_GONE', `slot ${slot}`);
        const result = await markImage(path, mark);
        await stays.goOn(path, insertion);
        return result;
      });
    },
  };
}

/** What an image is called after it was marked: its times are others then, and its stay goes on. */
function createStays() {
  const marked = new Map<string, string>();
  return {
    async at(path: string): Promise<string | undefined> {
      const now = await insertionAt(path);
      return now === undefined ? undefined : (marked.get(now) ?? now);
    },
    async goOn(path: string, insertion: string): Promise<void> {
      const now = await insertionAt(path);
      if (now !== undefined) marked.set(now, insertion);
    },
  };
}

async function markImage(path: string, mark: CardMark): Promise<Result<void>> {
  const device = await openBlockDevice(path, 'readWrite');
  if (!device.ok) return device.fault.code === 'TARGET_REFUSED' ? err('CARD_UNWRITABLE', device.fault.detail) : device;
  try {
    return await markCard(device.value, mark);
  } finally {
    await device.value.close();
  }
}

async function onImage<T>(path: string, work: (device: BlockDevice) => Promise<Result<T>>): Promise<Result<T>> {
  const device = await openBlockDevice(path, 'readOnly');
  if (!device.ok) return device;
  try {
    return await work(device.value);
  } finally {
    await device.value.close();
  }
}

/** Names the medium that is in now; undefined for none. The link counts too: the same image linked anew is another stay. */
async function insertionAt(path: string): Promise<string | undefined> {
  // not there, or a dangling link: no card
  const [link, image] = await Promise.all([lstat(path, { bigint: true }), stat(path, { bigint: true })]).catch(
    () => [],
  );
  if (!link || !image?.isFile()) return undefined;
  return [link.ino, link.ctimeNs, image.dev, image.ino, image.size, image.mtimeNs, image.ctimeNs].join('-');
}

function changesOf(slot: SlotId, before: string | undefined, now: string | undefined): readonly SlotChange[] {
  if (before === now) return [];
  const removed: SlotChange = { on: 'CardRemoved', slot };
  if (now === undefined) return [removed];
  const inserted: SlotChange = { on: 'CardInserted', slot, insertion: now };
  return before === undefined ? [inserted] : [removed, inserted];
}

function note(present: Map<SlotId, string>, change: SlotChange): SlotChange {
  if (change.on === 'CardInserted') present.set(change.slot, change.insertion);
  else present.delete(change.slot);
  return change;
}
