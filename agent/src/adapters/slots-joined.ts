import { err, type SlotPort } from '@ewon-agent/contracts';

/**
 * Makes one port of several, each with slots of its own.
 * @param ports no slot in two of them; the order of the slots is theirs
 */
export function joinSlots(ports: readonly SlotPort[]): SlotPort {
  const owners = new Map(ports.flatMap((port) => port.slots.map((slot) => [slot, port] as const)));
  return {
    slots: [...owners.keys()],
    async watch(report) {
      const watches = await Promise.all(ports.map((port) => port.watch(report)));
      return {
        async stop() {
          await Promise.all(watches.map((watch) => watch.stop()));
        },
      };
    },
    read: async (slot, insertion) => owners.get(slot)?.read(slot, insertion) ?? err('CARD_GONE', `slot ${slot}`),
    piece: async (slot, insertion, part) =>
      owners.get(slot)?.piece(slot, insertion, part) ?? err('CARD_GONE', `slot ${slot}`),
    mark: async (slot, insertion, mark) =>
      owners.get(slot)?.mark(slot, insertion, mark) ?? err('CARD_GONE', `slot ${slot}`),
  };
}
