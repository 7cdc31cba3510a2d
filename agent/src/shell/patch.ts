import {
  type Cancel,
  type ClockPort,
  type Code,
  err,
  type Fault,
  type LogPort,
  MINUTE_MS,
  ok,
  type PatchBody,
  type PatchInstallerPort,
  type PatchRepositoryPort,
  type Result,
  unreachable,
} from '@ewon-agent/contracts';
import {
  initialPatch,
  type PatchEffect,
  type PatchEvent,
  type PatchRules,
  type PatchSwitch,
  patchTransition,
} from '../core/patch.ts';
import type { PresentVersions } from '../core/patch-choice.ts';
import { DEFER_HOURS, deferral, waitsFor } from '../core/patch-gates.ts';
import { type PatchStatus, patchStatusOf } from '../core/patch-report.ts';
import { readSavedPatch, savedPatchText } from '../core/patch-saved.ts';
import type { Metered } from '../core/patch-switch.ts';
import type { Decision } from '../core/policy.ts';

/** An Ewon that went away is asked again whether it is back. */
const SETTLE_AGAIN_MS = 15 * MINUTE_MS;

type Untimed<E> = E extends PatchEvent ? Omit<E, 'wallMs' | 'steadyMs'> : never;
type Happened = Untimed<PatchEvent>;

/** Whose repository it is. `patchRoot`: the hash of its first root, as the account's policy names it. */
export type PatchTarget = {
  readonly deviceId: string;
  readonly url: string;
  readonly ca: string;
  readonly patchRoot?: string;
};

/** What patches are brought and installed with; `cli/open-patch.ts` makes it. */
export type PatchSources = {
  readonly rules: PatchRules;
  /** Something of patches is on the disk. */
  readonly isUsed: boolean;
  readonly metered: Metered;
  /** The configuration names a root to begin with. */
  readonly isRootPinned: boolean;
  /** Opens the repository of an account; nothing is read before its first call. */
  repository(target: PatchTarget, report: (fault: Fault) => void): Promise<PatchRepositoryPort>;
  /** As the port says, of any account. */
  keepOnly: PatchRepositoryPort['keepOnly'];
  installers(): Promise<readonly PatchInstallerPort[]>;
  /** What is at work; undefined when nothing is, and the machine may be stopped. */
  busy(): Promise<string | undefined>;
  /** Calls `wake` when a switch at the board may have changed. */
  watchSwitch(wake: () => void): { stop(): void };
  load(): string | undefined;
  save(text: string): Result<void>;
};

export type PatchParts = PatchSources & {
  readonly clock: ClockPort;
  readonly log: LogPort;
  /** What is allowed at this moment. */
  readonly decision: () => PatchSwitch;
  readonly target: () => PatchTarget | undefined;
  /** Sends `up/patch` over a session of this device; answers whether it left. */
  readonly tell: (deviceId: string, body: PatchBody) => Promise<boolean>;
  readonly report: (code: Code, detail: string) => void;
};

export type PatchWatch = {
  /** What is allowed may have changed. */
  decide(): void;
  /** There is a session now over which `up/patch` can be sent. */
  announced(): void;
  /** A person wants to know and have what there is, now. */
  look(): void;
  /** A person says yes to what waits. Codes: PATCH_NONE_WAITING. */
  confirm(): Result<void>;
  /** A person at the device wants what waits now. Codes: PATCH_NONE_WAITING, and what it still waits for. */
  install(): Result<void>;
  /** A person at the device puts it off. Codes: USAGE, PATCH_NONE_WAITING, PATCH_DEFER_SPENT. */
  defer(hours: number): Result<void>;
  /** The account lets one through, or orders it again. */
  release(path: string): void;
  status(remoteManagement: Decision & { readonly why: string }): PatchStatus;
  stop(): Promise<void>;
};

