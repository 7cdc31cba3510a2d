import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { drawLand, type LandColours } from './draw-land.ts';
import type { Country } from './outlines.ts';
import type { View } from './view.ts';

/** Sea, land and borders, in the colours of the page's style; drawn anew when the view or the style changes. */
export function Land({ view, countries }: { readonly view: View; readonly countries: readonly Country[] }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const dark = useDark();
  // dark stands among the dependencies because the colours change with it
  useLayoutEffect(() => {
    const context = canvas.current?.getContext('2d', { alpha: false });
    if (!canvas.current || !context) return;
    const sharp = window.devicePixelRatio;
    const [width, height] = [Math.round(view.width * sharp), Math.round(view.height * sharp)];
    if (canvas.current.width !== width) canvas.current.width = width;
    if (canvas.current.height !== height) canvas.current.height = height;
    context.setTransform(sharp, 0, 0, sharp, 0, 0);
    drawLand(context, countries, view, coloursOf(canvas.current));
  }, [view, countries, dark]);
  return <canvas ref={canvas} />;
}

function coloursOf(element: Element): LandColours {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  return { sea: colour('--sea'), land: colour('--land'), border: colour('--border') };
}

function useDark(): boolean {
  const [dark, setDark] = useState(() => matchMedia('(prefers-color-scheme: dark)').matches);
  useEffect(() => {
    const query = matchMedia('(prefers-color-scheme: dark)');
    const look = () => setDark(query.matches);
    query.addEventListener('change', look);
    return () => query.removeEventListener('change', look);
  }, []);
  return dark;
}
