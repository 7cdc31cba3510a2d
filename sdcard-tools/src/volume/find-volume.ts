import { err, ok, type Result } from '@ewon-agent/contracts';
import { firstGptPartition, GPT_SECTOR, type GptPlace, readGptHeader, TABLE_SECTOR_BYTES } from '../core/gpt.ts';
import { readFirstSector, readVolumeForm, type VolumeForm } from '../core/partition.ts';
import type { BlockDevice } from './block-device.ts';
import type { Volume } from './sectors.ts';

/** The volume of a medium, and what it says it is. */
export type FoundVolume = Volume & Pick<VolumeForm, 'kind'>;

type Extent = { readonly startBytes: number; readonly sizeBytes: number };

/**
 * Finds the volume of a medium: the whole of it, or its first partition by a DOS partition table or a GPT.
 * Codes: CARD_NOT_FAT, CARD_DAMAGED, those of the device.
 */
export async function findVolume(device: BlockDevice): Promise<Result<FoundVolume>> {
  if (device.sizeBytes < TABLE_SECTOR_BYTES) return err('CARD_NOT_FAT', `${device.sizeBytes} bytes`);
  const sector0 = await device.read(0, TABLE_SECTOR_BYTES);
  if (!sector0.ok) return sector0;
  const extent = await findExtent(device, sector0.value);
  if (!extent.ok) return extent;
  const { startBytes } = extent.value;
  const boot = startBytes === 0 ? sector0 : await device.read(startBytes, TABLE_SECTOR_BYTES);
  if (!boot.ok) return boot;
  const form = readVolumeForm(boot.value);
  return form.ok ? ok({ device, ...extent.value, ...form.value }) : form;
}

async function findExtent(device: BlockDevice, sector0: Uint8Array): Promise<Result<Extent>> {
  const first = readFirstSector(sector0, device.sizeBytes);
  if (!first.ok) return first;
  if (first.value.leadsTo === 'gpt') return findInGpt(device);
  // what a DOS partition table says of the end is not believed: a volume that was made larger is whole all the same
  return ok({ startBytes: first.value.startBytes, sizeBytes: device.sizeBytes - first.value.startBytes });
}

/** Takes the second header where the first is not whole (UEFI Specification 2.10, §5.3.2); the first one's fault counts. */
async function findInGpt(device: BlockDevice): Promise<Result<Extent>> {
  const last = Math.floor(device.sizeBytes / TABLE_SECTOR_BYTES) - 1;
  const first = await readGpt(device, { sector: GPT_SECTOR, last });
  if (first.ok || !['CARD_DAMAGED', 'CARD_UNREADABLE'].includes(first.fault.code) || last <= GPT_SECTOR) return first;
  const second = await readGpt(device, { sector: last, last });
  if (second.ok || second.fault.code === 'CARD_GONE') return second;
  return err(first.fault.code, `${first.fault.detail}; ${second.fault.detail}`, first.fault.cause);
}

async function readGpt(device: BlockDevice, at: GptPlace): Promise<Result<Extent>> {
  if (at.sector > at.last) return err('CARD_DAMAGED', 'GPT: the medium ends before it');
  const sector = await device.read(at.sector * TABLE_SECTOR_BYTES, TABLE_SECTOR_BYTES);
  if (!sector.ok) return sector;
  const header = readGptHeader(sector.value, at);
  if (!header.ok) return header;
  const { entriesSector, entries, entryBytes } = header.value;
  const tableSectors = Math.ceil((entries * entryBytes) / TABLE_SECTOR_BYTES);
  const table = await device.read(entriesSector * TABLE_SECTOR_BYTES, tableSectors * TABLE_SECTOR_BYTES);
  return table.ok ? firstGptPartition(header.value, table.value) : table;
}
