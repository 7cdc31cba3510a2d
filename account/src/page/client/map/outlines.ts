import { type Degrees, type WorldPoint, worldOf } from './mercator.ts';
import { wholeRing } from './ring.ts';

// Outlines of countries, as the package world-atlas has them (Natural Earth, public domain): TopoJSON 1.0, in which
// borders are arcs that two countries share, each a line of whole-numbered steps.

/** A closed line, corner after corner as x and y, with the box round it. */
export type Ring = {
  readonly corners: Float64Array;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
};
export type Country = { readonly name: string; readonly rings: readonly Ring[] };

type Pair = readonly [number, number];
type Geometry =
  | { readonly type: 'Polygon'; readonly arcs: readonly (readonly number[])[] }
  | { readonly type: 'MultiPolygon'; readonly arcs: readonly (readonly (readonly number[])[])[] }
  | { readonly type: null };
/** A file of world-atlas, as far as it is used. */
export type Topology = {
  readonly transform: { readonly scale: Pair; readonly translate: Pair };
  readonly arcs: readonly (readonly Pair[])[];
  readonly objects: {
    readonly countries: {
      readonly geometries: readonly (Geometry & { readonly properties: { readonly name: string } })[];
    };
  };
};

/** Reads the outlines of all countries. */
export function countriesOf({ transform, arcs, objects }: Topology): readonly Country[] {
  const lines = arcs.map((arc) => lineOf(arc, transform));
  return objects.countries.geometries.map((geometry) => ({
    name: geometry.properties.name,
    rings: ringsOf(geometry).map((numbers) => ringOf(joined(numbers, lines))),
  }));
}

/** The country in which a place lies; undefined at sea, and where the outline is coarser than the coast. */
export function countryAt(countries: readonly Country[], place: Degrees): string | undefined {
  const point = worldOf(place);
  return countries.find(({ rings }) => rings.filter((ring) => isInside(ring, point)).length % 2 === 1)?.name;
}

function ringsOf(geometry: Geometry): readonly (readonly number[])[] {
  if (geometry.type === 'Polygon') return geometry.arcs;
  return geometry.type === 'MultiPolygon' ? geometry.arcs.flat() : [];
}

function lineOf(arc: readonly Pair[], { scale, translate }: Topology['transform']): readonly WorldPoint[] {
  let [x, y] = [0, 0];
  return arc.map(([stepX, stepY]) => {
    x += stepX;
    y += stepY;
    return worldOf({ lng: x * scale[0] + translate[0], lat: y * scale[1] + translate[1] });
  });
}

/** A number below zero is the arc at its complement, walked backwards; each arc begins where the one before ended. */
function joined(numbers: readonly number[], lines: readonly (readonly WorldPoint[])[]): readonly WorldPoint[] {
  return numbers.flatMap((number) => {
    const line = lines[number < 0 ? ~number : number] ?? [];
    return (number < 0 ? line.toReversed() : line).slice(1);
  });
}

function ringOf(points: readonly WorldPoint[]): Ring {
  const ring = wholeRing(points);
  const corners = new Float64Array(ring.length * 2);
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  let i = 0;
  for (const { x, y } of ring) {
    corners[i++] = x;
    corners[i++] = y;
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  return { corners, left, right, top, bottom };
}

/** Counts how often a line from the point to the east meets the ring, in each turn round the world that the ring reaches. */
function isInside(ring: Ring, { x, y }: WorldPoint): boolean {
  if (y < ring.top || y > ring.bottom) return false;
  for (let at = x + Math.ceil(ring.left - x); at <= ring.right; at++)
    if (isInsideHere(ring.corners, at, y)) return true;
  return false;
}

function isInsideHere(corners: Float64Array, x: number, y: number): boolean {
  let inside = false;
  for (let i = 0, j = corners.length - 2; i < corners.length; j = i, i += 2) {
    const [xi = 0, yi = 0, xj = 0, yj = 0] = [corners[i], corners[i + 1], corners[j], corners[j + 1]];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
  }
  return inside;
}
