import { readFile } from 'node:fs/promises';
import {
  type CardFiles,
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

/** A card: what would be read of it, the bytes of an image, or the path of an image file. */
export type Medium = CardFiles | Uint8Array | string;
/** Reads an image; given by the test, so that the simulator reads no FAT of ours. */
export type ReadImage = (image: Uint8Array) => Promise<Result<CardFiles>> | Result<CardFiles>;

/** The hand at one slot. */
export type SlotControl = {
  /** Puts a card in; one that is in already is taken out first, with no moment in between. */
  insert(medium: Medium): void;
  /** Pulls the card; nothing happens when there is none. */
  remove(): void;
  /** A contact that makes and breaks: so many plugs, the first at once, ending with the card in. Virtual time; see `clock.advance`. */
  flap(medium: Medium, plugs: { readonly times: number; readonly everyMs: Millis }): void;
  readonly card: Medium | undefined;
};

export type Slots = {
  readonly controls: ReadonlyMap<SlotId, SlotControl>;
  portFor(power: PowerOn): SlotPort;
};

type World = { readonly clock: WorldClock; readonly faults: FaultPlan; readonly readImage?: ReadImage };
type Stay = { readonly insertion: string; readonly medium: Medium };
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
  const insert = (bay: Bay, medium: Medium) => {
    remove(bay);
    bay.stay = { insertion: `stay-${++insertions}`, medium };
    insertedIn(bay);
  };
  const hands = {
    pull: remove,
    swap: (bay: Bay) => bay.stay && insert(bay, bay.stay.medium),
  };

  const controlOf = (bay: Bay): SlotControl => ({
    insert: (medium) => insert(bay, medium),
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
      read: (slot, insertion) => power.call('slots.read', () => read(bays.get(slot), insertion, world, hands)),
    }),
  };
}

type Hands = { pull(bay: Bay): void; swap(bay: Bay): void };

async function read(bay: Bay | undefined, insertion: string, world: World, hands: Hands): Promise<Result<CardFiles>> {
  const stay = bay?.stay;
  if (!bay || stay?.insertion !== insertion) return err('CARD_GONE');
  const fault = world.faults.nextRead();
  if (fault === 'pulledDuringRead') hands.pull(bay);
  if (fault === 'replacedDuringRead') hands.swap(bay);
  if (fault === 'slowCard') await world.clock.sleep(SLOW_READ_MS);
  if (fault === 'hangingCard') await world.clock.sleep(READ_LIMIT_MS);
  const found = await world.clock.track(filesOf(stay.medium, world.readImage));
  if (bay.stay !== stay) return err('CARD_GONE', 'pulled while it was read');
  if (fault === 'eio') return err('CARD_UNREADABLE', 'EIO at sector 8224');
  if (fault === 'hangingCard') return err('CARD_UNREADABLE', `no answer within ${READ_LIMIT_MS} ms`);
  if (fault === 'notFat') return err('CARD_NOT_FAT');
  return found.ok ? withinLimits(found.value) : found;
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
