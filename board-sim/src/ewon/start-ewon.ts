import type { ClockPort, Millis } from '@ewon-agent/contracts';
import { dueAtMs, type EwonHappening, transition } from '../core/ewon/ewon-machine.ts';
import { type EwonState, type EwonStateOptions, type EwonTimes, ewonFromFactory } from '../core/ewon/ewon-state.ts';
import { putFile } from '../core/ewon/files.ts';
import { startFtpServer } from './ftp-server.ts';
import { startHttpServer } from './http-server.ts';

/** An Ewon that listens on 127.0.0.1. */
export type SimulatedEwon = {
  /** Its web server, `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly ftpPort: number;
  readonly user: string;
  readonly password: string;
  /** As it is now. */
  state(): EwonState;
  /** Sets a tag, or makes it. `quality` as the Ewon writes it, 65472 (good) unless told. */
  tag(name: string, value: number | string, quality?: number): void;
  /** Writes an event into its file. */
  log(text: string, origin?: string, id?: number): void;
  reboot(reason?: string): void;
  close(): Promise<void>;
};

export type EwonOptions = {
  /** Free ports unless told. */
  readonly httpPort?: number;
  readonly ftpPort?: number;
  readonly serial?: string;
  readonly model?: string;
  readonly firmware?: string;
  readonly user?: string;
  readonly password?: string;
  readonly tags?: Readonly<Record<string, number | string>>;
  /** Settings other than those of the factory. */
  readonly comcfg?: Readonly<Record<string, string>>;
  readonly times?: Partial<EwonTimes>;
  readonly eventsMaxBytes?: number;
  /** This machine's unless told; a test gives one that it advances. */
  readonly clock?: Pick<ClockPort, 'now' | 'after'>;
};

/** The ex-factory user and password of an Ewon. */
const FACTORY_USER = 'adm';

/** Starts an Ewon. While it boots, nothing answers on its ports. */
export async function startEwon(options: EwonOptions = {}): Promise<SimulatedEwon> {
  const clock = options.clock ?? systemClock;
  const user = options.user ?? FACTORY_USER;
  const password = options.password ?? FACTORY_USER;
  const allows = (asked: string, shown: string) => asked.toLowerCase() === user.toLowerCase() && shown === password;
  let state = ewonFromFactory(stateOptions(options));
  let cancel = () => {};
  let servers: Promise<unknown> = Promise.resolve();

  const become = (next: EwonState) => {
    const { at } = state;
    state = next;
    cancel();
    const due = dueAtMs(state);
    cancel =
      due === undefined
        ? () => {}
        : clock.after(Math.max(0, due - clock.now()), () => happen({ on: 'timePassed', atMs: clock.now() }));
    if (state.at === at) return;
    const move = state.at === 'running' ? 'open' : 'shut';
    servers = servers.then(() => Promise.all([http[move](), ftp[move]()]));
  };
  const happen = (happened: EwonHappening) => become(transition(state, happened));
  const world = {
    state: () => state,
    now: () => clock.now(),
    happen,
    allows,
    put(path: string, bytes: Uint8Array): string | undefined {
      const outcome = putFile(state, path, bytes, clock.now());
      become(outcome.state);
      return outcome.refused;
    },
  };
  const http = await startHttpServer(world, options.httpPort ?? 0);
  const ftp = await startFtpServer(world, options.ftpPort ?? 0);
  for (const [name, value] of Object.entries(options.tags ?? {})) {
    happen({ on: 'tagSet', atMs: clock.now(), name, value });
  }
  return {
    url: `http://127.0.0.1:${http.port}`,
    ftpPort: ftp.port,
    user,
    password,
    state: () => state,
    tag: (name, value, quality) =>
      happen({ on: 'tagSet', atMs: clock.now(), name, value, ...(quality !== undefined && { quality }) }),
    log: (text, origin = 'ewon', id = 1_073_741_824) => happen({ on: 'logged', atMs: clock.now(), text, origin, id }),
    reboot: (reason = 'Power on') => happen({ on: 'rebootAsked', atMs: clock.now(), reason }),
    async close() {
      cancel();
      await servers;
      await Promise.all([http.shut(), ftp.shut()]);
    },
  };
}

function stateOptions({ serial, model, firmware, times, comcfg, eventsMaxBytes }: EwonOptions): EwonStateOptions {
  return {
    device: {
      serial: serial ?? '1524-0071-21',
      model: model ?? 'Flexy 203',
      firmware: firmware ?? '14.6s0',
    },
    ...(times && { times }),
    ...(comcfg && { comcfg }),
    ...(eventsMaxBytes !== undefined && { eventsMaxBytes }),
  };
}

const systemClock: Pick<ClockPort, 'now' | 'after'> = {
  now: () => Date.now(),
  after(delayMs: Millis, call: () => void) {
    const timer = setTimeout(call, delayMs);
    return () => clearTimeout(timer);
  },
};
