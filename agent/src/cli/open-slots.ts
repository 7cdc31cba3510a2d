import { type ClockPort, parseSlotId, type SlotId, type SlotPort, slotKindOf } from '@ewon-agent/contracts';
import { createBlockSlots } from '../adapters/slot-block.ts';
import { createDirectorySlots } from '../adapters/slot-directory.ts';
import { createImageSlots } from '../adapters/slot-image.ts';
import { joinSlots } from '../adapters/slots-joined.ts';
import type { AgentConfig, SlotConfig } from '../config/schema.ts';

/** Picks an adapter for each slot of the configuration, and makes one port of them. */
export function openSlots({ slots }: Pick<AgentConfig, 'slots'>, clock: ClockPort): SlotPort {
  const paths = slotsWith(slots, (slot) => ('path' in slot ? slot.path : undefined));
  const directories = slotsWith(slots, (slot) => ('directory' in slot ? slot.directory : undefined));
  const images = slotsWith(slots, (slot) => ('image' in slot ? slot.image : undefined));
  return joinSlots([
    ...(paths.size > 0 ? [createBlockSlots(paths, clock)] : []),
    ...(directories.size > 0 ? [createDirectorySlots(directories, clock)] : []),
    ...(images.size > 0 ? [createImageSlots(images, clock)] : []),
  ]);
}

/** The slots whose cards are not read, by the switches of an Ewon (ewon-facts §1.5); read once, at the start. */
export function slotsOff({
  slots,
  ...enable
}: Pick<AgentConfig, 'slots' | 'SDConfigEnable' | 'USBConfigEnable'>): ReadonlySet<SlotId> {
  const ids = Object.keys(slots).flatMap((name) => {
    const id = parseSlotId(name);
    return id.ok ? [id.value] : [];
  });
  return new Set(ids.filter((id) => enable[`${slotKindOf(id)}ConfigEnable`] === 0));
}

/** The slots of one kind, by what `of` takes of them; undefined leaves a slot out. */
export function slotsWith(
  slots: AgentConfig['slots'],
  of: (slot: SlotConfig) => string | undefined,
): ReadonlyMap<SlotId, string> {
  return new Map(
    Object.entries(slots).flatMap(([name, slot]) => {
      const id = parseSlotId(name);
      const value = of(slot);
      return id.ok && value !== undefined ? [[id.value, value] as const] : [];
    }),
  );
}
