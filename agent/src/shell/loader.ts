import { err, type Fault, type Ports, type SlotId } from '@ewon-agent/contracts';
import type { AgentEvent } from '../core/agent.ts';
import type { LoadedFile } from '../core/card-files.ts';

/** A card, and the other files that were found on it, in their strict order. */
export type CardToLoad = { readonly slot: SlotId; readonly insertion: string; readonly names: readonly string[] };

/** Hands the other files of a card to the Ewon's firmware. */
export type Loader = {
  /**
   * Answers what became of each file, when the last one is through; undefined where there is nothing to hand over or no way to.
   * A file that is declined does not keep back those after it; a card that is pulled does.
   */
  load(card: CardToLoad): Promise<readonly LoadedFile[] | undefined>;
};

/** @param post gets `CardLoading` when a card's turn has come */
export function createLoader(
  { slots, firmware }: Pick<Ports, 'slots' | 'firmware'>,
  post: (event: AgentEvent) => void,
): Loader {
  let last: Promise<unknown> = Promise.resolve();

  async function loadOne({ slot, insertion }: CardToLoad, name: string): Promise<LoadedFile> {
    const piece = (offset: number, length: number) => slots.piece(slot, insertion, { name, offset, length });
    const start = await piece(0, 0);
    if (!start.ok) return { name, fault: start.fault };
    const taken = await firmware.take?.({
      name,
      sizeBytes: start.value.sizeBytes,
      async piece(offset, length) {
        const part = await piece(offset, length);
        if (!part.ok) return part;
        // a file that is written to while it is handed over would arrive as a mixture of two
        return part.value.sizeBytes === start.value.sizeBytes
          ? { ok: true, value: part.value.bytes }
          : err('CARD_GONE', `${name} changed while it was read`);
      },
    });
    return taken && !taken.ok ? { name, fault: taken.fault } : { name };
  }

  async function loadAll(card: CardToLoad): Promise<readonly LoadedFile[]> {
    post({ on: 'CardLoading', slot: card.slot, insertion: card.insertion });
    const loaded: LoadedFile[] = [];
    let gone: Fault | undefined;
    for (const name of card.names) {
      const file: LoadedFile = gone ? { name, fault: gone } : await loadOne(card, name);
      if (file.fault?.code === 'CARD_GONE') gone = file.fault;
      loaded.push(file);
    }
    return loaded;
  }

  return {
    load(card) {
      if (!firmware.take || card.names.length === 0) return Promise.resolve(undefined);
      // one card after the other: an Ewon that gets two backups at a time has neither
      const loading = last.then(() => loadAll(card));
      last = loading;
      return loading;
    },
  };
}
