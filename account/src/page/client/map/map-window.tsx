import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { TEXTS } from '../texts.ts';
import { type Cluster, clustered, clusterScale } from './clusters.ts';
import { changeByKey, followGestures } from './gestures.ts';
import { Land } from './land.tsx';
import { Marks } from './marks.tsx';
import { worldOf } from './mercator.ts';
import type { Country } from './outlines.ts';
import { areaOf, type Located, lengthText } from './places.ts';
import { resized, SCALE_MAX, type Size, scaleBar, type View, viewOf, viewOfAll, zoomed } from './view.ts';

const T = TEXTS.map;
/** From here on the finer outlines can be told from the coarse ones. */
const NEAR_SCALE = 2500;
/** As long as the hint about the wheel stays. */
const HINT_MS = 2500;
const SCALE_BAR_PX = 110;

type MapWindow = {
  readonly located: readonly Located[];
  readonly countries: readonly Country[];
  /** The one that is looked at; its circle is drawn, and it is in no number. */
  readonly chosen: Located | undefined;
  /** Asks to be shown, each time as another object. */
  readonly lookAt: { readonly deviceId: string } | undefined;
  readonly onPick: (members: readonly Located[]) => void;
  readonly onLeave: () => void;
  /** Somebody looks so near that finer outlines are worth their bytes. */
  readonly onNear: () => void;
};

/** The map itself: can be moved by hand, wheel and keys. Until somebody does, it shows all that there is. */
export function MapWindow({ located, countries, chosen, lookAt, onPick, onLeave, onNear }: MapWindow) {
  const frame = useRef<HTMLDivElement>(null);
  const size = useSize(frame);
  const [held, hold] = useState<View>();
  const [hinting, hint] = useHint();
  const all = useMemo(() => size && viewOfAll(located.map(areaOf), size), [located, size]);
  const view = useMemo(() => (size && held ? resized(held, size) : all), [held, size, all]);
  const latest = useRef(view);
  latest.current = view;
  const change = (how: (view: View) => View) => {
    if (!latest.current) return; // no size yet: nothing is shown that could be moved
    latest.current = how(latest.current);
    hold(latest.current);
  };
  useEffect(() => (frame.current ? followGestures(frame.current, { change, passedBy: hint }) : undefined), []);
  // once for each wish; where its Ewon is by then, is what counts
  useEffect(() => {
    const asked = located.find(({ ewon }) => ewon.deviceId === lookAt?.deviceId);
    if (!asked || !size) return;
    hold(viewOf(areaOf(asked), size));
    frame.current?.focus({ preventScroll: true });
  }, [lookAt, size === undefined]);
  const near = view !== undefined && view.scale > NEAR_SCALE;
  useEffect(() => {
    if (near) onNear();
  }, [near]);
  const clusters = useClusters(located, chosen, view);

  const pick = (members: readonly Located[]) => {
    if (!view) return;
    const closer = viewOfAll(
      members.map((one) => ({ ...areaOf(one), accuracy: 0 })),
      view,
      SCALE_MAX,
    );
    if (members.length === 1 || closer.scale >= SCALE_MAX)
      onPick(members); // one, or several in one place
    else hold(closer);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const how = changeByKey(event.key);
    if (how) change(how);
    else if (event.key === '0') hold(undefined);
    else if (event.key === 'Escape') onLeave();
    else return;
    event.preventDefault();
  };
  return (
    <div class="map-frame" data-drawn={countries.length > 0 && view ? 'yes' : 'no'}>
      <div
        ref={frame}
        class="map-window"
        role="application"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: keys move the map, and only what has the focus hears them
        tabIndex={0}
        aria-label={T.window(located.length)}
        aria-describedby="map-keys"
        onKeyDown={onKeyDown}
      >
        {view && <Land view={view} countries={countries} />}
        {view && <Marks view={view} clusters={clusters} chosen={chosen} onPick={pick} />}
      </div>
      <div class="map-buttons">
        <button type="button" aria-label={T.nearer} title={T.nearer} onClick={() => change((v) => zoomed(v, 2))}>
          +
        </button>
        <button type="button" aria-label={T.farther} title={T.farther} onClick={() => change((v) => zoomed(v, 0.5))}>
          −
        </button>
        <button type="button" onClick={() => hold(undefined)}>
          {T.all}
        </button>
      </div>
      {view && <Scale view={view} />}
      <p class={hinting ? 'map-hint shown' : 'map-hint'} aria-hidden="true">
        {T.wheelHint}
      </p>
      <p id="map-keys" class="unseen">
        {T.keys}
      </p>
    </div>
  );
}

function Scale({ view }: { readonly view: View }) {
  const { metres, px } = scaleBar(view, SCALE_BAR_PX);
  return (
    <svg class="map-scale" width={SCALE_BAR_PX + 4} height="24" role="img" aria-label={T.scale(lengthText(metres))}>
      <text x="2" y="11">
        {lengthText(metres)}
      </text>
      <path d={`M1 15V21H${(px + 1).toFixed(1)}V15`} />
    </svg>
  );
}

function useClusters(
  located: readonly Located[],
  chosen: Located | undefined,
  view: View | undefined,
): readonly Cluster<Located>[] {
  const points = useMemo(() => located.map((of) => ({ ...worldOf(of.place), of })), [located]);
  const scale = view && clusterScale(view.scale);
  return useMemo(() => {
    if (scale === undefined) return [];
    const together = clustered(chosen ? points.filter(({ of }) => of !== chosen) : points, scale);
    return chosen ? [...together, { ...worldOf(chosen.place), members: [chosen] }] : together;
  }, [points, chosen, scale]);
}

function useSize(frame: { readonly current: HTMLElement | null }): Size | undefined {
  const [size, setSize] = useState<Size>();
  // measured before the first paint: to wait for the observer would draw the page twice
  useLayoutEffect(() => {
    if (!frame.current) return;
    const measured = ({ width, height }: Size) =>
      setSize((before) => (before?.width === width && before.height === height ? before : { width, height }));
    const observer = new ResizeObserver(([entry]) => entry && measured(entry.contentRect));
    const { clientWidth: width, clientHeight: height } = frame.current;
    if (width > 0) measured({ width, height });
    observer.observe(frame.current);
    return () => observer.disconnect();
  }, []);
  return size;
}

function useHint(): [boolean, () => void] {
  const [since, setSince] = useState(0);
  useEffect(() => {
    if (since === 0) return;
    const timer = window.setTimeout(() => setSince(0), HINT_MS);
    return () => window.clearTimeout(timer);
  }, [since]);
  return [since > 0, () => setSince((before) => before + 1)];
}
