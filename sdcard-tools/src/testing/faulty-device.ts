import { err } from '@ewon-agent/contracts';
import type { BlockDevice } from '../volume/block-device.ts';

/** What is wrong with a medium. */
export type DeviceFaults = {
  /** 512-byte sectors that answer with EIO, as worn flash does. */
  readonly badSectors?: readonly number[];
  /** From this read on nothing is answered any more, as a reader with a loose contact does. */
  readonly silentAfterReads?: number;
  /** From this read on the medium is gone. */
  readonly goneAfterReads?: number;
  /** From this write on the medium answers with EIO. */
  readonly unwritableAfterWrites?: number;
};

/** What was asked of a medium: numbers of 512-byte sectors, in order. */
export type Asked = { readonly read: number[]; readonly written: number[] };

/** A medium with faults that remembers what it was asked. */
export function faultyDevice(device: BlockDevice, faults: DeviceFaults = {}): BlockDevice & { readonly asked: Asked } {
  const asked: Asked = { read: [], written: [] };
  let reads = 0;
  let writes = 0;
  return {
    ...device,
    asked,
    async read(offset, length) {
      const sectors = Array.from({ length: length / 512 }, (_, i) => offset / 512 + i);
      asked.read.push(...sectors);
      reads += 1;
      if (reads > (faults.silentAfterReads ?? Number.POSITIVE_INFINITY)) return new Promise(() => {});
      if (reads > (faults.goneAfterReads ?? Number.POSITIVE_INFINITY)) return err('CARD_GONE', 'ENXIO');
      const bad = sectors.find((s) => faults.badSectors?.includes(s));
      return bad === undefined ? device.read(offset, length) : err('CARD_UNREADABLE', `EIO at byte ${bad * 512}`);
    },
    async write(offset, bytes) {
      writes += 1;
      if (writes > (faults.unwritableAfterWrites ?? Number.POSITIVE_INFINITY)) return err('CARD_UNWRITABLE', 'EIO');
      asked.written.push(...Array.from({ length: bytes.length / 512 }, (_, i) => offset / 512 + i));
      return device.write?.(offset, bytes) ?? err('CARD_UNWRITABLE', 'read-only');
    },
  };
}
