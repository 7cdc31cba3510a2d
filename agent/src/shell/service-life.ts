import type { ClockPort, LogPort, Millis, Result } from '@ewon-agent/contracts';

export type ServiceLifeParts = {
  /** Tells the service manager assignments of sd_notify(3). */
  readonly notify: (assignments: readonly string[]) => Promise<Result<void>>;
  /** How long the service manager waits for a sign of life; undefined when it does not. */
  readonly watchdogMs?: Millis;
  /** Resolves when the agent has done what it was asked so far; a stuck agent's never does. */
  readonly settled: () => Promise<void>;
  /** One line for people. */
  readonly status: () => string;
  readonly clock: Pick<ClockPort, 'after'>;
  readonly log: LogPort;
};

/**
 * Tells the service manager that the agent is ready, then twice in each watchdog time that it gets its work done.
 * A sign of life is sent only after the agent has answered: one whose events stay undone falls silent, and is
 * started again by the service manager, whatever its timers still do.
 * @returns to be called when the agent is told to stop, before it is stopped
 */
export async function startServiceLife(parts: ServiceLifeParts): Promise<{ stop(): Promise<void> }> {
  const { watchdogMs, clock, log } = parts;
  let stopped = false;
  let asking = false;
  let heard = true;
  let rest = () => {};

  async function tell(...assignments: readonly string[]): Promise<void> {
    const told = await parts.notify(assignments);
    if (told.ok !== heard) {
      if (told.ok) log.write('info', 'service', 'the service manager hears the agent again');
      else log.write('warn', 'service', 'unheard', { code: told.fault.code, detail: told.fault.detail });
    }
    heard = told.ok;
  }

  async function ask(): Promise<void> {
    asking = true;
    await parts.settled();
    asking = false;
    if (!stopped) await tell('WATCHDOG=1', `STATUS=${parts.status()}`);
  }

  function watch(everyMs: Millis): void {
    rest = clock.after(everyMs, () => {
      watch(everyMs);
      if (asking) log.write('error', 'service', 'the agent has not answered for a while', { code: 'AGENT_STUCK' });
      else void ask();
    });
  }

  await tell('READY=1', `STATUS=${parts.status()}`);
  if (watchdogMs !== undefined) watch(watchdogMs / 2);
  return {
    async stop() {
      stopped = true;
      rest();
      await tell('STOPPING=1');
    },
  };
}
