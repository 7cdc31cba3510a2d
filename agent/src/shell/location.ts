import {
  type Cancel,
  type ClockPort,
  type Code,
  type LocationBody,
  type LogPort,
  type Result,
  unreachable,
} from '@ewon-agent/contracts';
import {
  initialLocation,
  type Location,
  type LocationEffect,
  type LocationEvent,
  type LocationRules,
  type LocationSwitch,
  locationTransition,
} from '../core/location.ts';
import { cellsOf } from '../core/location-cells.ts';
import { counted } from '../core/location-change.ts';
import { readSavedLocation, savedLocationText } from '../core/location-saved.ts';
import type { Links } from '../core/wan-link.ts';

type Untimed<E> = E extends LocationEvent ? Omit<E, 'wallMs' | 'steadyMs'> : never;
type Happened = Untimed<LocationEvent>;
/** What a source says. */
export type Said = Extract<Happened, { on: 'WifiHeard' | 'GnssHeard' | 'SourceFailed' }>;

/** What the location is found by; `cli/open-location.ts` makes it. */
export type LocationSources = {
  /** The configuration speaks of it. Where it does not any more, what was told before is only taken back. */
  readonly isConfigured: boolean;
  readonly rules: LocationRules;
  /** Opens the sources beside the cells, which the WAN knows. Nothing may have been opened, read or scanned before this, nor after `close`. */
  open(say: (said: Said) => void): { close(): void };
  /** Calls `wake` when a switch at the board may have changed. */
  watchSwitch(wake: () => void): { stop(): void };
  /** What was saved; undefined when nothing was. */
  load(): string | undefined;
  save(text: string): Result<void>;
  /** Takes away what was saved. */
  erase(): Result<void>;
};

type Parts = LocationSources & {
  readonly clock: ClockPort;
  readonly log: LogPort;
  /** What is allowed at this moment. */
  readonly decision: () => LocationSwitch;
  readonly links: () => Links;
  /** Sends `up/location` over a session of this device; answers whether it left. */
  readonly tell: (deviceId: string, body: LocationBody) => Promise<boolean>;
  readonly report: (code: Code, detail: string) => void;
};

export type LocationWatch = {
  /** What is allowed may have changed. */
  decide(): void;
  /** The links were read. */
  linksRead(): void;
  /** There is a session now over which `up/location` can be sent. */
  announced(): void;
  state(): Pick<Location, 'told' | 'withdrawing' | 'ledger'>;
  stop(): void;
};

/** Hears the sources while that is allowed, and tells the account what changed. */
export function startLocation(parts: Parts): LocationWatch {
  const { clock, log, rules } = parts;
  const saved = readSavedLocation(parts.load());
  if (!saved.ok) parts.report(saved.fault.code, saved.fault.detail);
  let state = initialLocation(saved.ok ? saved.value : undefined);
  let sources: { close(): void } | undefined;
  let timer: Cancel = () => {};
  let isStopped = false;

  /** Whatever happens, what is allowed at that moment counts: a file at the board that came a moment ago as well. */
  function post(event: Happened): void {
    if (isStopped) return;
    take({ on: 'Decided', decision: parts.decision() });
    take(event);
  }

  function take(event: Happened): void {
    const timed = { ...event, wallMs: clock.now(), steadyMs: clock.monotonic() } as LocationEvent;
    const [next, effects] = locationTransition(state, timed, rules);
    if (next === state && effects.length === 0) return;
    state = next;
    log.write('debug', 'location', event.on, { on: state.switch?.on, by: state.switch?.by });
    let isKept = true;
    for (const effect of effects) {
      // what is told without being saved could not be taken back after a power cut
      if (effect.do === 'tell' && effect.body.evidence && !isKept)
        void Promise.resolve().then(() => left(effect, false));
      else isKept = perform(effect) && isKept;
    }
  }

  /** @returns whether what is on the disk is what was ordered */
  function perform(effect: LocationEffect): boolean {
    switch (effect.do) {
      case 'open':
        sources = parts.open((said) => post(said));
        linksRead();
        break;
      case 'close':
        sources?.close();
        sources = undefined;
        break;
      case 'save':
        return kept(parts.save(savedLocationText(state)));
      case 'erase':
        return kept(parts.erase());
      case 'wake':
        timer();
        timer = clock.after(effect.afterMs, () => post({ on: 'TimerFired' }));
        break;
      case 'letSleep':
        timer();
        break;
      case 'tell':
        void parts.tell(effect.deviceId, effect.body).then((hasLeft) => left(effect, hasLeft));
        break;
      case 'report':
        parts.report(effect.code, effect.detail);
        break;
      default:
        unreachable(effect);
    }
    return true;
  }

  function left({ body }: LocationEffect & { do: 'tell' }, hasLeft: boolean): void {
    post({ on: 'Left', of: body.evidence ? 'evidence' : 'withdrawn', left: hasLeft });
  }

  function kept(done: Result<void>): boolean {
    if (!done.ok) log.write('warn', 'location', 'not kept', { code: done.fault.code, detail: done.fault.detail });
    return done.ok;
  }

  function linksRead(): void {
    if (!sources || !rules.sources.includes('cells')) return;
    const { cells, leftOut } = cellsOf(parts.links());
    const what = `${counted(cells.length, 'cell')}${leftOut > 0 ? `, ${leftOut} left out` : ''}`;
    post({ on: 'CellsHeard', cells, what });
  }

  const decide = () => {
    if (!isStopped) take({ on: 'Decided', decision: parts.decision() });
  };
  const watching = parts.watchSwitch(decide);
  decide();

  return {
    decide,
    linksRead,
    announced: () => post({ on: 'Announced' }),
    state: () => state,
    stop() {
      isStopped = true;
      watching.stop();
      sources?.close();
      timer();
    },
  };
}
