import { type EwonIdentity, type Millis, type Ports, parseSerial, parseSlotId } from '@ewon-agent/contracts';
import type { Faults } from './core/faults.ts';
import { createBoardPort, type RestartControl } from './sim/board-port-sim.ts';
import { type ClockControl, createWorldClock, type WorldClock } from './sim/clock-sim.ts';
import { createFaultPlan, type FaultPlan } from './sim/fault-plan.ts';
import { createEwon, type EwonControl } from './sim/firmware-sim.ts';
import { createLed, type LedControl } from './sim/led-sim.ts';
import { createNetwork, type NetworkControl } from './sim/network-sim.ts';
import { createPower, type PowerControl, type PowerOn } from './sim/power-sim.ts';
import { createRandom, freshSeed } from './sim/random-sim.ts';
import { createSlots, type MarkImage, type ReadImage, type SlotControl } from './sim/slot-sim.ts';

/** What a board itself gives a program; account, uplink, store and log come from elsewhere, see `sim/gates.ts` and `sim/gate-network.ts`. */
export type BoardPorts = Pick<Ports, 'clock' | 'random' | 'slots' | 'led' | 'board' | 'firmware'> & {
  /** The stretch of power that these ports live on. */
  readonly power: PowerOn;
};

export type BoardOptions = {
  /** The Ewon beside the board: a Flexy 203 with serial 1524-0071-21 unless told. */
  readonly ewon?: { readonly serial?: string; readonly model?: string; readonly firmware?: string };
  /** Whether the Ewon can be given the files of a card; it can not unless told, see {@link Board.ewon}. */
  readonly ewonFiles?: 'taken';
  /** The wall clock at the start; 2026-03-01T12:00Z unless told. */
  readonly startMs?: Millis;
  /** Seed of all chance on the board; a fresh one unless told, see {@link Board.seed}. */
  readonly seed?: number;
  readonly faults?: Faults;
  /** Reads the images that are put into the slots; not needed for cards given as {@link CardFiles}. */
  readonly readImage?: ReadImage;
  /** Leaves a receipt on such an image, or wipes it; not needed for {@link CardFiles} either. */
  readonly markImage?: MarkImage;
  /** What to wait for besides promises when everything shall settle; see {@link ClockControl}. */
  readonly settle?: () => Promise<unknown>;
};

/** A board you can break, in virtual time. */
export type Board = {
  /** The ports since the power came on last. */
  readonly ports: BoardPorts;
  readonly slots: { readonly sd0: SlotControl; readonly usb1: SlotControl };
  readonly clock: ClockControl & Pick<WorldClock, 'after' | 'track'>;
  readonly led: LedControl;
  readonly ewon: EwonControl;
  readonly network: NetworkControl;
  readonly power: PowerControl;
  readonly restart: RestartControl;
  readonly faults: FaultPlan;
  /** Say it when a test fails; `withSeed` does. */
  readonly seed: number;
  /** Switches off, if it is on, and on again. What is in the slots stays; the program's ports are fresh ones. */
  reboot(): BoardPorts;
};

const START_MS = Date.UTC(2026, 2, 1, 12);

/** Makes a board with power on, empty slots and a dark LED. */
export function createBoard(options: BoardOptions = {}): Board {
  const seed = options.seed ?? freshSeed();
  const faults = createFaultPlan(options.faults);
  const clock = createWorldClock({ startMs: options.startMs ?? START_MS, settle: options.settle });
  const power = createPower(faults);
  const led = createLed(clock);
  const restart = createBoardPort();
  const random = createRandom(seed);
  const identity = identityOf(options.ewon);
  const ewon = createEwon({ clock, faults, identity, ...(options.ewonFiles && { files: options.ewonFiles }) });
  const [sd0, usb1] = [slotId('sd0'), slotId('usb1')];
  const slots = createSlots([sd0, usb1], { clock, faults, readImage: options.readImage, markImage: options.markImage });

  const switchOn = (): BoardPorts => {
    const stretch = power.on();
    return {
      power: stretch,
      clock: clock.portFor(stretch),
      random,
      slots: slots.portFor(stretch),
      led: led.portFor(stretch),
      board: restart.portFor(stretch),
      firmware: ewon.portFor(stretch),
    };
  };
  let ports = switchOn();
  return {
    get ports() {
      return ports;
    },
    slots: { sd0: controlOf(slots.controls.get(sd0)), usb1: controlOf(slots.controls.get(usb1)) },
    clock,
    led,
    ewon: ewon.control,
    network: createNetwork(),
    power,
    restart,
    faults,
    seed,
    reboot() {
      power.cut();
      if (faults.planned.wallClock === 'lost') clock.loseWallClock();
      ports = switchOn();
      return ports;
    },
  };
}

function identityOf(ewon: BoardOptions['ewon'] = {}): EwonIdentity {
  const serial = parseSerial(ewon.serial ?? '1524-0071-21');
  if (!serial.ok) throw new Error(`this is a bug of the test: ${serial.fault.detail}`);
  return { serial: serial.value, model: ewon.model ?? 'Flexy 203', firmware: ewon.firmware ?? '14.6s0' };
}

function slotId(name: string) {
  const slot = parseSlotId(name);
  if (!slot.ok) throw new Error(`this is a bug: ${slot.fault.detail}`);
  return slot.value;
}

function controlOf(control: SlotControl | undefined): SlotControl {
  if (!control) throw new Error('this is a bug: a slot without control');
  return control;
}
