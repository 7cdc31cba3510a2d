import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { jsonReader, LED, type LedBlink, type LedPattern, type Millis, type Timestamp } from '@ewon-agent/contracts';
import type { BoardAddresses } from '../core/board-event.ts';
import type { ControlCommand, ProcessSlot } from '../core/control-command.ts';
import type { EwonFault } from '../core/faults.ts';
import type { ClockKind } from './board-clock.ts';
import { createEventLog, type EventLog, type TimedEvent, type Wait } from './event-log.ts';
import { readLines } from './lines.ts';

export type BoardProcessOptions = {
  /** Slots, LEDs and the control socket are in here; a temporary directory otherwise. */
  readonly dir?: string;
  readonly serial?: string;
  readonly model?: string;
  readonly firmware?: string;
  /** `port:host:port` each; port 0 is a free one. */
  readonly forwards?: readonly string[];
  /** What runs on the board from the start, see `board-sim run --help`; {@link BoardProcess.program} starts it later. */
  readonly command?: readonly string[];
  /** A wall clock of its own for the program, see {@link BoardProcess.clock}; needs libfaketime. */
  readonly clock?: ClockKind;
};

/** What somebody at the board sees. */
export type LedSeen = LedBlink & { readonly pattern: LedPattern | null; readonly at: Timestamp };

/** A board that runs as a process of its own, with the controls of the board in process. Each resolves when it is done. */
export type BoardProcess = {
  readonly pid: number;
  readonly addresses: BoardAddresses;
  readonly slots: { readonly [slot in ProcessSlot]: { insert(image: string): Promise<void>; remove(): Promise<void> } };
  readonly network: {
    up(): Promise<void>;
    down(how?: 'refused' | 'silent'): Promise<void>;
    /** Holds back what passes the forwarded ports, in each direction. */
    delay(delayMs: number): Promise<void>;
  };
  /** `cut` is SIGKILL to the program, `on` starts it again. */
  readonly power: { cut(): Promise<void>; on(): Promise<void> };
  /** SIGTERM to the program, then starts it again. */
  reboot(): Promise<void>;
  readonly program: { start(command: readonly string[]): Promise<void> };
  readonly ewon: {
    fault(fault: EwonFault): Promise<void>;
    /** Sets a tag of the Ewon, or makes it. `quality` as the Ewon writes it, 65472 (good) unless told. */
    tag(name: string, value: number | string, quality?: number): Promise<void>;
  };
  /** The wall clock, of a board that was started with the option `clock`. */
  readonly clock: {
    /** How far it is ahead of this machine's; `jump(-aheadMs)` sets it right. */
    readonly aheadMs: Millis;
    /** Moves the wall clock, not monotonic time, for the program that runs and those that follow. */
    jump(jumpMs: Millis): Promise<void>;
  };
  readonly led: {
    readonly shown: LedSeen;
    /** Tells every change from now on. @returns ends the subscription */
    subscribe(tell: (seen: LedSeen) => void): () => void;
    /** Waits until the pattern is shown; at once when it is. */
    until(pattern: LedPattern, timeoutMs?: number): Promise<LedSeen>;
  };
  readonly events: EventLog;
  /** Ends board and program in good order. */
  stop(): Promise<void>;
};

const BIN = fileURLToPath(new URL('../../bin/board-sim.js', import.meta.url));
/** A line of the program's output with its JSON around it. */
const LINE_MAX_CHARACTERS = 256 * 1024;

const readEvent = jsonReader<TimedEvent>({
  type: 'object',
  properties: { on: { type: 'string' }, at: { type: 'string' } },
  required: ['on', 'at'],
});

