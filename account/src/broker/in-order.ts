/** Runs work of one key one after another, of different keys side by side. */
export type InOrder = {
  /** Resolves or rejects as the work does; a rejection does not stop what comes after it. */
  add(key: string, work: () => void | Promise<void>): Promise<void>;
  /** Resolves when nothing is left. */
  idle(): Promise<void>;
};

/** Makes an empty queue. Keys without work take no memory. */
export function inOrder(): InOrder {
  const last = new Map<string, Promise<void>>();
  return {
    add: (key, work) => {
      const before = last.get(key) ?? Promise.resolve();
      const done = before.then(work);
      const settled = done.then(
        () => {},
        () => {}, // told to whoever added it
      );
      last.set(key, settled);
      settled.then(() => last.get(key) === settled && last.delete(key));
      return done;
    },
    idle: async () => {
      while (last.size > 0) await Promise.all(last.values());
    },
  };
}
