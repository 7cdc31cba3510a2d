import { type FileHandle, open } from 'node:fs/promises';
import { SECOND_MS } from '@ewon-agent/contracts';
import { NBD_ERRORS, type NbdRequest } from '../core/nbd-messages.ts';
import type { MediumRead, StickOptions, UsbSlotControl } from './controls.ts';

const SECTOR_BYTES = 512;
/** Five seconds before the kernel loses its patience. */
const SILENCE_MAX_MS = 25 * SECOND_MS;

/** What answers a request: an error of NBD, and what was read. */
export type MediumAnswer = { readonly error: number; readonly data?: Uint8Array };

/** A card or stick: an image file behind faults. */
export type Medium = {
  readonly imagePath: string;
  readonly sizeBytes: number;
  readonly readOnly: boolean;
  readonly reads: readonly MediumRead[];
  answer(request: NbdRequest): Promise<MediumAnswer>;
  /**
   * What is read meanwhile is read by QEMU, which guesses the shape of a disk from its first sector and waits for that
   * with the whole board: it is neither counted nor faulty.
   */
  whilePlugging(plug: () => Promise<void>): Promise<void>;
  stall(): void;
  resume(): void;
  /** Fails what waits for an answer, now and later, as a medium that is not there; the file is closed. */
  close(): Promise<void>;
};

export type MediumHooks = {
  /**
   * An SD card's size is a power of two; what the image lacks reads as zeros and cannot be written. QEMU waits for it
   * with everything else, and makes up what it is not told, so it is always answered.
   */
  readonly kind: 'sd' | 'usb';
  /** Is called once, at the read at which the medium is pulled out (see {@link CardOptions.pullAfterReads}). */
  pulled(): void;
};

/** Opens an image as a medium; rejects when there is none. Written through to the file unless it is read-only. */
export async function openMedium(imagePath: string, options: StickOptions, hooks: MediumHooks): Promise<Medium> {
  const { readOnly = false, badSectors = [], stallAtSector, pullAfterReads } = options;
  const file = await open(imagePath, readOnly ? 'r' : 'r+');
  const { size } = await file.stat();
  const reads: MediumRead[] = [];
  const gate = createGate();
  let stallAt = stallAtSector;
  let closed = false;
  let plugging = false;

  const answer = async (request: NbdRequest): Promise<MediumAnswer> => {
    if (plugging) return served(file, size, request);
    const { command, offsetBytes, lengthBytes } = request;
    const touches = (sector: number) =>
      sector * SECTOR_BYTES < offsetBytes + lengthBytes && (sector + 1) * SECTOR_BYTES > offsetBytes;
    if (command === 'read') {
      if (pullAfterReads !== undefined && reads.length === pullAfterReads) {
        if (hooks.kind === 'usb') gate.shut(); // the hand is quicker than the answer
        hooks.pulled();
      }
      reads.push({ offsetBytes, lengthBytes, atMs: Date.now() });
      if (stallAt !== undefined && touches(stallAt)) {
        stallAt = undefined; // once: after resume() it is a medium like any other
        gate.shut();
      }
    }
    const passed = await gate.passed();
    if (!passed || closed || badSectors.some(touches)) return { error: NBD_ERRORS.io };
    return served(file, size, request);
  };
  return {
    imagePath,
    sizeBytes: sizeOf(size, hooks.kind),
    readOnly,
    reads,
    answer,
    async whilePlugging(plug) {
      plugging = true;
      try {
        await plug();
      } finally {
        plugging = false;
      }
    },
    stall: gate.shut,
    resume: gate.open,
    async close() {
      closed = true;
      gate.open();
      await file.close();
    },
  };
}

async function served(file: FileHandle, imageBytes: number, request: NbdRequest): Promise<MediumAnswer> {
  const { command, offsetBytes, lengthBytes, data } = request;
  try {
    if (command === 'read') {
      const read = Buffer.alloc(lengthBytes); // what is beyond the image stays zero
      await file.read(read, 0, lengthBytes, offsetBytes);
      return { error: NBD_ERRORS.none, data: read };
    }
    if (command === 'write') {
      if (offsetBytes + lengthBytes > imageBytes) return { error: NBD_ERRORS.io };
      await file.write(data, 0, lengthBytes, offsetBytes);
    }
    if (command === 'flush') await file.datasync();
    return { error: NBD_ERRORS.none };
  } catch {
    return { error: NBD_ERRORS.io }; // of this machine's file: the board sees a medium that fails, which is true
  }
}

function sizeOf(imageBytes: number, kind: MediumHooks['kind']): number {
  const sectors = Math.max(1, Math.ceil(imageBytes / SECTOR_BYTES));
  return SECTOR_BYTES * (kind === 'sd' ? 2 ** Math.ceil(Math.log2(sectors)) : sectors);
}

/** Where requests wait while the medium does not answer; not for ever, see {@link UsbSlotControl.stall}. */
function createGate() {
  let opened = Promise.withResolvers<true>();
  let isOpen = true;
  const limited = (waited: Promise<true>) =>
    new Promise<boolean>((resolve) => {
      const late = setTimeout(() => resolve(false), SILENCE_MAX_MS);
      void waited.then(() => {
        clearTimeout(late);
        resolve(true);
      });
    });
  return {
    /** Whether the request may be answered with what it asks for. */
    passed: async (): Promise<boolean> => isOpen || limited(opened.promise),
    shut() {
      if (isOpen) opened = Promise.withResolvers();
      isOpen = false;
    },
    open() {
      isOpen = true;
      opened.resolve(true);
    },
  };
}
