import {
  type Cancel,
  type ClockPort,
  type Code,
  err,
  type LogPort,
  ok,
  type Result,
  unreachable,
  type WanBody,
  type WanProbe,
} from '@ewon-agent/contracts';
import {
  initialWan,
  type ProofDepth,
  type Wan,
  type WanEffect,
  type WanRules,
  type WanTimer,
  wanTransition,
} from '../core/wan.ts';
import { mayProbe } from '../core/wan-budget.ts';
import { type Drilled, drillable, drilledByProof, drilledWithoutProof } from '../core/wan-drill.ts';
import { activeOf, type LinkReading, type Links } from '../core/wan-link.ts';
import { factsKey, wanBody, withoutCell } from '../core/wan-report.ts';
import { NOTHING_SAVED, readSavedWan, savedText } from '../core/wan-saved.ts';
import type { SessionWatcher } from './watched-uplink.ts';

/** Where the account is: the URL of its directory, and its CA as PEM; nothing else is trusted. */
export type WanTarget = { readonly url: string; readonly ca: string };
/** What the command line shows. */
export type WanStatus = WanBody & { readonly links: Links };
/** A proof over one link, from its address. */
export type ProofOrder = WanTarget & {
  readonly link: string;
  readonly ip: string;
  readonly depth: ProofDepth;
  readonly nameServers: readonly string[];
  /** Where the account was found last: tells a silent name server from a silent line. */
  readonly knownAddress?: string;
};
/** What came of it, layer by layer. `bytes` is an upper estimate of all that went over the link. */
export type ProofOutcome = { readonly probes: readonly WanProbe[]; readonly bytes: number; readonly address?: string };

/** What the WAN is watched with; `cli/open-wan.ts` makes it. */
export type WanSources = {
  readonly rules: WanRules;
  /** What all sources say now. Never throws. */
  read(known: Links): Promise<readonly LinkReading[]>;
  /** Calls `wake` when there may be something new to read. */
  watch(wake: () => void): { stop(): void };
  /** Proves a way. Never throws. */
  prove(order: ProofOrder): Promise<ProofOutcome>;
  /** The link by which the kernel sends to an address from another; undefined when it has no way. */
  sentBy(to: string, from: string): Promise<string | undefined>;
  /** What was saved; a text that nobody can read is begun anew. */
  load(): string | undefined;
  save(text: string): Result<void>;
};

type Parts = WanSources & {
  readonly clock: ClockPort;
  readonly log: LogPort;
  readonly target: () => WanTarget | undefined;
  /** Sends `up/wan`; answers whether it left. */
  readonly tell: (body: WanBody) => Promise<boolean>;
  readonly report: (code: Code, detail: string) => void;
  readonly dropSession: () => void;
  readonly hurrySession: () => void;
  /** Whether the account may know what leads to the place of this Ewon; asked each time. */
  readonly mayBeLocated: () => boolean;
  /** Told when the links were read. */
  readonly linksRead?: () => void;
};

/** The running watch. */
export type WanWatch = SessionWatcher & {
  /** There is a session now over which `up/wan` can be sent. */
  announced(): void;
  /** Who may know the place of this Ewon may have changed. */
  decided(): void;
  status(): WanStatus;
  /** Proves the way over each link, also those that are not taken now. Codes: NOT_LINKED, WAN_BUDGET_SPENT. */
  drill(): Promise<Result<readonly Drilled[]>>;
  stop(): void;
};

