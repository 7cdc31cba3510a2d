import { type CardFiles, err, type Result } from '@ewon-agent/contracts';
import type { BlockDevice } from '@ewon-agent/sdcard-tools/volume/block-device';
import { memoryDevice } from '@ewon-agent/sdcard-tools/volume/block-device-memory';
import { readCard } from '@ewon-agent/sdcard-tools/volume/read-card';
import type { ScenarioCard } from './card.ts';

type Pull = { readonly atRead: number; readonly pull: () => void };

/** The media of a simulated board: images that are read as the agent reads them, with what is wrong with them. */
export function createSimMedia() {
  const known = new Map<Uint8Array, ScenarioCard>();
  const pulls = new Map<Uint8Array, Pull>();
  let badSector: number | undefined;

  const deviceOf = (image: Uint8Array): BlockDevice => {
    const device = memoryDevice(image);
    const pull = pulls.get(image);
    let reads = 0;
    return {
      ...device,
      sizeBytes: known.get(image)?.sizeBytes ?? image.length,
      async read(offset, length) {
        reads += 1;
        if (reads === pull?.atRead) pull.pull();
        if (pull && reads >= pull.atRead) return err('CARD_GONE', 'ENXIO');
        const isBad = badSector !== undefined && badSector * 512 >= offset && badSector * 512 < offset + length;
        return isBad ? err('CARD_UNREADABLE', `EIO at sector ${badSector}`) : device.read(offset, length);
      },
    };
  };
  return {
    know(card: ScenarioCard): void {
      known.set(card.image, card);
    },
    pullAtRead({ image }: ScenarioCard, pull: Pull): void {
      pulls.set(image, pull);
    },
    breakSector(sector: number): void {
      badSector = sector;
    },
    read(image: Uint8Array): Promise<Result<CardFiles>> {
      const device = deviceOf(image);
      pulls.delete(image); // once: the next time the card is put in, it may stay
      return readCard(device);
    },
  };
}
