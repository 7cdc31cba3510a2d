import { existsSync } from 'node:fs';
import { printable } from '@ewon-agent/contracts';
import { surveySysfs } from '../adapters/sysfs-survey.ts';
import type { AgentConfig } from '../config/schema.ts';
import { type SurveyRow, surveyBoard } from '../core/slot-survey.ts';
import { udevPortRules } from '../core/udev-ports.ts';
import { udevRules } from '../core/udev-rules.ts';
import { slotsWith } from './open-slots.ts';

type Slots = AgentConfig['slots'];
/** A slot that is no connector of the board. */
type OtherSlot = { readonly slot: string; readonly path: string; readonly isThere: boolean };
export type Survey = { readonly connectors: readonly SurveyRow[]; readonly others: readonly OtherSlot[] };

/** Looks at the board that this runs on. */
export async function surveySlots(slots: Slots): Promise<Survey> {
  const paths = Object.entries(slots).flatMap(([name, slot]) => ('path' in slot ? [[name, slot.path]] : []));
  const others = Object.entries(slots).flatMap(([slot, where]) => {
    if ('path' in where) return [];
    const path = 'image' in where ? where.image : where.directory;
    return [{ slot, path, isThere: existsSync(path) }];
  });
  return { connectors: surveyBoard(await surveySysfs(), Object.fromEntries(paths)), others };
}

/** The rules of udev for these slots; the disk of the running system gets none, whatever the configuration says. */
export async function slotRules(slots: Slots): Promise<string> {
  const paths = slotsWith(slots, (slot) => ('path' in slot ? slot.path : undefined));
  const { disks, system } = await surveySysfs();
  const leftOut = new Map(
    [...paths].flatMap(([slot, path]) => {
      const disk = disks.find(({ name, places }) => system.has(name) && places.includes(path));
      return disk ? [[slot, `${disk.name} belongs to the running system: ${system.get(disk.name)}`] as const] : [];
    }),
  );
  return udevRules(paths, leftOut);
}

/** The rules of udev for the serial ports of a configuration; empty where it has none. */
export function portRules({ console, location, wan }: Pick<AgentConfig, 'console' | 'location' | 'wan'>): string {
  const ports = [console?.port, location?.gnss?.serial?.port, wan?.modem?.port];
  return udevPortRules(ports.filter((port) => port !== undefined));
}

/** Words a survey for a terminal: each place with what it is and what to do with it. */
export function surveyText({ connectors, others }: Survey): string {
  const rows = connectors.map((row) => `${row.path}\n  ${printable(wordsOf(row), 400)}`);
  const files = others.map(
    ({ slot, path, isThere }) =>
      `${printable(path)}\n  slot ${slot}; ${isThere ? 'it is there' : 'it is not there now'}`,
  );
  if (rows.length + files.length > 0) return [...rows, ...files].join('\n');
  return [
    'No USB port, no SD reader and no disk was found on this board.',
    'A directory or an image file can be a slot as well; see docs/configuration.md, "slots".',
  ].join('\n');
}

function wordsOf({ slot, holds, device, unfit, configure }: SurveyRow): string {
  const media = holds.map(({ disk, model, sizeBytes }) => `${model || 'a disk'}, ${gigabytes(sizeBytes)} (${disk})`);
  const now = [...media, ...(device === undefined ? [] : [`${device}, which is no card`])];
  const write = configure
    ? Object.entries(configure).map(([name, value]) => `"${name}": ${JSON.stringify(value)}`)
    : [];
  return [
    ...(slot === undefined ? [] : [`slot ${slot}`]),
    now.length > 0 ? `holds ${now.join(' and ')}` : 'empty',
    ...(unfit === undefined ? [] : [`no slot: ${unfit}`]),
    ...write.map((line) => `to use it: ${line}`),
  ].join('; ');
}

/** As it is printed on cards: powers of ten. */
function gigabytes(sizeBytes: number): string {
  return sizeBytes < 1e9 ? `${Math.round(sizeBytes / 1e6)} MB` : `${(sizeBytes / 1e9).toFixed(1)} GB`;
}
