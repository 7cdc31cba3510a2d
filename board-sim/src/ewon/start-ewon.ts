import type { ClockPort, Millis } from '@ewon-agent/contracts';
import { dueAtMs, type EwonHappening, transition } from '../core/ewon/ewon-machine.ts';
import { type EwonState, type EwonStateOptions, ewonFromFactory, FACTORY_USERS } from '../core/ewon/ewon-state.ts';
import type { EwonTrouble } from '../core/ewon/trouble.ts';
import type { EwonDoor, EwonWorld } from './ewon-world.ts';
import { sleepBy } from './ewon-world.ts';
import { startFtpServer } from './ftp-server.ts';
import { startHttpServer } from './http-server.ts';

/** Something that happens to an Ewon, at this moment. */
export type HappensNow = EwonHappening extends infer One
  ? One extends EwonHappening
    ? Omit<One, 'atMs'>
    : never
  : never;

/** An Ewon that listens on 127.0.0.1. */
export type SimulatedEwon = {
  /** Its web server, `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly ftpPort: number;
  readonly user: string;
  readonly password: string;
  /** As it is now. */
  state(): EwonState;
  /** Makes something happen to it: a tag, a link, the modem, an account, a reset, a reboot, a loss of power. */
  happen(happened: HappensNow): void;
  /** Sets a tag, or makes it. `quality` as the Ewon writes it, 65472 (good) unless told. */
  tag(name: string, value: number | string, quality?: number): void;
  /** Makes its servers misbehave from now on, and only as told here. */
  trouble(trouble: EwonTrouble): Promise<void>;
  close(): Promise<void>;
};

export type EwonOptions = Omit<EwonStateOptions, 'atMs' | 'device' | 'users'> & {
  /** Free ports unless told. */
  readonly httpPort?: number;
  readonly ftpPort?: number;
  readonly serial?: string;
  readonly model?: string;
  readonly firmware?: string;
  readonly user?: string;
  readonly password?: string;
  readonly tags?: Readonly<Record<string, number | string>>;
  /** Told of every change. */
  readonly changed?: (now: EwonState, before: EwonState) => void;
  /** This machine's unless told; a test gives one that it advances. */
  readonly clock?: Pick<ClockPort, 'now' | 'after'>;
};

/** What an Ewon is unless told. */
export const EWON_DEVICE = { serial: '1524-0071-21', model: 'Flexy 203', firmware: '14.6s0' } as const;

/** Starts an Ewon. While it boots, its ports end every connection at once. */
export async function startEwon(options: EwonOptions = {}): Promise<SimulatedEwon> {
  const { serial, model, firmware, clock = systemClock, tags = {} } = options;
  const [factory] = FACTORY_USERS;
  const login = options.user ?? factory?.login ?? '';
  const password = options.password ?? factory?.password ?? '';
  const device = {
    serial: serial ?? EWON_DEVICE.serial,
    model: model ?? EWON_DEVICE.model,
    firmware: firmware ?? EWON_DEVICE.firmware,
  };
  let state = ewonFromFactory({ ...options, atMs: clock.now(), device, users: [{ login, password }] });
  let trouble: EwonTrouble = {};
  let cancel = () => {};
  let doors: readonly EwonDoor[] = [];

  const become = (next: EwonState) => {
    const before = state;
    state = next;
    cancel();
    const due = dueAtMs(state);
    if (due !== undefined) cancel = clock.after(Math.max(0, due - clock.now()), () => happen({ on: 'timePassed' }));
    if (before.at === 'running' && state.at === 'booting') for (const door of doors) door.hangUp();
    if (state !== before) options.changed?.(state, before);
  };
  const happen = (happened: HappensNow) => become(transition(state, { ...happened, atMs: clock.now() }));
  const world: EwonWorld = {
    state: () => state,
    now: () => clock.now(),
    trouble: () => trouble,
    happen: (happened) => become(transition(state, happened)),
    become,
    swallow: () => (trouble.pieceAfterMs ? sleepBy(clock, trouble.pieceAfterMs) : undefined),
    think: async () => void (trouble.answerAfterMs && (await sleepBy(clock, trouble.answerAfterMs))),
  };
  const http = await startHttpServer(world, options.httpPort ?? 0);
  const ftp = await startFtpServer(world, options.ftpPort ?? 0);
  doors = [http, ftp];
  for (const [name, value] of Object.entries(tags)) happen({ on: 'tagSet', name, value });
  become(state); // sets the clock
  return {
    url: `http://127.0.0.1:${http.port}`,
    ftpPort: ftp.port,
    user: login,
    password,
    state: () => state,
    happen,
    tag: (name, value, quality) => happen({ on: 'tagSet', name, value, ...(quality !== undefined && { quality }) }),
    async trouble(next) {
      trouble = next;
      await Promise.all([
        next.http === 'refused' ? http.shut() : http.open(),
        next.ftp === 'refused' ? ftp.shut() : ftp.open(),
      ]);
    },
    async close() {
      cancel();
      await Promise.all([http.shut(), ftp.shut()]);
    },
  };
}

const systemClock: Pick<ClockPort, 'now' | 'after'> = {
  now: () => Date.now(),
  after(delayMs: Millis, call: () => void) {
    const timer = setTimeout(call, delayMs);
    return () => clearTimeout(timer);
  },
};
