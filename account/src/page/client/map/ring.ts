import { AROUND_M, across, type Degrees, type WorldPoint, worldOf } from './mercator.ts';

// Closed lines on the map. One that crosses the antimeridian goes on beyond 0 or 1 instead of jumping to the other
// side; one that goes round a pole is closed along the edge of the map.

/** So many corners are round to the eye. */
const CORNERS = 72;

/** Makes a closed line whole, from its corners in their order; the last joins the first. */
export function wholeRing(corners: readonly WorldPoint[]): readonly WorldPoint[] {
  const [first] = corners;
  if (first === undefined) return [];
  const ring: WorldPoint[] = [first];
  let x = first.x;
  let before = first.x;
  for (const corner of corners.slice(1)) {
    x += across(before, corner.x);
    before = corner.x;
    ring.push({ x, y: corner.y });
  }
  const end = x + across(before, first.x); // where the first corner lies when it is reached again
  if (Math.abs(end - first.x) < 0.5) return ring;
  const middle = ring.reduce((sum, { y }) => sum + y, 0) / ring.length;
  const edge = middle < 0.5 ? 0 : 1;
  return [...ring, { x: end, y: first.y }, { x: end, y: edge }, { x: first.x, y: edge }];
}

/**
 * The line at a distance round a place, on the sphere: far north it is no circle on the map.
 * @param radiusM up to a quarter round the earth; what is more is the whole map
 */
export function circleAround(centre: Degrees, radiusM: number): readonly WorldPoint[] {
  const angle = (radiusM / AROUND_M) * 2 * Math.PI;
  if (angle >= Math.PI / 2) return WHOLE_MAP;
  const lat = radians(centre.lat);
  const corners = Array.from({ length: CORNERS }, (_, i): WorldPoint => {
    const bearing = (i / CORNERS) * 2 * Math.PI;
    const there = Math.asin(Math.sin(lat) * Math.cos(angle) + Math.cos(lat) * Math.sin(angle) * Math.cos(bearing));
    const turn = Math.atan2(
      Math.sin(bearing) * Math.sin(angle) * Math.cos(lat),
      Math.cos(angle) - Math.sin(lat) * Math.sin(there),
    );
    return worldOf({ lat: degrees(there), lng: centre.lng + degrees(turn) });
  });
  return wholeRing(corners);
}

const WHOLE_MAP: readonly WorldPoint[] = [
  { x: 0, y: 0 },
  { x: 1, y: 0 },
  { x: 1, y: 1 },
  { x: 0, y: 1 },
];

function radians(angle: number): number {
  return (angle * Math.PI) / 180;
}

function degrees(angle: number): number {
  return (angle * 180) / Math.PI;
}
