/** `refused`: connections break and new ones fail at once (no route). `silent`: nothing comes back, as with a pulled cable behind a switch. */
export type NetworkState = 'up' | 'refused' | 'silent';

/** The way out of the board. The simulated account and broker consult it; the Ewon on the LAN does not. */
export type NetworkControl = {
  readonly state: NetworkState;
  up(): void;
  down(how?: 'refused' | 'silent'): void;
  /** Tells every change. @returns ends the subscription */
  subscribe(tell: (state: NetworkState) => void): () => void;
};

/** Makes the network of a board; it is up. */
export function createNetwork(): NetworkControl {
  let state: NetworkState = 'up';
  const told = new Set<(state: NetworkState) => void>();
  const become = (next: NetworkState) => {
    if (next === state) return;
    state = next;
    for (const tell of [...told]) tell(state);
  };
  return {
    get state() {
      return state;
    },
    up: () => become('up'),
    down: (how = 'refused') => become(how),
    subscribe(tell) {
      told.add(tell);
      return () => void told.delete(tell);
    },
  };
}
