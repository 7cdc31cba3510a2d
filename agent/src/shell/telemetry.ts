import {
  type Cancel,
  type Fault,
  MINUTE_MS,
  type Millis,
  type Ports,
  type Result,
  type TagReading,
  type TagSample,
  timestampOf,
} from '@ewon-agent/contracts';
import { chooseSamples, type TelemetryRules, type ToldTags, telemetryMessages } from '../core/telemetry.ts';
import type { Outbox } from './outbox.ts';

/** When the Ewon is asked, and what of its answer is told. */
export type TelemetryOptions = TelemetryRules & {
  /** From one question to the next. */
  readonly everyMs: Millis;
  /** How long samples are collected for one message; what is collected is lost with the power. */
  readonly batchMs: Millis;
};

type Parts = {
  readonly tags: () => Promise<Result<readonly TagReading[]>>;
  readonly ports: Pick<Ports, 'clock' | 'log'>;
  readonly outbox: Pick<Outbox, 'accept'>;
  readonly options: TelemetryOptions;
  /** Told when the Ewon begins not to answer; once until it answers again. */
  readonly silent: (fault: Fault) => void;
  /** Before an account is joined, and after it was left, nothing is asked or kept. */
  readonly isLinked: () => boolean;
};

/** An Ewon that does not answer is asked at least this rarely. */
const PAUSE_MAX_MS = 5 * MINUTE_MS;

/** Asks the Ewon for its tags and puts into the outbox what is worth telling. */
export function startTelemetry(parts: Parts): { stop(): Promise<void> } {
  const { tags, ports, outbox, options, silent, isLinked } = parts;
  const { clock, log } = ports;
  let told: ToldTags = new Map();
  let batch: readonly TagSample[] = [];
  let batchSinceMs = 0;
  let failures = 0;
  let stopped = false;
  let cancel: Cancel = () => {};
  let looking: Promise<void> = Promise.resolve();
  schedule(0);

  function schedule(afterMs: Millis): void {
    if (stopped) return;
    cancel = clock.after(afterMs, () => {
      looking = look().then(() => schedule(pauseMs()));
    });
  }

  function pauseMs(): Millis {
    const slower = options.everyMs * 2 ** Math.min(failures, 10);
    return failures === 0 ? options.everyMs : Math.max(options.everyMs, Math.min(slower, PAUSE_MAX_MS));
  }

  async function look(): Promise<void> {
    if (!isLinked()) return forget();
    const answer = await tags();
    if (stopped || !isLinked()) return forget();
    if (!answer.ok) return failed(answer.fault);
    if (failures > 0) log.write('info', 'telemetry', 'the Ewon tells its tags again', {});
    failures = 0;
    const steadyMs = clock.monotonic();
    const chosen = chooseSamples(told, answer.value, { wallMs: clock.now(), steadyMs }, options);
    if (batch.length === 0) batchSinceMs = steadyMs;
    batch = [...batch, ...chosen.samples];
    told = chosen.told;
    const isFull = telemetryMessages(batch).length > 1;
    if (isFull || steadyMs - batchSinceMs + options.everyMs >= options.batchMs) await hand();
  }

  /** What is not kept is told anew at the next look. */
  async function hand(): Promise<void> {
    const messages = telemetryMessages(batch);
    batch = [];
    const kept = await Promise.all(messages.map((samples) => outbox.accept(message(samples))));
    const refused = kept.find(({ ok }) => !ok);
    if (!refused || refused.ok) return;
    told = new Map();
    log.write('warn', 'telemetry', 'not kept', { code: refused.fault.code });
  }

  function message(samples: readonly TagSample[]) {
    const atMs = clock.now();
    return { kind: 'telemetry', atMs, body: JSON.stringify({ at: timestampOf(atMs), samples }) } as const;
  }

  function failed(fault: Fault): void {
    if (failures++ === 0) silent(fault); // an Ewon that is away for a night is one line
  }

  function forget(): void {
    told = new Map();
    batch = [];
  }

  return {
    async stop() {
      stopped = true;
      cancel();
      await looking;
      if (isLinked()) await hand();
    },
  };
}
