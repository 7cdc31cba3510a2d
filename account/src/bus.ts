import type { CommandView, EwonView, LogLineView, RegistrationView } from './http/views.ts';

/** What changed, with the row as it is now. `removed` rows are told with their last content. */
export type Change =
  | { readonly type: 'registration'; readonly id: string; readonly row: RegistrationView }
  | { readonly type: 'ewon'; readonly id: string; readonly row: EwonView }
  | { readonly type: 'command'; readonly id: string; readonly row: CommandView }
  | { readonly type: 'log'; readonly id: string; readonly row: LogLineView }
  | { readonly type: 'settings'; readonly id: string };

/** Tells long polls and live pages of what was committed. Within this process only, and nothing is kept. */
export type Bus = {
  publish(change: Change): void;
  /** @returns ends the subscription */
  subscribe(listener: (change: Change) => void): () => void;
};

/** Makes a bus. A listener that throws is a bug of ours and takes nobody else with it: the others are still told. */
export function createBus(): Bus {
  const listeners = new Set<(change: Change) => void>();
  return {
    publish(change) {
      const thrown: unknown[] = [];
      for (const listener of [...listeners]) {
        try {
          listener(change);
        } catch (error) {
          thrown.push(error);
        }
      }
      if (thrown.length > 0) throw new AggregateError(thrown, 'this is a bug: a listener of the bus threw');
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
