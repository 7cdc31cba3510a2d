import type { Country, Ring } from './outlines.ts';
import type { View } from './view.ts';

/** Colours of the map, as CSS writes them. */
export type LandColours = { readonly sea: string; readonly land: string; readonly border: string };

/** Draws the outlines that are in the window onto a canvas, in as many turns round the world as it shows. */
export function drawLand(
  context: CanvasRenderingContext2D,
  countries: readonly Country[],
  view: View,
  colours: LandColours,
): void {
  context.fillStyle = colours.sea;
  context.fillRect(0, 0, view.width, view.height);
  context.beginPath();
  for (const { rings } of countries) for (const ring of rings) addRing(context, ring, view);
  context.fillStyle = colours.land;
  context.fill('evenodd');
  context.lineWidth = 0.8;
  context.lineJoin = 'round';
  context.strokeStyle = colours.border;
  context.stroke();
}

function addRing(context: CanvasRenderingContext2D, { corners, ...box }: Ring, view: View): void {
  const { x, y, scale, width, height } = view;
  const [halfWide, halfHigh] = [width / 2 / scale, height / 2 / scale];
  if (box.bottom < y - halfHigh || box.top > y + halfHigh) return;
  // less than a third of a pixel is nothing to see
  if ((box.right - box.left) * scale < 0.3 && (box.bottom - box.top) * scale < 0.3) return;
  const firstTurn = Math.ceil(x - halfWide - box.right);
  const lastTurn = Math.floor(x + halfWide - box.left);
  for (let turn = firstTurn; turn <= lastTurn; turn++) {
    const left = width / 2 - (x - turn) * scale;
    const top = height / 2 - y * scale;
    context.moveTo((corners[0] ?? 0) * scale + left, (corners[1] ?? 0) * scale + top);
    for (let i = 2; i < corners.length; i += 2)
      context.lineTo((corners[i] ?? 0) * scale + left, (corners[i + 1] ?? 0) * scale + top);
    context.closePath();
  }
}
