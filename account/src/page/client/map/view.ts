import { AROUND_M, across, type Degrees, type WorldPoint, worldOf, worldPerMetre } from './mercator.ts';

// What part of the map is looked at, and how that changes. Pure: sizes and gestures come in.

/** A window's size in CSS pixels. */
export type Size = { readonly width: number; readonly height: number };
/** What is in the window: the point in its middle, and how many pixels wide the world is. */
export type View = Size & WorldPoint & { readonly scale: number };
/** A place in the window, in CSS pixels from its left upper corner. */
export type Spot = { readonly left: number; readonly top: number };
/** A place and how far around it somebody may be, in metres. */
export type Area = Degrees & { readonly accuracy: number };

/** 5 m to a pixel: the circle round a place found by satellites can be seen. */
export const SCALE_MAX = 2 ** 23;
/** About 2.4 km to a pixel: the map has outlines and no streets, so nearer than this there is little to know a place by. */
const KNOWN_SCALE_MAX = 2 ** 14;
/** Kept free at the edges when all is to be seen; a mark and its number need it. */
const MARGIN_PX = 44;
/** The circle of a place that is looked at takes this much of the window. */
const CIRCLE_SHARE = 0.6;

/** The part of the map in which all areas lie; the whole world when there are none. Goes over the antimeridian when that is shorter. */
export function viewOfAll(areas: readonly Area[], size: Size, nearest: number = KNOWN_SCALE_MAX): View {
  if (areas.length === 0) return kept({ ...size, x: 0.5, y: 0.4, scale: 0 });
  const points = areas.map((area) => ({ ...worldOf(area), radius: area.accuracy * worldPerMetre(area.lat) }));
  const start = startBehindGap(points.map(({ x }) => x));
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const { x, y, radius } of points) {
    const along = x < start ? x + 1 : x;
    left = Math.min(left, along - radius);
    right = Math.max(right, along + radius);
    top = Math.min(top, y - radius);
    bottom = Math.max(bottom, y + radius);
  }
  const scale = Math.min(
    Math.max(1, size.width - 2 * MARGIN_PX) / Math.min(1, right - left),
    Math.max(1, size.height - 2 * MARGIN_PX) / Math.min(1, bottom - top),
    nearest,
  );
  return kept({ ...size, x: (left + right) / 2, y: (top + bottom) / 2, scale });
}

/** Looks at one area: so near that its circle can be seen whole, and not so near that nothing is known around it. */
export function viewOf(area: Area, { width, height }: Size): View {
  const across = 2 * Math.max(area.accuracy, 1) * worldPerMetre(area.lat);
  const scale = Math.min((CIRCLE_SHARE * Math.min(width, height)) / across, KNOWN_SCALE_MAX);
  return kept({ width, height, ...worldOf(area), scale });
}

/** Moves what is seen by so many pixels, as a hand does that takes hold of the map. */
export function moved(view: View, { left, top }: Spot): View {
  return kept({ ...view, x: view.x - left / view.scale, y: view.y - top / view.scale });
}

/** Comes nearer (`factor` above 1) or goes farther away; what lies at `about` stays there. */
export function zoomed(view: View, factor: number, about: Spot = middleOf(view)): View {
  const scale = keptScale(view.scale * factor, view);
  const [right, down] = [about.left - view.width / 2, about.top - view.height / 2];
  return kept({
    ...view,
    x: view.x + right / view.scale - right / scale,
    y: view.y + down / view.scale - down / scale,
    scale,
  });
}

/** The same part of the map in a window of another size. */
export function resized(view: View, size: Size): View {
  return kept({ ...view, ...size });
}

/** Where a point of the map lies in the window: in that turn round the world which is nearest to the middle. */
export function spotOf(view: View, point: WorldPoint): Spot {
  return {
    left: view.width / 2 + across(view.x, point.x) * view.scale,
    top: view.height / 2 + (point.y - view.y) * view.scale,
  };
}

/** Tells whether a spot lies in the window, or at most so many pixels beside it. */
export function isIn({ width, height }: Size, { left, top }: Spot, besidePx: number): boolean {
  return left >= -besidePx && left <= width + besidePx && top >= -besidePx && top <= height + besidePx;
}

/** A round length that takes at most so many pixels in the middle of the window: 1, 2 or 5 times a power of ten metres. */
export function scaleBar(view: View, mostPx: number): { readonly metres: number; readonly px: number } {
  const pxPerMetre = view.scale / (AROUND_M / Math.cosh(Math.PI * (1 - 2 * view.y)));
  const most = mostPx / pxPerMetre;
  const ten = 10 ** Math.floor(Math.log10(most));
  const metres = [5, 2, 1].map((times) => times * ten).find((length) => length <= most) ?? ten;
  return { metres, px: metres * pxPerMetre };
}

/** The middle of a window. */
export function middleOf({ width, height }: Size): Spot {
  return { left: width / 2, top: height / 2 };
}

/** No farther away than the world is as large as the window's shorter side, and never past the edge at a pole. */
function kept(view: View): View {
  const scale = keptScale(view.scale, view);
  const half = Math.min(0.5, view.height / 2 / scale);
  return {
    ...view,
    x: view.x - Math.floor(view.x),
    y: Math.max(half, Math.min(1 - half, view.y)),
    scale,
  };
}

function keptScale(scale: number, { width, height }: Size): number {
  return Math.max(Math.max(1, Math.min(width, height)), Math.min(SCALE_MAX, scale));
}

/** Where to begin so that the widest empty stretch round the world is left out. */
function startBehindGap(xs: readonly number[]): number {
  const sorted = xs.toSorted((a, b) => a - b);
  let [start, widest] = [sorted[0] ?? 0, 1 + (sorted[0] ?? 0) - (sorted.at(-1) ?? 0)];
  for (const [i, x] of sorted.entries()) {
    const gap = x - (sorted[i - 1] ?? x);
    if (gap > widest) [start, widest] = [x, gap];
  }
  return start;
}
