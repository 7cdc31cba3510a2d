import type { LogPort } from '@ewon-agent/contracts';
import type { Broker } from '../ports/broker.ts';

/** Keeps at the broker what devices find there when they come: what it could not be told is told again. */
export type Herald = {
  /** The broker is to keep this on the topic; an empty payload takes away what it keeps. The last word on a topic counts. */
  keep(topic: string, payload: string): void;
  /** Tries again what could not be told. */
  retry(): void;
};

/** Makes one. One message after another; what fails waits for {@link Herald.retry} or the next message. */
export function createHerald({ publish, log }: { readonly publish: Broker['publish']; readonly log: LogPort }): Herald {
  const wanted = new Map<string, string>();
  let working = false;
  let failing = false;

  async function work(): Promise<void> {
    for (const [topic, payload] of wanted) {
      try {
        await publish({ topic, payload, qos: 1, retain: true });
      } catch (cause) {
        if (!failing) log.write('warn', 'broker', 'orders not sent', { left: wanted.size, cause: String(cause) });
        failing = true;
        return;
      }
      if (wanted.get(topic) === payload) wanted.delete(topic);
    }
    if (failing) log.write('info', 'broker', 'orders sent again');
    failing = false;
  }
  const begin = (): void => {
    if (working) return;
    working = true;
    void Promise.resolve()
      .then(work)
      .then(() => {
        working = false;
        if (wanted.size > 0 && !failing) begin(); // one topic changed while it was on its way
      });
  };
  return {
    keep(topic, payload) {
      wanted.delete(topic); // to the end of the line
      wanted.set(topic, payload);
      begin();
    },
    retry: () => {
      if (wanted.size > 0) begin();
    },
  };
}
