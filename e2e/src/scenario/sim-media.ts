import { type CardFiles, type CardMark, err, ok, type Result } from '@ewon-agent/contracts';
import type { BlockDevice } from '@ewon-agent/sdcard-tools/volume/block-device';
import { memoryDevice } from '@ewon-agent/sdcard-tools/volume/block-device-memory';
import { markCard } from '@ewon-agent/sdcard-tools/volume/mark-card';
import { readCard } from '@ewon-agent/sdcard-tools/volume/read-card';
import type { ScenarioCard } from './card.ts';

type Pull = { readonly atRead: number; readonly pull: () => void };

/** The media of a simulated board: images that are read as the agent reads them, with what is wrong with them. */
export function createSimMedia() {
  const known = new Map<Uint8Array, ScenarioCard>();
  const pulls = new Map<Uint8Array, Pull>();

  const deviceOf = (image: Uint8Array): BlockDevice => {
    const device = memoryDevice(image);
    const { sizeBytes = image.length, badSectors = [], stallsAtSector } = known.get(image) ?? {};
    const pull = pulls.get(image);
    let reads = 0;
    return {
      ...device,
      sizeBytes,
      async read(offset, length) {
        reads += 1;
        if (reads === pull?.atRead) pull.pull();
        if (pull && reads >= pull.atRead) return err('CARD_GONE', 'ENXIO');
        const isIn = (sector: number) => sector * 512 >= offset && sector * 512 < offset + length;
        if (stallsAtSector !== undefined && isIn(stallsAtSector)) return new Promise(() => {});
        const bad = badSectors.find(isIn);
        return bad === undefined ? device.read(offset, length) : err('CARD_UNREADABLE', `EIO at sector ${bad}`);
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
    read(image: Uint8Array): Promise<Result<CardFiles>> {
      const device = deviceOf(image);
      pulls.delete(image); // once: the next time the card is put in, it may stay
      return readCard(device);
    },
    /** Writes in place: the card of the scenario is the one that was in the slot. */
    async mark(image: Uint8Array, mark: CardMark): Promise<Result<Uint8Array>> {
      const marked = await markCard(deviceOf(image), mark);
      return marked.ok ? ok(image) : marked;
    },
  };
}
