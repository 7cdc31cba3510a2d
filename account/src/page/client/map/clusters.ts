import { across, type WorldPoint } from './mercator.ts';

/** What stands at one point of the map: one thing, or several that would lie over one another. */
export type Cluster<T> = WorldPoint & { readonly members: readonly T[] };

/** Below this distance in pixels two marks would lie over one another. */
const APART_PX = 46;

/**
 * Puts together what lies too near at a scale. The same for all scales up to the next half step, so that nothing is
 * put together anew while the map is moved.
 * @param points in their order; what comes first gathers what is near it
 * @param scale see `clusterScale`
 */
export function clustered<T>(
  points: readonly (WorldPoint & { readonly of: T })[],
  scale: number,
): readonly Cluster<T>[] {
  const radius = APART_PX / scale;
  const columns = Math.max(1, Math.floor(1 / radius));
  const columnOf = (x: number) => Math.min(columns - 1, Math.floor(x * columns));
  const rowOf = (y: number) => Math.floor(y / radius);
  const cells = Map.groupBy(points, ({ x, y }) => cellKey(columnOf(x), rowOf(y)));
  const taken = new Set<WorldPoint>();
  const clusters: Cluster<T>[] = [];
  for (const seed of points) {
    if (taken.has(seed)) continue;
    const near: (WorldPoint & { readonly of: T })[] = [];
    for (const column of neighbours(columnOf(seed.x), columns))
      for (const row of [-1, 0, 1])
        for (const point of cells.get(cellKey(column, rowOf(seed.y) + row)) ?? [])
          if (!taken.has(point) && Math.hypot(across(seed.x, point.x), point.y - seed.y) <= radius) near.push(point);
    for (const point of near) taken.add(point);
    clusters.push({ ...meanOf(seed, near), members: near.map(({ of }) => of) });
  }
  return clusters;
}

/** The scale for which marks are put together: the half power of two at or below the scale that is looked at. */
export function clusterScale(scale: number): number {
  return 2 ** (Math.floor(2 * Math.log2(scale)) / 2);
}

function cellKey(column: number, row: number): number {
  return row * 2 ** 24 + column;
}

/** The columns beside one another; the first and the last are neighbours, because the world is round. */
function neighbours(column: number, columns: number): ReadonlySet<number> {
  return new Set([-1, 0, 1].map((step) => (column + step + columns) % columns));
}

function meanOf(seed: WorldPoint, near: readonly WorldPoint[]): WorldPoint {
  let [x, y] = [0, 0];
  for (const point of near) {
    x += across(seed.x, point.x);
    y += point.y;
  }
  return { x: (((seed.x + x / near.length) % 1) + 1) % 1, y: y / near.length };
}