/** Watches the way to the account: reads the links, carries out what the WAN machine orders, tells the account what changed. */
export function startWan(parts: Parts): WanWatch {
  const { clock, log, rules } = parts;
  const timers = new Map<WanTimer | 'tell', Cancel>();
  const saved = readSavedWan(parts.load());
  if (!saved.ok) parts.report(saved.fault.code, saved.fault.detail);
  let state: Wan = initialWan(saved.ok ? saved.value : NOTHING_SAVED);
  let stopped = false;
  let reading: Promise<void> | undefined;
  let isStale = false;
  let isLocated = parts.mayBeLocated();
  let toldKey: string | undefined;
  let toldAtMs = Number.NEGATIVE_INFINITY;

  type Event = Parameters<typeof wanTransition>[1];
  type Told = Event extends infer E ? (E extends Event ? Omit<E, 'wallMs' | 'steadyMs' | 'hasTarget'> : never) : never;

  function post(event: Told): void {
    if (stopped) return;
    const times = { wallMs: clock.now(), steadyMs: clock.monotonic(), hasTarget: parts.target() !== undefined };
    const [next, effects] = wanTransition(state, { ...event, ...times }, rules);
    state = next;
    log.write('debug', 'wan', event.on, {
      state: state.settled?.at,
      link: state.settled?.link,
      cause: state.settled?.cause,
    });
    for (const effect of effects) perform(effect);
  }

  function perform(effect: WanEffect): void {
    switch (effect.do) {
      case 'probe':
        void prove(effect);
        break;
      case 'wake': {
        const { timer } = effect;
        wake(timer, effect.afterMs, () => post({ on: 'TimerFired', timer }));
        break;
      }
      case 'letSleep':
        letSleep(effect.timer);
        break;
      case 'save':
        save();
        break;
      case 'tell':
        tellNow();
        break;
      case 'report':
        parts.report(effect.code, effect.detail);
        break;
      case 'dropSession':
        parts.dropSession();
        break;
      case 'hurrySession':
        parts.hurrySession();
        break;
      default:
        unreachable(effect);
    }
  }

  function wake(timer: WanTimer | 'tell', afterMs: number, call: () => void): void {
    timers.get(timer)?.();
    timers.set(timer, clock.after(afterMs, call));
  }

  function letSleep(timer: WanTimer | 'tell'): void {
    timers.get(timer)?.();
    timers.delete(timer);
  }

  async function prove({ link, ip, depth }: WanEffect & { do: 'probe' }): Promise<void> {
    const target = parts.target();
    const nameServers = state.links.find(({ name }) => name === link)?.dns?.value ?? [];
    const known = state.knownAddress === undefined ? {} : { knownAddress: state.knownAddress };
    const outcome = target
      ? await parts.prove({ ...target, link, ip, depth, nameServers, ...known })
      : { probes: [], bytes: 0 };
    await look(); // the kernel knows its neighbours better now
    post({ on: 'Proved', link, ...outcome });
  }

  /** One look at a time; what happens during one is seen by another one after it. */
  function look(): Promise<void> {
    isStale = true;
    reading ??= (async () => {
      while (isStale && !stopped) {
        isStale = false;
        post({ on: 'LinksRead', readings: await parts.read(state.links) });
      }
      reading = undefined;
      tellFacts();
      parts.linksRead?.();
    })();
    return reading;
  }

  function save(): void {
    const done = parts.save(savedText(state));
    if (!done.ok) log.write('warn', 'wan', 'not saved', { code: done.fault.code, detail: done.fault.detail });
  }

  function toTell(): WanBody {
    const body = wanBody(state, rules, clock.now());
    return parts.mayBeLocated() ? body : withoutCell(body);
  }

  function tellNow(): void {
    letSleep('tell');
    const body = toTell();
    const key = factsKey(body);
    toldAtMs = clock.monotonic();
    void parts.tell(body).then((left) => {
      toldKey = left ? key : undefined;
    });
  }

  /** A new address or cell is told as well, though the way stands as it stood; not more often than a change is. */
  function tellFacts(): void {
    letSleep('tell');
    if (!state.settled || factsKey(toTell()) === toldKey) return;
    const waitMs = toldAtMs + rules.holdDownMs - clock.monotonic();
    if (waitMs <= 0) tellNow();
    else wake('tell', waitMs, tellFacts);
  }

  async function drill(): Promise<Result<readonly Drilled[]>> {
    const target = parts.target();
    if (!target) return err('NOT_LINKED');
    await look();
    const drilled: Drilled[] = [];
    for (const link of drillable(state.links)) {
      const nameServers = link.dns?.value ?? activeOf(state.links)?.dns?.value ?? [];
      const to = state.knownAddress ?? nameServers[0] ?? link.gateway?.value;
      const ip = link.ip?.value;
      const sentBy = to !== undefined && ip !== undefined ? await parts.sentBy(to, ip) : undefined;
      const known = drilledWithoutProof(link, sentBy);
      if (!known && !mayProbe(state.budget, rules.probeBytesMax))
        return err('WAN_BUDGET_SPENT', `${state.budget.bytes} bytes`);
      if (known || ip === undefined) {
        if (known) drilled.push(known);
        continue;
      }
      const address = state.knownAddress === undefined ? {} : { knownAddress: state.knownAddress };
      const outcome = await parts.prove({ ...target, link: link.name, ip, depth: 'account', nameServers, ...address });
      post({ on: 'Drilled', bytes: outcome.bytes });
      drilled.push(drilledByProof(link, outcome));
    }
    return ok(drilled);
  }

  const watching = parts.watch(() => void look());
  void look();

  return {
    opened() {
      // where the session went out is known only once the links are read
      void (state.links.length > 0 ? Promise.resolve() : look()).then(() => post({ on: 'SessionOpened' }));
    },
    closed: () => post({ on: 'SessionClosed' }),
    unanswered: () => post({ on: 'Unanswered' }),
    answered: () => post({ on: 'Answered' }),
    announced: tellNow,
    decided() {
      const wasLocated = isLocated;
      isLocated = parts.mayBeLocated();
      // a broker keeps what was told, so a cell is taken back at once; where nothing was told, the next session tells
      if (isLocated !== wasLocated && toldKey !== undefined && factsKey(toTell()) !== toldKey) tellNow();
    },
    status: () => ({ ...wanBody(state, rules, clock.now()), links: state.links }),
    drill,
    stop() {
      save();
      stopped = true;
      watching.stop();
      for (const cancel of timers.values()) cancel();
      timers.clear();
    },
  };
}
