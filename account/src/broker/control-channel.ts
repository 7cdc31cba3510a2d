import { type Command, type ControlResponse, readControlResponses } from './dynamic-security.ts';

/** The request and answer side of the dynamic-security plugin: one request at a time, matched by its number. */
export type ControlChannel = {
  /**
   * Sends commands and waits for their answers, in the same order.
   * @throws an error with `code` UPLINK_UNREACHABLE when no answer came in time or the connection was lost;
   * UPLINK_REFUSED when a command was refused and `refusals` is `throw`
   */
  request(commands: readonly Command[], refusals: 'throw' | 'return'): Promise<readonly ControlResponse[]>;
  /** Takes a message of the response topic. */
  answered(payload: Uint8Array): void;
  /** The connection is lost: whoever waits is told. */
  lost(): void;
};

export type ControlFailure = Error & { readonly code: 'UPLINK_UNREACHABLE' | 'UPLINK_REFUSED' };

/** @param send puts one payload on the control topic; rejects when that is not possible within `timeoutMs` */
export function createControlChannel(send: (payload: string) => Promise<void>, timeoutMs: number): ControlChannel {
  let counter = 0;
  let queue: Promise<unknown> = Promise.resolve();
  let waiting: { id: string; resolve(r: readonly ControlResponse[]): void; reject(e: Error): void } | undefined;

  async function exchange(commands: readonly Command[]): Promise<readonly ControlResponse[]> {
    counter += 1;
    const id = String(counter);
    const { promise, resolve, reject } = Promise.withResolvers<readonly ControlResponse[]>();
    waiting = { id, resolve, reject };
    const deadline = AbortSignal.timeout(timeoutMs);
    const late = () => reject(failure('UPLINK_UNREACHABLE', `Mosquitto gave no answer within ${timeoutMs} ms`));
    deadline.addEventListener('abort', late);
    try {
      send(JSON.stringify({ commands: commands.map((c) => ({ ...c, correlationData: id })) })).catch(reject);
      return await promise;
    } finally {
      deadline.removeEventListener('abort', late);
      waiting = undefined;
    }
  }

  return {
    request: (commands, refusals) => {
      const result = queue.then(async () => {
        const responses = commands.length > 0 ? await exchange(commands) : [];
        const refusal = responses.find(({ error }) => error !== undefined);
        if (refusal && refusals === 'throw') {
          throw failure('UPLINK_REFUSED', `dynamic-security: ${refusal.command}: ${refusal.error}`);
        }
        return responses;
      });
      queue = result.catch(() => {}); // told to whoever asked
      return result;
    },
    answered: (payload) => {
      const read = readControlResponses(payload);
      if (!read.ok || !waiting) return; // an answer that nobody waits for any more
      const { id } = waiting;
      const mine = read.value.responses.filter(({ correlationData }) => correlationData === id);
      if (mine.length > 0) waiting.resolve(mine);
    },
    lost: () => waiting?.reject(failure('UPLINK_UNREACHABLE', 'the connection to Mosquitto was lost')),
  };
}

/** An error with one of our codes, so that a caller can tell which. */
export function failure(code: ControlFailure['code'], message: string, cause?: unknown): ControlFailure {
  return Object.assign(new Error(message, { cause }), { code });
}
