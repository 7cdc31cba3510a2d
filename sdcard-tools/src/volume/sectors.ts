import { err, type Fault, ok, type Result } from '@ewon-agent/contracts';
import type { BlockDevice } from './block-device.ts';

// FatFs asks for sectors with a synchronous call; a medium answers later. So a run of FatFs is served from the sectors that are known
// already; the first unknown one is refused and remembered, fetched, and the run begins again. What a run writes stays in
// memory, until the run that lacked nothing is committed.

/** A volume on a device: where it begins, how far it may reach at the most, and the size of its sectors. */
export type Volume = {
  readonly device: BlockDevice;
  readonly startBytes: number;
  readonly sizeBytes: number;
  readonly sectorBytes: number;
};

/** How much one operation may ask of a medium. */
export type ReadBudget = {
  /** Bytes read from the medium in all; also what is kept of it in memory. */
  readonly bytes: number;
  /** Sectors that FatFs may ask for in one run, or the reader of exFAT in all, known ones included: ends circles in the file system. */
  readonly sectors: number;
};

/** The same with a limit of time, for a slot that must decide; see CARD_BUDGET. */
export type CardBudget = ReadBudget & { readonly timeMs: number };

/** Why a run could not go on. `missing` can be mended with {@link Sectors.fetch}. */
export type Lack =
  | { readonly on: 'missing'; readonly sector: number }
  | { readonly on: 'fault'; readonly fault: Fault };

export type Sectors = ReturnType<typeof sectorsOf>;

/** What one request takes from a medium at once: a page of the kernel's cache, so that neighbours cost nothing. */
const CHUNK_BYTES = 4096;
/** Each chunk that follows the one before is twice as long, up to this: a long directory would be run through once for every page. */
const CHUNK_MAX_BYTES = 64 * 1024;

/** Makes the sectors of a volume available to runs of FatFs. */
export function sectorsOf(volume: Volume, budget: ReadBudget) {
  const { device, startBytes, sizeBytes, sectorBytes } = volume;
  const count = Math.floor(sizeBytes / sectorBytes);
  const known = new Map<number, Uint8Array>();
  const bad = new Map<number, Fault>();
  let written = new Map<number, Uint8Array>();
  let lack: Lack | undefined;
  let asked = 0;
  let fetchedBytes = 0;
  let chunkBytes = CHUNK_BYTES;
  let next = -1;
  const fetched: { readonly offset: number; readonly bytes: Uint8Array }[] = [];

  const refuse = (why: Lack): undefined => {
    // a missing sector comes first: with it, the rest of the run may be another
    if (lack?.on !== 'missing') lack = why;
    return undefined;
  };
  const beyond = (sector: number): Lack => {
    return { on: 'fault', fault: err('CARD_DAMAGED', `sector ${sector} of ${count}`).fault };
  };

  const look = (sector: number): Uint8Array | Lack => {
    asked += 1;
    if (asked > budget.sectors) return { on: 'fault', fault: err('CARD_BUDGET', `${budget.sectors} sectors`).fault };
    const bytes = written.get(sector) ?? known.get(sector);
    if (bytes) return bytes;
    if (sector >= count) return beyond(sector);
    const fault = bad.get(sector);
    return fault ? { on: 'fault', fault } : { on: 'missing', sector };
  };

  const fetch = async (sector: number): Promise<Result<void>> => {
    const at = startBytes + sector * sectorBytes;
    const from = Math.max(at - (at % CHUNK_BYTES), startBytes);
    const first = Math.ceil((from - startBytes) / sectorBytes);
    chunkBytes = sector === next ? Math.min(chunkBytes * 2, CHUNK_MAX_BYTES) : CHUNK_BYTES;
    const last = Math.min(first + Math.max(Math.floor(chunkBytes / sectorBytes), 1), count);
    const chunk = { first, sectors: Math.max(last - first, 1) };
    next = first + chunk.sectors;
    for (const part of [chunk, { first: sector, sectors: 1 }]) {
      fetchedBytes += part.sectors * sectorBytes;
      if (fetchedBytes > budget.bytes) return err('CARD_BUDGET', `${budget.bytes} bytes`);
      const offset = startBytes + part.first * sectorBytes;
      const answer = await device.read(offset, part.sectors * sectorBytes);
      if (answer.ok) {
        fetched.push({ offset, bytes: answer.value });
        for (let i = 0; i < part.sectors; i++) {
          known.set(part.first + i, answer.value.subarray(i * sectorBytes, (i + 1) * sectorBytes));
        }
        return ok(undefined);
      }
      if (part.sectors === 1) bad.set(sector, answer.fault); // with a bad neighbour, the sector alone may still be good
    }
    return ok(undefined);
  };

  return {
    sectorBytes,
    count,
    /** Forgets what the last run wrote and lacked. */
    begin(): void {
      written = new Map();
      lack = undefined;
      asked = 0;
    },
    /** What the run met first that it could not have; a run may have coped without it. */
    lacked: (): Lack | undefined => lack,
    /** What the run wrote, in the order in which it did so last. */
    written: (): ReadonlyMap<number, Uint8Array> => written,
    /** What a sector held on the medium before the run wrote to it, when a run has asked for it. */
    before: (sector: number): Uint8Array | undefined => known.get(sector),

    read(sector: number): Uint8Array | undefined {
      const found = look(sector);
      return found instanceof Uint8Array ? found : refuse(found);
    },
    /** @returns false beyond the end of the medium */
    write(sector: number, bytes: Uint8Array): boolean {
      if (sector >= count) return refuse(beyond(sector)) ?? false;
      written.delete(sector); // so that a sector written again is last in order
      written.set(sector, bytes);
      return true;
    },

    /** Fetches a sector and its neighbours. A sector that cannot be read is remembered as bad. Codes: CARD_BUDGET. */
    fetch,
    /** Answers a sector, fetched where it is not known yet. Codes: CARD_BUDGET, CARD_DAMAGED (beyond the end), those of the device. */
    async get(sector: number): Promise<Result<Uint8Array>> {
      for (;;) {
        const found = look(sector);
        if (found instanceof Uint8Array) return ok(found);
        if (found.on === 'fault') return { ok: false, fault: found.fault };
        const answer = await fetch(found.sector);
        if (!answer.ok) return answer;
      }
    },

    /** Reads everything again and compares: an image that is replaced while it is read must not become a mixture. Codes: CARD_GONE. */
    async recheck(): Promise<Result<void>> {
      for (const { offset, bytes } of fetched) {
        const again = await device.read(offset, bytes.length);
        if (!again.ok) return again;
        if (Buffer.compare(bytes, again.value) !== 0) return err('CARD_GONE', 'its content changed while it was read');
      }
      return ok(undefined);
    },
  };
}