/** Starts `board-sim run` and resolves when it is ready; rejects with what it said otherwise. */
export async function startBoardProcess(options: BoardProcessOptions = {}): Promise<BoardProcess> {
  const child = spawn(process.execPath, [BIN, 'run', '--json', '--attached', ...argumentsFor(options)], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const events = createEventLog();
  let said = '';
  readLines(child.stderr, LINE_MAX_CHARACTERS, (line) => {
    said = `${said}${line}\n`.slice(-2000);
  });
  readLines(child.stdout, LINE_MAX_CHARACTERS, (line) => {
    const event = readEvent(Buffer.from(line));
    if (event.ok) events.add(event.value);
  });
  child.on('exit', (code, signal) => events.end(`the board ended (${signal ?? code}) ${said.trim()}`));
  child.stdin.on('error', () => {}); // the board has ended, which whoever waits is told already
  const ready = await events.until(({ on }) => on === 'ready', { what: 'a board that is ready' });
  if (ready.on !== 'ready') throw new Error('this is a bug: not the event that was asked for');

  let asked = 0;
  const tell = async (command: ControlCommand): Promise<void> => {
    const id = ++asked;
    child.stdin.write(`${JSON.stringify({ ...command, id })}\n`);
    const isAnswer = (event: TimedEvent) => event.on === 'answer' && event.id === id;
    const answer = await events.until(isAnswer, { what: `an answer to ${command.do}` });
    if (answer.on === 'answer' && !answer.ok) throw new Error(`${command.do}: ${answer.error}`);
  };
  const slot = (name: ProcessSlot) => ({
    insert: (image: string) => tell({ do: 'insert', slot: name, image }),
    remove: () => tell({ do: 'remove', slot: name }),
  });
  return {
    pid: child.pid ?? 0,
    addresses: ready,
    slots: { sd0: slot('sd0'), usb1: slot('usb1') },
    network: {
      up: () => tell({ do: 'network', state: 'up' }),
      down: (how) => tell({ do: 'network', state: 'down', how }),
      delay: (delayMs) => tell({ do: 'delay', delayMs }),
    },
    power: { cut: () => tell({ do: 'power', state: 'cut' }), on: () => tell({ do: 'power', state: 'on' }) },
    reboot: () => tell({ do: 'reboot' }),
    program: { start: (command) => tell({ do: 'program', command }) },
    ewon: {
      fault: (fault) => tell({ do: 'ewon', fault }),
      tag: (name, value, quality) => tell({ do: 'tag', name, value, ...(quality === undefined ? {} : { quality }) }),
    },
    clock: {
      get aheadMs() {
        const set = events.all.findLast(({ on }) => on === 'clock');
        return set?.on === 'clock' ? set.aheadMs : 0;
      },
      jump: (jumpMs) => tell({ do: 'clock', jumpMs }),
    },
    led: ledOf(events, ready.at),
    events,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.stdin.end();
      await exited;
    },
  };
}

function ledOf(events: EventLog, readyAt: Timestamp): BoardProcess['led'] {
  const dark: LedSeen = { ...LED.off, pattern: 'off', at: readyAt };
  const seenIn = (event: TimedEvent | undefined): LedSeen => {
    if (event?.on !== 'led') return dark;
    const { colour, onMs, offMs, pattern, at } = event;
    return { colour, onMs, offMs, pattern, at };
  };
  const shown = () => seenIn(events.all.findLast(({ on }) => on === 'led'));
  return {
    get shown() {
      return shown();
    },
    subscribe: (tell) => events.subscribe((event) => event.on === 'led' && tell(seenIn(event))),
    async until(pattern, timeoutMs) {
      const now = shown();
      if (now.pattern === pattern) return now;
      const wait: Wait = { what: `the LED pattern ${pattern}`, timeoutMs };
      const from = events.all.length;
      return seenIn(await events.until((event) => event.on === 'led' && event.pattern === pattern, { ...wait, from }));
    },
  };
}

function argumentsFor(options: BoardProcessOptions): readonly string[] {
  const { dir, serial, model, firmware, clock, forwards = [], command = [] } = options;
  const flags = Object.entries({ dir, serial, model, firmware, clock });
  return [
    ...flags.flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value])),
    ...forwards.flatMap((forward) => ['--forward', forward]),
    ...(command.length > 0 ? ['--', ...command] : []),
  ];
}
