import { readFile } from 'node:fs/promises';
import {
  CARD_PIECE_MAX_BYTES,
  type CardFiles,
  type CardMark,
  type CardPart,
  type CardPiece,
  type CardReceipt,
  err,
  type Millis,
  ok,
  type Result,
  type SlotChange,
  type SlotId,
  type SlotPort,
  T2M_JSON_MAX_BYTES,
  T2M_TXT_MAX_BYTES,
} from '@ewon-agent/contracts';
import type { WorldClock } from './clock-sim.ts';
import type { FaultPlan } from './fault-plan.ts';
import type { PowerOn } from './power-sim.ts';

/** A card as what would be read of it, and what its other files hold; one that is not told is empty. */
export type CardOfFiles = CardFiles & { readonly contents?: ReadonlyMap<string, Uint8Array> };
/** A card: its files, the bytes of an image, or the path of an image file. The other files of an image can be named, not read. */
export type Medium = CardOfFiles | Uint8Array | string;
/** Reads an image; given by the test, so that the simulator reads no FAT of ours. */
export type ReadImage = (image: Uint8Array) => Promise<Result<CardFiles>> | Result<CardFiles>;

/** Writes on an image; given by the test as well. @returns the image afterwards */
export type MarkImage = (image: Uint8Array, mark: CardMark) => Promise<Result<Uint8Array>>;

/** The hand at one slot. */
export type SlotControl = {
  /** Puts a card in; one that is in already is taken out first, with no moment in between. */
  insert(medium: Medium, lock?: 'writeProtected'): void;
  /** Plugs in something that is no card, and that the kernel locks out. */
  plugDevice(device: string): void;
  /** Pulls the card; nothing happens when there is none. */
  remove(): void;
  /** A contact that makes and breaks: so many plugs, the first at once, ending with the card in. Virtual time; see `clock.advance`. */
  flap(medium: Medium, plugs: { readonly times: number; readonly everyMs: Millis }): void;
  /** What is in, with what was written on it since. */
  readonly card: Medium | undefined;
  /** What was left on the present card where that is not an image. */
  readonly receipts: readonly CardReceipt[];
};

export type Slots = {
  readonly controls: ReadonlyMap<SlotId, SlotControl>;
  portFor(power: PowerOn): SlotPort;
};

type World = {
  readonly clock: WorldClock;
  readonly faults: FaultPlan;
  readonly readImage?: ReadImage;
  readonly markImage?: MarkImage;
};
type Stay = {
  readonly insertion: string;
  readonly lock: 'writeProtected' | undefined;
  readonly receipts: CardReceipt[];
  medium: Medium;
};
type Bay = { readonly slot: SlotId; stay: Stay | undefined };

/** A decision is due within two seconds (SlotPort); a slow card uses nearly all of it. */
const READ_LIMIT_MS = 2000;
const SLOW_READ_MS = 1900;

/** Makes the slots of a board. What is in them stays there when the power goes. */
export function createSlots(names: readonly SlotId[], world: World): Slots {
  const bays = new Map(names.map((slot): [SlotId, Bay] => [slot, { slot, stay: undefined }]));
  const watchers = new Set<(change: SlotChange) => void>();
  let insertions = 0;

  const report = (change: SlotChange) => {
    for (const watcher of [...watchers]) watcher(change);
  };
  const insertedIn = ({ slot, stay }: Bay) => {
    if (stay) report({ on: 'CardInserted', slot, insertion: stay.insertion });
  };
  const remove = (bay: Bay) => {
    if (!bay.stay) return;
    bay.stay = undefined;
    report({ on: 'CardRemoved', slot: bay.slot });
  };
  const insert = (bay: Bay, medium: Medium, lock?: 'writeProtected') => {
    remove(bay);
    bay.stay = { insertion: `stay-${++insertions}`, medium, lock, receipts: [] };
    insertedIn(bay);
  };
  const hands = {
    pull: remove,
    swap: (bay: Bay) => bay.stay && insert(bay, bay.stay.medium, bay.stay.lock),
  };

  const controlOf = (bay: Bay): SlotControl => ({
    insert: (medium, lock) => insert(bay, medium, lock),
    plugDevice: (device) => report({ on: 'DeviceRefused', slot: bay.slot, device }),
    remove: () => remove(bay),
    flap(medium, { times, everyMs }) {
      insert(bay, medium);
      for (let plug = 1; plug < times; plug++) {
        world.clock.after((plug - 0.5) * everyMs, () => remove(bay));
        world.clock.after(plug * everyMs, () => insert(bay, medium));
      }
    },
    get card() {
      return bay.stay?.medium;
    },
    get receipts() {
      return bay.stay?.receipts ?? [];
    },
  });

  return {
    controls: new Map([...bays].map(([slot, bay]) => [slot, controlOf(bay)])),
    portFor: (power) => ({
      slots: names,
      watch: (tell) =>
        power.call('slots.watch', () => {
          const watcher = (change: SlotChange) => tell(change); // one of its own: the same function may watch twice
          watchers.add(watcher);
          power.whenCut(() => watchers.delete(watcher));
          for (const { slot, stay } of bays.values()) {
            if (stay) watcher({ on: 'CardInserted', slot, insertion: stay.insertion });
          }
          return { stop: async () => void watchers.delete(watcher) };
        }),
      read: (slot, insertion) => power.call('slots.read', () => read({ bay: bays.get(slot), insertion }, world, hands)),
      piece: (slot, insertion, part) =>
        power.call('slots.piece', () => pieceOf({ bay: bays.get(slot), insertion }, part, world, hands)),
      mark: (slot, insertion, mark) => power.call('slots.mark', () => leave(bays.get(slot), insertion, world, mark)),
    }),
  };
}

