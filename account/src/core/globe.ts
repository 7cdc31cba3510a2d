import { distanceM, type Point } from '@ewon-agent/contracts';

// Circles on the Earth, taken for a ball as distanceM takes it.

/** A point with what is around it, in metres. */
export type Circle = Point & { readonly accuracy: number };

const DEGREE = Math.PI / 180;

/** How far two circles are from each other, in metres; 0 when they touch. */
export function gapM(a: Circle, b: Circle): number {
  return Math.max(0, distanceM(a, b) - a.accuracy - b.accuracy);
}

/**
 * The circle around the middle of many that holds 95 of 100 of them whole; undefined when there are none.
 * The middle is that of points on a ball, so that it is right at the date line as well.
 */
export function spreadOf(circles: readonly Circle[]): Circle | undefined {
  if (circles.length === 0) return undefined;
  let [x, y, z] = [0, 0, 0];
  for (const { lat, lng } of circles) {
    x += Math.cos(lat * DEGREE) * Math.cos(lng * DEGREE);
    y += Math.cos(lat * DEGREE) * Math.sin(lng * DEGREE);
    z += Math.sin(lat * DEGREE);
  }
  const middle = { lat: Math.atan2(z, Math.hypot(x, y)) / DEGREE, lng: Math.atan2(y, x) / DEGREE };
  const reach = circles.map((circle) => distanceM(middle, circle) + circle.accuracy).toSorted((a, b) => a - b);
  return { ...middle, accuracy: reach[Math.ceil(reach.length * 0.95) - 1] ?? 0 };
}
