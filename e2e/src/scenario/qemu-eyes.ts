import type { AgentStatus } from '@ewon-agent/agent/core/status';
import type { QemuBoard } from '@ewon-agent/board-sim/qemu/controls';
import type { AgentSight, EventSight, Vitals } from '@ewon-agent/board-sim/scenario/stage';
import type { EventMessage } from '@ewon-agent/contracts';
import { eventually } from '@ewon-agent/contracts/suites/assertions';

/** The agent on the board, as its watcher there tells of it. */
export type WatchedAgent = {
  /** Resolves when the agent runs and answers. */
  answers(): Promise<void>;
  /** Waits, for minutes where it must be, until the agent is seen so. */
  until(holds: (seen: AgentSight) => boolean, what: string): Promise<void>;
  /** From now on events, silence and memory count. */
  begin(): Promise<void>;
  /** Undefined while the agent does not answer. */
  sight(): AgentSight | undefined;
  events(): readonly EventSight[];
  vitals(): Vitals | undefined;
  end(): void;
};

/** An agent that has been silent for longer, by the board's time, does not answer. */
const SILENT_MS = 2000;
const UNTIL_MS = 600_000;

/** Begins to watch. Events are taken from the last twenty that each status shows, so none is missed. */
export function watchAgent({ watch }: QemuBoard): WatchedAgent {
  const events = new Map<string, EventMessage>();
  let base: { readonly rssKib: number; readonly known: ReadonlySet<string> } = { rssKib: 0, known: new Set() };
  const keyOf = ({ epoch, seq }: EventMessage) => `${epoch}/${seq}`;
  const hear = (told: unknown) => {
    for (const event of statusOf(told)?.events ?? []) events.set(keyOf(event), event);
  };
  hear(watch.status);
  const end = watch.subscribe(hear);

  const sight = (): AgentSight | undefined => {
    const status = statusOf(watch.status);
    if (!status || (watch.beat?.silentMs ?? 0) > SILENT_MS) return undefined;
    const { registration, uplink, slots, startCount, led } = status;
    const last = registration.last ? { lastCode: registration.last.code } : {};
    return { registration: registration.state, ...last, uplink: uplink.state, slots, led, starts: startCount };
  };
  const until = async (holds: (seen: AgentSight) => boolean, what: string) => {
    const probe = () => {
      const seen = sight();
      return seen !== undefined && holds(seen);
    };
    await eventually(probe, { what, timeoutMs: UNTIL_MS });
  };
  return {
    answers: () => until(() => true, 'the agent answers'),
    until,
    async begin() {
      const { rssKib } = await watch.begin();
      base = { rssKib, known: new Set(events.keys()) };
    },
    sight,
    events: () => [...events].filter(([key]) => !base.known.has(key)).map(([, { code, text }]) => ({ code, text })),
    vitals() {
      const { beat } = watch;
      if (!beat) return undefined;
      const { gapMs, ownGapMs, peakKib } = beat;
      return { heartbeatGapMs: gapMs, watcherGapMs: ownGapMs, memoryGrowthKib: Math.max(0, peakKib - base.rssKib) };
    },
    end,
  };
}

/** What the agent answers to `status`; the watcher hands it on as it came. */
function statusOf(told: unknown): AgentStatus | undefined {
  return told === undefined ? undefined : (told as AgentStatus);
}