/** Looks for patches while that is allowed, and carries out what was decided of them. */
export function startPatch(parts: PatchParts): PatchWatch {
  const { clock, log, rules } = parts;
  const saved = readSavedPatch(parts.load());
  if (!saved.ok) parts.report(saved.fault.code, saved.fault.detail);
  let state = initialPatch(saved.ok ? saved.value : undefined, clock.monotonic());
  let opened: { readonly key: string; readonly repository: Promise<PatchRepositoryPort> } | undefined;
  let timer: Cancel = () => {};
  let settling: Cancel = () => {};
  let working = new AbortController();
  /** The ports take one call at a time. */
  let last: Promise<unknown> = Promise.resolve();
  let isStopped = false;

  const times = () => ({ wallMs: clock.now(), steadyMs: clock.monotonic() });

  /** Whatever happens, what is allowed at that moment counts: a file at the board that came a moment ago as well. */
  function post(event: Happened): void {
    if (isStopped) return;
    take({ on: 'Decided', decision: parts.decision() });
    take(event);
  }

  function take(event: Happened): void {
    const [next, effects] = patchTransition(state, { ...event, ...times() } as PatchEvent, rules);
    state = next;
    if (effects.length > 0)
      log.write('debug', 'patch', event.on, {
        doing: state.doing.at,
        does: effects.map((effect) => effect.do).join(' '),
      });
    let isKept = true;
    for (const effect of effects) {
      // what is begun without being saved would be begun again and again by each start
      if (effect.do === 'install' && !isKept) post({ on: 'Installed', done: err('STATE_UNWRITABLE', 'patch.json') });
      else isKept = perform(effect) && isKept;
    }
  }

  /** @returns whether what is on the disk is what was ordered */
  function perform(effect: PatchEffect): boolean {
    switch (effect.do) {
      case 'save': {
        const done = parts.save(savedPatchText(state.saved));
        if (!done.ok) log.write('warn', 'patch', 'not kept', { code: done.fault.code, detail: done.fault.detail });
        return done.ok;
      }
      case 'look':
        inTurn(look);
        break;
      case 'download':
        inTurn(async (signal) => {
          const received = (bytes: number) => !signal.aborted && post({ on: 'Received', bytes });
          const done = await (await repository()).download(effect.patch, { signal, received });
          return { on: 'Downloaded', done };
        });
        break;
      case 'install':
        inTurn(async () => ({ on: 'Installed', done: await install(effect) }));
        settle();
        break;
      case 'askBusy':
        inTurn(async () => {
          const busy = await parts.busy();
          return { on: 'BusyRead', ...(busy !== undefined && { busy }) };
        });
        break;
      case 'keepOnly':
        last = last.then(() => parts.keepOnly(effect.sha256s)).catch(failed);
        break;
      case 'stop':
        working.abort();
        working = new AbortController();
        break;
      case 'wake':
        timer();
        timer = clock.after(effect.afterMs, () => post({ on: 'TimerFired' }));
        break;
      case 'tell':
        void tell(effect.body);
        break;
      case 'report':
        parts.report(effect.code, effect.detail);
        break;
      default:
        unreachable(effect);
    }
    return true;
  }

  /** Does one thing after the other; what was stopped meanwhile has no result. */
  function inTurn(act: (signal: AbortSignal) => Promise<Happened>): void {
    const { signal } = working;
    last = last
      .then(async () => {
        if (signal.aborted || isStopped) return;
        const event = await act(signal);
        if (!signal.aborted) post(event);
      })
      .catch(failed);
  }

  function told({ code, detail }: Fault): void {
    parts.report(code, detail);
  }

  function failed(cause: unknown): void {
    log.write('error', 'patch', 'this is a bug', { cause: String(cause) });
  }

  /** The one of the account that this Ewon is linked to now. */
  function repository(): Promise<PatchRepositoryPort> {
    const target = parts.target();
    if (!target) return Promise.resolve(NO_REPOSITORY);
    const key = JSON.stringify(target);
    if (opened?.key !== key) opened = { key, repository: parts.repository(target, told) };
    return opened.repository;
  }

  async function look(signal: AbortSignal): Promise<Happened> {
    const present: { -readonly [K in keyof PresentVersions]: PresentVersions[K] } = {};
    for (const installer of await parts.installers()) {
      const now = await installer.present();
      if (now.ok) present[installer.kind] = now.value;
      else log.write('info', 'patch', 'version not known', { kind: installer.kind, code: now.fault.code });
    }
    return { on: 'Looked', present, read: await (await repository()).refresh(signal) };
  }

  async function install({ patch, file }: PatchEffect & { do: 'install' }) {
    const { kind } = patch.custom;
    const installer = (await parts.installers()).find((one) => one.kind === kind);
    if (!installer) return err('PATCH_NOT_SUPPORTED', kind);
    return installer.install(patch, file, (step) => log.write('info', 'patch', step, { path: patch.path }));
  }

  /** What an installation left aside goes back, whoever allows patches by now: it is nothing new that is done to the Ewon. */
  function settle(): void {
    last = last
      .then(async () => {
        if (isStopped || state.saved.installing) return;
        const left = (await parts.installers()).map(async (installer) => (await installer.settle?.()) ?? 'done');
        if (!(await Promise.all(left)).includes('later')) return;
        settling();
        settling = clock.after(SETTLE_AGAIN_MS, settle);
      })
      .catch(failed);
  }

  async function tell(body: PatchBody): Promise<void> {
    const deviceId = state.switch?.deviceId;
    const hasLeft = deviceId !== undefined && (await parts.tell(deviceId, body));
    if (!hasLeft) post({ on: 'SessionLost' });
  }

  const decide = () => {
    if (!isStopped) take({ on: 'Decided', decision: parts.decision() });
  };
  const watching = parts.watchSwitch(decide);
  decide();
  take({ on: 'Started' });
  settle();

  return {
    decide,
    announced: () => post({ on: 'Announced' }),
    look: () => post({ on: 'Wanted' }),
    confirm() {
      if (!state.saved.staged) return err('PATCH_NONE_WAITING');
      post({ on: 'Confirmed' });
      return { ok: true, value: undefined };
    },
    install() {
      if (!state.saved.staged || state.saved.installing) return err('PATCH_NONE_WAITING');
      post({ on: 'Urged' });
      const waits = state.saved.installing ? undefined : waitsFor(state, times());
      return waits ? err(waits) : ok(undefined);
    },
    defer(hours) {
      if (!(hours >= DEFER_HOURS.min && hours <= DEFER_HOURS.max)) return err('USAGE', `${hours} h`);
      if (!state.saved.staged || state.saved.installing) return err('PATCH_NONE_WAITING');
      if (!deferral(state.saved, hours, clock.now())) return err('PATCH_DEFER_SPENT');
      post({ on: 'Deferred', hours });
      return ok(undefined);
    },
    release: (path) => post({ on: 'Released', path }),
    status: (remoteManagement) => patchStatusOf(state, times(), rules, remoteManagement),
    async stop() {
      isStopped = true;
      watching.stop();
      timer();
      settling();
      working.abort();
      // an installation is not cut short by a stop of the agent that can wait for it; a start goes on with it otherwise
      if (state.doing.at !== 'installing') await last;
    },
  };
}

const NO_REPOSITORY: PatchRepositoryPort = {
  refresh: async () => err('TUF_NO_ROOT', 'not linked'),
  download: async () => err('PATCH_STOPPED', 'not linked'),
  keepOnly: async () => {},
};
