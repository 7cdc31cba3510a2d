import type { CommandView, EwonView, LogLineView, RegistrationView } from './http/views.ts';
import type { Siblings } from './ports/siblings.ts';

/** What changed, with the row as it is now. `removed` rows are told with their last content. */
export type Change =
  | { readonly type: 'registration'; readonly id: string; readonly row: RegistrationView }
  | { readonly type: 'ewon'; readonly id: string; readonly row: EwonView }
  | { readonly type: 'command'; readonly id: string; readonly row: CommandView }
  | { readonly type: 'log'; readonly id: string; readonly row: LogLineView }
  | { readonly type: 'settings'; readonly id: string }
  /** Something was missed that another server committed: read anew. */
  | { readonly type: 'missed'; readonly id: string };

/** Tells long polls and live pages of what was committed, here or at another server of the account. Nothing is kept. */
export type Bus = {
  publish(change: Change): void;
  /** @returns ends the subscription */
  subscribe(listener: (change: Change) => void): () => void;
};

/**
 * A bus on which others are told as well of what is committed here.
 * @param bus what is heard here, from here and from there
 */
export function busWith(bus: Bus, { tell }: Pick<Siblings, 'tell'>): Bus {
  return {
    subscribe: bus.subscribe,
    publish(change) {
      tell(change);
      bus.publish(change);
    },
  };
}

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
