import { watch } from 'node:fs';
import { lstat, mkdir, readlink, rename, symlink, unlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { BoardEvent } from '../core/board-event.ts';
import { PROCESS_SLOTS, type ProcessSlot } from '../core/control-command.ts';

/** Slots as files: a card in slot sd0 is `sd0.img`, a link to its image, as udev links a block device. */
export type SlotFiles = {
  /** Puts the card in at once (link and rename), in place of one that is in already. */
  insert(slot: ProcessSlot, image: string): Promise<void>;
  /** Pulls the card; nothing happens when there is none. */
  remove(slot: ProcessSlot): Promise<void>;
  close(): void;
};

/** Makes the slot directory and tells what is put in and taken out, also by hand with `mv` and `rm`. */
export async function createSlotFiles(dir: string, tell: (event: BoardEvent) => void): Promise<SlotFiles> {
  await mkdir(dir, { recursive: true });
  const fileOf = (slot: ProcessSlot) => join(dir, `${slot}.img`);
  const present = new Map<ProcessSlot, string>();
  const look = async (slot: ProcessSlot) => {
    const card = await cardAt(fileOf(slot));
    if (card?.stay === present.get(slot)) return;
    if (present.delete(slot)) tell({ on: 'slot', slot, card: 'out' });
    if (!card) return;
    present.set(slot, card.stay);
    tell({ on: 'slot', slot, card: 'in', image: card.image });
  };
  let looking = Promise.resolve(); // one look after the other, or two would tell the same card
  const lookAgain = (slot: ProcessSlot) => {
    looking = looking.then(() => look(slot));
    return looking;
  };
  const watcher = watch(dir, (_, name) => {
    const slot = PROCESS_SLOTS.find((known) => `${known}.img` === name);
    if (slot) void lookAgain(slot);
  });
  for (const slot of PROCESS_SLOTS) await lookAgain(slot);
  return {
    async insert(slot, image) {
      const coming = join(dir, `.${slot}.coming`);
      await unlinkIfThere(coming);
      await symlink(resolve(image), coming);
      await rename(coming, fileOf(slot));
      await lookAgain(slot);
    },
    async remove(slot) {
      await unlinkIfThere(fileOf(slot));
      await lookAgain(slot);
    },
    close: () => watcher.close(),
  };
}

/** The card that a slot file is: the image it leads to, and what is different with every stay. */
async function cardAt(file: string): Promise<{ readonly stay: string; readonly image: string } | undefined> {
  try {
    const { ino, ctimeNs } = await lstat(file, { bigint: true });
    const image = await readlink(file).catch(() => file); // an ordinary file is no link: it is the image itself
    return { stay: `${ino}/${ctimeNs}`, image };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

async function unlinkIfThere(path: string): Promise<void> {
  await unlink(path).catch((error) => {
    if (!isMissing(error)) throw error;
  });
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
