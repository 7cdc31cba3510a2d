import type { AdminApi } from '@ewon-agent/e2e/admin-api';

/** Looks at the account's HTTP API from outside, as often as it can be worth. */
export type Witness = {
  /** Asks until the answer holds what is looked for. @returns it, with the moment by `performance.now()` */
  until<T>(ask: () => Promise<T | undefined>): Promise<{ readonly seen: T; readonly atMs: number }>;
  close(): void;
};

/** Pause between an answer and the next question when nothing is told: an error of the figure, in one direction only. */
const PAUSE_MS = 2;
/** Nothing here takes this long unless it is broken. */
const LIMIT_MS = 30_000;

/** Makes a witness. What the account tells by server-sent events ends a pause early. */
export async function createWitness(api: Pick<AdminApi, 'changes'>): Promise<Witness> {
  let wake = (): void => {};
  const close = await api.changes(() => wake());
  const pause = () =>
    new Promise<void>((done) => {
      const timer = setTimeout(done, PAUSE_MS);
      wake = () => {
        clearTimeout(timer);
        done();
      };
    });
  return {
    close,
    async until(ask) {
      const limitMs = performance.now() + LIMIT_MS;
      for (;;) {
        const seen = await ask();
        const atMs = performance.now();
        if (seen !== undefined) return { seen, atMs };
        if (atMs > limitMs) throw new Error(`not seen at the account within ${LIMIT_MS} ms`);
        await pause();
      }
    },
  };
}
