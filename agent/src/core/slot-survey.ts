import { isAtPlace } from './hardware-path.ts';
import type { Disk, UsbDevice } from './slot-media.ts';

/** Something that a card may be plugged into. */
export type Connector = {
  readonly kind: 'usb' | 'sd';
  /** See {@link placesOf}: the last of its places. */
  readonly path: string;
  /** Soldered, as far as the firmware of the board says so. */
  readonly isHardwired: boolean;
};

/** A disk with what it calls itself; untrusted. */
export type NamedDisk = Disk & { readonly model: string };

/** What the kernel knows of this board. */
export type Board = {
  readonly connectors: readonly Connector[];
  readonly disks: readonly NamedDisk[];
  readonly usb: readonly UsbDevice[];
  /** The disks that the running system needs, each with why; see judgeDrives of sdcard-tools. */
  readonly system: ReadonlyMap<string, string>;
};

/** One place of a board, for a person who chooses slots. */
export type SurveyRow = {
  readonly kind: 'usb' | 'sd' | 'disk';
  readonly path: string;
  /** The configured slot that it is. */
  readonly slot?: string;
  /** What is in it now. */
  readonly holds: readonly { readonly disk: string; readonly model: string; readonly sizeBytes: number }[];
  /** The USB device in it that is no storage. */
  readonly device?: string;
  /** Why it can be no slot. */
  readonly unfit?: string;
  /** What to write into `slots` of the configuration. */
  readonly configure?: Readonly<Record<string, { readonly path: string }>>;
};

/**
 * Finds what could be slots, and what is one. A disk that is at no connector is a row of its own; so is each slot of a reader that has several.
 * @param slots name → path, of the configuration
 */
export function surveyBoard(board: Board, slots: Readonly<Record<string, string>>): readonly SurveyRow[] {
  const places = [...board.connectors.map((connector) => fromConnector(board, connector)), ...loneDisks(board)];
  const rows = places.flatMap((row) => withReader(row, slotsOfReader(board, row)));
  const missing = Object.values(slots).filter((path) => !rows.some((row) => row.path === path));
  const all = [...rows, ...missing.map((path): SurveyRow => fromPath(board, path))];
  const taken = new Set(Object.keys(slots));
  return all
    .sort((a, b) => a.path.localeCompare(b.path, 'en', { numeric: true }))
    .map((row) => withSlot(row, { board, slots, taken }));
}

function fromConnector(board: Board, { kind, path, isHardwired }: Connector): SurveyRow {
  const row = { ...fromPath(board, path), kind };
  return isHardwired && !row.unfit ? { ...row, unfit: 'it is soldered to the board' } : row;
}

function fromPath({ disks, usb, system }: Board, path: string): SurveyRow {
  const here = disks.filter(({ places }) => places.includes(path));
  const needed = here.find(({ name }) => system.has(name));
  const device = usb.find(({ places }) => places.at(-1) === path);
  const isStranger = device?.interfaceClasses.some((code) => code !== MASS_STORAGE) ?? false;
  const unfit = needed
    ? `${needed.name} belongs to the running system: ${system.get(needed.name)}`
    : device?.interfaceClasses.includes(HUB)
      ? 'a hub is in it; its own ports are listed as well'
      : undefined;
  return {
    kind: 'disk',
    path,
    holds: here
      .filter(({ sizeBytes }) => sizeBytes > 0)
      .map((d) => ({ disk: d.name, model: d.model, sizeBytes: d.sizeBytes })),
    ...(device && (isStranger || !device.isAuthorized) ? { device: device.product || 'a device without a name' } : {}),
    ...(unfit ? { unfit } : {}),
  };
}

const MASS_STORAGE = 8;
const HUB = 9;

function loneDisks(board: Board): readonly SurveyRow[] {
  const lone = board.disks.filter(({ places }) => !board.connectors.some(({ path }) => places.includes(path)));
  return [...new Set(lone.map(({ places }) => places.at(-1) ?? ''))].map((path) => {
    return { unfit: 'it is neither on USB nor in an SD reader', ...fromPath(board, path) };
  });
}

function withReader(row: SurveyRow, own: readonly SurveyRow[]): readonly SurveyRow[] {
  return own.length === 0
    ? [row]
    : [{ ...row, unfit: `a reader with ${own.length} slots is in it, each listed by itself` }, ...own];
}

/** A reader shows each of its slots as a disk of its own, with or without a medium. */
function slotsOfReader(board: Board, { kind, path }: SurveyRow): readonly SurveyRow[] {
  const disks = board.disks.filter(({ places }) => places.includes(path));
  if (kind !== 'usb' || disks.length < 2) return [];
  return disks.map(({ places }) => fromPath(board, places.at(-1) ?? ''));
}

type Choice = { readonly board: Board; readonly slots: Readonly<Record<string, string>>; readonly taken: Set<string> };

function withSlot(row: SurveyRow, { board, slots, taken }: Choice): SurveyRow {
  const [slot] = Object.entries(slots).find(([, path]) => path === row.path) ?? [];
  if (slot !== undefined) {
    const { unfit, ...fit } = row; // whoever configured it knows better, but for the disk of the system
    return row.holds.some(({ disk }) => board.system.has(disk)) ? { ...row, slot } : { ...fit, slot };
  }
  if (row.unfit) return row;
  const within = Object.values(slots).some((path) => isAtPlace([path], row.path) || isAtPlace([row.path], path));
  if (within) return row; // part of a slot, or holding one: not another one
  const name = freeName(row.kind === 'sd' ? 'sd' : 'usb', row.kind === 'sd' ? 0 : 1, taken);
  taken.add(name);
  return { ...row, configure: { [name]: { path: row.path } } };
}

/** The Ewon calls them sd0, and usb1 and up. */
function freeName(kind: string, from: number, taken: ReadonlySet<string>): string {
  let n = from;
  while (taken.has(`${kind}${n}`)) n += 1;
  return `${kind}${n}`;
}
