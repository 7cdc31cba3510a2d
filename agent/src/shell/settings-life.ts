import type { Cancel, ClockPort, Millis, Result } from '@ewon-agent/contracts';
import { MINUTE_MS } from '@ewon-agent/contracts';

export type SettingsApplied = 'applied' | 'restarting' | 'later' | 'needsRestart';

type Parts = {
  readonly clock: Pick<ClockPort, 'after'>;
  /** Takes over what can be taken at once; answers whether the rest needs a new start. */
  take(): Result<{ readonly needsRestart: boolean }>;
  /** What is set runs now. */
  cameUp(): void;
  /** The commit that waits to be confirmed, and for how long. */
  waiting(): { readonly n: number; readonly leftMs: Millis } | undefined;
  /** @returns whether that commit was taken back */
  timedOut(n: number): boolean;
  /** Ends this process, to be started again; undefined where nobody starts it. */
  readonly restart: (() => void) | undefined;
  /** Something is under way that a new start would cut short. */
  isInstalling(): boolean;
};

/** What a running agent does about what is set at the console. */
export type SettingsLife = {
  /** The agent is there, and answers. */
  cameUp(): void;
  /** It has changed. Codes: CONFIG_INVALID. */
  changed(): Result<SettingsApplied>;
  stop(): void;
};

/** So often it is looked whether an installation has ended. */
const LATER_MS = MINUTE_MS / 6;

/** Takes over what is set, and takes back what is not confirmed in time. */
export function startSettingsLife(parts: Parts): SettingsLife {
  const { clock, restart } = parts;
  let timer: Cancel = () => {};
  let later: Cancel = () => {};

  function up(): void {
    parts.cameUp();
    watch();
  }

  function watch(): void {
    timer();
    const waiting = parts.waiting();
    if (!waiting) return;
    timer = clock.after(waiting.leftMs, () => {
      if (parts.timedOut(waiting.n)) changed();
    });
  }

  function restarting(): 'restarting' | 'later' | 'needsRestart' {
    if (!restart) return 'needsRestart';
    later();
    if (parts.isInstalling()) {
      later = clock.after(LATER_MS, restarting);
      return 'later';
    }
    later = clock.after(0, restart); // once it was answered
    return 'restarting';
  }

  function changed(): Result<SettingsApplied> {
    const taken = parts.take();
    if (!taken.ok) return taken;
    later(); // a start that was put off is for what was set before
    if (taken.value.needsRestart) {
      watch(); // what was taken at once goes back also where nobody starts the agent again
      return { ok: true, value: restarting() };
    }
    up();
    return { ok: true, value: 'applied' };
  }

  return {
    cameUp: up,
    changed,
    stop() {
      timer();
      later();
    },
  };
}