type Hands = { pull(bay: Bay): void; swap(bay: Bay): void };

type Meant = { readonly bay: Bay | undefined; readonly insertion: string };

async function read(meant: Meant, world: World, hands: Hands): Promise<Result<CardFiles>> {
  const found = await reading(meant, world, hands, (medium) => filesOf(medium, world.readImage));
  return found.ok ? withinLimits(found.value) : found;
}

function pieceOf(meant: Meant, part: CardPart, world: World, hands: Hands): Promise<Result<CardPiece>> {
  return reading(meant, world, hands, async (medium) => partOf(medium, part));
}

/** Reads what is meant, with all that may befall a reader. */
async function reading<T>(
  { bay, insertion }: Meant,
  world: World,
  hands: Hands,
  work: (medium: Medium) => Promise<Result<T>>,
): Promise<Result<T>> {
  const stay = bay?.stay;
  if (!bay || stay?.insertion !== insertion) return err('CARD_GONE');
  const fault = world.faults.nextRead();
  if (fault === 'pulledDuringRead') hands.pull(bay);
  if (fault === 'replacedDuringRead') hands.swap(bay);
  if (fault === 'slowCard') await world.clock.sleep(SLOW_READ_MS);
  if (fault === 'hangingCard') await world.clock.sleep(READ_LIMIT_MS);
  const found = await world.clock.track(work(stay.medium));
  if (bay.stay !== stay) return err('CARD_GONE', 'pulled while it was read');
  if (fault === 'eio') return err('CARD_UNREADABLE', 'EIO at sector 8224');
  if (fault === 'hangingCard') return err('CARD_UNREADABLE', `no answer within ${READ_LIMIT_MS} ms`);
  if (fault === 'notFat') return err('CARD_NOT_FAT');
  return found;
}

function partOf(medium: Medium, { name, offset, length }: CardPart): Result<CardPiece> {
  if (typeof medium === 'string' || medium instanceof Uint8Array)
    throw new Error('this is a bug of the test: the files of an image cannot be read here, give the card as files');
  const known = medium.otherFiles.find((other) => other.toLowerCase() === name.toLowerCase());
  if (known === undefined) return err('CARD_GONE', 'no such file');
  const bytes = medium.contents?.get(known) ?? new Uint8Array();
  const end = offset + Math.min(length, CARD_PIECE_MAX_BYTES);
  return ok({ sizeBytes: bytes.length, bytes: bytes.slice(offset, end) });
}

async function leave(bay: Bay | undefined, insertion: string, world: World, mark: CardMark): Promise<Result<void>> {
  const stay = bay?.stay;
  if (stay?.insertion !== insertion) return err('CARD_GONE');
  if (stay.lock) return err('CARD_UNWRITABLE', 'EROFS');
  const { medium } = stay;
  if (typeof medium === 'string' || medium instanceof Uint8Array) {
    if (!world.markImage) throw new Error('this is a bug of the test: createBoard needs markImage for images');
    const image = typeof medium === 'string' ? await readFile(medium) : medium;
    const marked = await world.clock.track(world.markImage(image, mark));
    if (!marked.ok) return marked;
    if (bay?.stay !== stay) return err('CARD_GONE', 'pulled while it was written');
    stay.medium = marked.value;
    return ok(undefined);
  }
  const { t2mTxt, t2mJson, ...others } = medium;
  const known = mark.wipe ? {} : { ...(t2mTxt && { t2mTxt }), ...(t2mJson && { t2mJson }) };
  if (mark.receipt) stay.receipts.push(mark.receipt);
  const isUsed = mark.receipt || medium.hasReceipts;
  stay.medium = { ...known, ...others, ...(isUsed && { hasReceipts: true }) };
  return ok(undefined);
}

async function filesOf(medium: Medium, readImage: ReadImage | undefined): Promise<Result<CardFiles>> {
  if (typeof medium !== 'string' && !(medium instanceof Uint8Array)) return ok(medium);
  if (!readImage) throw new Error('this is a bug of the test: createBoard needs readImage to take images');
  return readImage(typeof medium === 'string' ? await readFile(medium) : medium);
}

function withinLimits(files: CardFiles): Result<CardFiles> {
  for (const [name, bytes, limitBytes] of [
    ['T2M.txt', files.t2mTxt, T2M_TXT_MAX_BYTES],
    ['T2M.json', files.t2mJson, T2M_JSON_MAX_BYTES],
  ] as const) {
    if (bytes && bytes.length > limitBytes) return err('CARD_TOO_LARGE', `${name} is ${bytes.length} bytes`);
  }
  return ok(files);
}
