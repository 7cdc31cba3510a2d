import type { Cancel, ClockPort, Millis } from '@ewon-agent/contracts';
import type { PowerOn } from './power-sim.ts';

/** The hand on the virtual clock. Time stands still unless it is moved. */
export type ClockControl = {
  /** Moves time on: makes the calls that become due, in order, and lets promises settle before, between and after. */
  advance(ms: Millis): Promise<void>;
  /** Moves time on from one due call to the next until the condition holds; fails when it does not within `withinMs` of virtual time. */
  advanceUntil(condition: () => unknown, limits: { readonly what: string; readonly withinMs: Millis }): Promise<void>;
  /** Moves the wall clock only, forwards or backwards: NTP found the time, or lost it. */
  jump(ms: Millis): void;
  /** Lets everything that needs no time happen. */
  settle(): Promise<void>;
  now(): Millis;
  /** Virtual time since the board was made. */
  elapsedMs(): Millis;
};

/** Virtual time of the whole board; goes on while the power is off. */
export type WorldClock = ClockControl & {
  after(delayMs: Millis, call: () => void): Cancel;
  sleep(delayMs: Millis): Promise<void>;
  /** The clock as a program sees it from power on to power cut. */
  portFor(power: PowerOn): ClockPort;
  /** Sets the wall clock back to 1970, as a board without a battery finds it. */
  loseWallClock(): void;
  /** Makes `settle` wait for work that takes real time, such as reading a file. Not for what itself waits on this clock. */
  track<T>(work: Promise<T>): Promise<T>;
};

export type WorldClockOptions = {
  readonly startMs: Millis;
  /** What else to wait for when everything shall settle; for parts of a test that do real work. */
  readonly settle?: () => Promise<unknown>;
};

/** A promise chain of some length crosses a few turns of the event loop (streams, crypto); this many were enough with room to spare. */
const TURNS = 10;

type Due = { readonly atMs: Millis; readonly call: () => void };

/** Makes virtual time. */
export function createWorldClock(options: WorldClockOptions): WorldClock {
  let elapsedMs = 0;
  let wallOffsetMs = options.startMs;
  let moving = false;
  const due = new Set<Due>(); // in the order of asking
  const tracked = new Set<Promise<unknown>>();

  const settle = async () => {
    do {
      while (tracked.size > 0) await Promise.allSettled(tracked);
      for (let turn = 0; turn < TURNS; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
      await options.settle?.();
    } while (tracked.size > 0);
  };
  const earliest = () => [...due].reduce((a: Due | undefined, b) => (a && a.atMs <= b.atMs ? a : b), undefined);
  /** Makes the next call that is due by then; answers whether there was one. */
  const makeNext = async (untilMs: Millis) => {
    const next = earliest();
    if (!next || next.atMs > untilMs) return false;
    due.delete(next);
    elapsedMs = Math.max(elapsedMs, next.atMs);
    next.call();
    await settle();
    return true;
  };
  const move = async (body: () => Promise<void>) => {
    if (moving) throw new Error('this is a bug of the test: time is being moved already; await the first advance');
    moving = true;
    try {
      await settle();
      await body();
    } finally {
      moving = false;
    }
  };
  const world: WorldClock = {
    advance: (ms) =>
      move(async () => {
        const untilMs = elapsedMs + ms;
        while (await makeNext(untilMs));
        elapsedMs = untilMs;
      }),
    advanceUntil: (condition, { what, withinMs }) =>
      move(async () => {
        const untilMs = elapsedMs + withinMs;
        while (!condition()) {
          if (await makeNext(untilMs)) continue;
          throw new Error(`not within ${withinMs} ms of virtual time: ${what}`);
        }
      }),
    jump(ms) {
      wallOffsetMs += ms;
    },
    loseWallClock() {
      wallOffsetMs = -elapsedMs;
    },
    settle,
    now: () => wallOffsetMs + elapsedMs,
    elapsedMs: () => elapsedMs,
    after(delayMs, call) {
      const entry = { atMs: elapsedMs + Math.max(0, delayMs), call };
      due.add(entry);
      return () => void due.delete(entry);
    },
    sleep: (delayMs) => new Promise((resolve) => world.after(delayMs, resolve)),
    portFor(power) {
      const bootedAtMs = elapsedMs;
      return {
        now: world.now,
        monotonic: () => elapsedMs - bootedAtMs,
        after: (delayMs, call) => (power.on() ? world.after(delayMs, () => power.on() && call()) : () => {}),
      };
    },
    track(work) {
      tracked.add(work);
      const done = () => void tracked.delete(work);
      work.then(done, done);
      return work;
    },
  };
  return world;
}
