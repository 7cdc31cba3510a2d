/**
 * Works on items in their order, so many at a time; answers the promise of each at once, also in their order. One that
 * fails keeps none of the others from its turn.
 */
export function startAll<Item, Done>(
  items: readonly Item[],
  atATime: number,
  work: (item: Item) => Promise<Done>,
): readonly Promise<Done>[] {
  const turns = items.map((item) => ({ item, done: Promise.withResolvers<Done>() }));
  const left = turns.values();
  const runner = async () => {
    for (const { item, done } of left) {
      const working = work(item);
      done.resolve(working);
      await working.catch(() => {}); // whoever waits for it is told
    }
  };
  for (let at = 0; at < atATime; at++) void runner();
  return turns.map(({ done }) => done.promise);
}
