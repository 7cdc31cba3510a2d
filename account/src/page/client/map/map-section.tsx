import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Answer } from '../api.ts';
import type { Problem } from '../api-types.ts';
import type { Told } from '../page.ts';
import { ProblemNotice } from '../parts.tsx';
import { TEXTS } from '../texts.ts';
import { Chosen } from './chosen.tsx';
import { type Detail, loadCountries } from './load-countries.ts';
import { LocatedList } from './located-list.tsx';
import { MapWindow } from './map-window.tsx';
import { Shape } from './marks.tsx';
import type { Country } from './outlines.ts';
import { type Located, locatedOf, offBy, type Standing } from './places.ts';

const T = TEXTS.map;
const STANDINGS: readonly Standing[] = ['online', 'offline', 'alarm', 'alarmOffline'];

/** Where the Ewons are: a map with the account's own outlines of countries, and the same as a list. */
export function MapSection({ told, early }: Pick<Looked, 'told' | 'early'>) {
  const section = useRef<HTMLElement>(null);
  const { ewons, policy } = told.lists;
  const located = useMemo(() => locatedOf(ewons), [ewons]);
  const empty = emptyText(told, located);
  return (
    <section id="map" ref={section} aria-labelledby="map-title">
      <h2 id="map-title" tabIndex={-1}>
        {T.title} {located.length > 0 && <span class="quiet">{T.counted(located.length, ewons.length)}</span>}
      </h2>
      {policy.geolocation && <Off told={told} />}
      {empty === undefined ? (
        <LookedAt told={told} early={early} located={located} section={section} />
      ) : (
        <p class="empty">{empty}</p>
      )}
    </section>
  );
}

type Looked = {
  readonly told: Told;
  readonly located: readonly Located[];
  readonly section: { readonly current: HTMLElement | null };
  /** Coarse outlines that are on their way already. */
  readonly early: Promise<Answer<readonly Country[]>> | undefined;
};

function LookedAt({ told, located, section, early }: Looked) {
  const [chosenIds, choose] = useState<readonly string[]>([]);
  const [detail, setDetail] = useState<Detail>('110m');
  const [lookAt, look] = useState<{ readonly deviceId: string }>();
  // whoever opened the page at the map sees it, and need not wait for the browser to say so
  const seen = useSeen(section) || lookAt !== undefined || early !== undefined;
  const { countries, problem } = useCountries(seen ? detail : undefined, early);
  const members = located.filter(({ ewon }) => chosenIds.includes(ewon.deviceId));
  const [first, ...others] = members;
  const show = (deviceId: string) => {
    choose([deviceId]);
    look({ deviceId });
    section.current?.scrollIntoView();
  };
  const { pointedOut } = told;
  useEffect(() => {
    if (pointedOut?.at === 'map') show(pointedOut.deviceId);
  }, [pointedOut]);
  return (
    <>
      <ProblemNotice problem={problem} />
      <div class="map">
        {seen && (
          <MapWindow
            located={located}
            countries={countries}
            chosen={others.length === 0 ? first : undefined}
            lookAt={lookAt}
            onPick={(picked) => choose(picked.map(({ ewon }) => ewon.deviceId))}
            onLeave={() => choose([])}
            onNear={() => setDetail('50m')}
          />
        )}
        <Chosen
          told={told}
          members={members}
          countries={countries}
          onChoose={(one) => choose([one.ewon.deviceId])}
          onLeave={() => choose([])}
        />
      </div>
      <Legend />
      <LocatedList told={told} located={located} countries={countries} onChoose={({ ewon }) => show(ewon.deviceId)} />
    </>
  );
}

function Legend() {
  return (
    <p class="map-legend quiet">
      {STANDINGS.map((standing) => (
        <span key={standing}>
          <svg class="marks" width="20" height="20" viewBox="-10 -10 20 20" aria-hidden="true">
            <g class={`mark ${standing}`}>
              <Shape standing={standing} />
            </g>
          </svg>
          {T.standing[standing]}
        </span>
      ))}
      <span>{T.circle}</span>
      <span>{T.outlines}</span>
    </p>
  );
}

/** Says which Ewons will not come onto the map, and who has decided that. */
function Off({ told }: { readonly told: Told }) {
  const { board, device, unknown } = offBy(told.lists.ewons);
  const lines = [
    ...(device > 0 ? [T.offDevice(device, told.lists.ewons.length)] : []),
    ...(board > 0 ? [T.offBoard(board, told.lists.ewons.length)] : []),
    ...(unknown > 0 ? [T.offUnknown(unknown, told.lists.ewons.length)] : []),
  ];
  if (lines.length === 0) return null;
  return <p class="quiet">{lines.join(' ')}</p>;
}

function emptyText({ lists }: Told, located: readonly Located[]): string | undefined {
  if (!lists.policy.geolocation) return T.switchedOff;
  if (lists.ewons.length === 0) return T.noEwons;
  return located.length === 0 ? T.noPlaces : undefined;
}

/** Reads outlines when a detail is wanted; coarse ones stay until finer ones are there. */
function useCountries(detail: Detail | undefined, early: Looked['early']) {
  const [countries, setCountries] = useState<readonly Country[]>([]);
  const [problem, setProblem] = useState<Problem>();
  useEffect(() => {
    if (detail === undefined) return;
    let outdated = false;
    void ((detail === '110m' && early) || loadCountries(detail)).then((answer) => {
      if (outdated) return;
      setProblem(answer.ok ? undefined : answer.problem);
      if (answer.ok) setCountries(answer.value);
    });
    return () => {
      outdated = true;
    };
  }, [detail]);
  return { countries, problem };
}

/** True from the moment at which an element is in the window, or nearly. */
function useSeen(element: { readonly current: HTMLElement | null }): boolean {
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    if (seen || !element.current) return;
    const observer = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) setSeen(true);
    });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [seen]);
  return seen;
}
