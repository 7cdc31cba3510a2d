import { useEffect, useRef, useState } from 'preact/hooks';
import type { Answer } from '../api.ts';
import type { Problem } from '../api-types.ts';
import { earlyOr } from '../early.ts';
import { createHeard, type Heard } from '../heard.ts';
import type { Told } from '../page.ts';
import { ProblemNotice } from '../parts.tsx';
import { useSeen } from '../seen.ts';
import { TEXTS } from '../texts.ts';
import { useKeptUp } from '../use-kept-up.ts';
import { Chosen } from './chosen.tsx';
import type { EarlyMap } from './early.ts';
import { type Detail, loadCountries } from './load-countries.ts';
import { LocatedList } from './located-list.tsx';
import { MapWindow } from './map-window.tsx';
import { Shape } from './marks.tsx';
import type { Country } from './outlines.ts';
import { changedPlaces, type Located, placesOf, type Standing } from './places.ts';

const T = TEXTS.map;
const STANDINGS: readonly Standing[] = ['online', 'offline', 'alarm', 'alarmOffline'];

/** What changes on the map is drawn at most this often: thousands of places are put together anew then. */
const DRAWN_EVERY_MS = 250;

/** Where the Ewons are: a map with the account's own outlines of countries, and the same as a list. Places are read when it is looked at. */
export function MapSection({ told, early }: Pick<Looked, 'told' | 'early'>) {
  const section = useRef<HTMLElement>(null);
  const { counts, pointedOut } = told;
  // whoever opened the page at the map sees it, and need not wait for the browser to say so
  const seen = useSeen(section, pointedOut?.at === 'map' || early !== undefined);
  const empty = emptyText(told);
  return (
    <section id="map" ref={section} aria-labelledby="map-title">
      <h2 id="map-title" tabIndex={-1}>
        {T.title} {counts && counts.located > 0 && <span class="quiet">{T.counted(counts.located, counts.total)}</span>}
      </h2>
      {told.lists.policy.geolocation && <Off told={told} />}
      {empty !== undefined && <p class="empty">{empty}</p>}
      {empty === undefined && !seen && <div class="map-unseen" />}
      {empty === undefined && seen && <Seen told={told} early={early} section={section} />}
    </section>
  );
}

type Looked = {
  readonly told: Told;
  readonly located: readonly Located[];
  readonly section: { readonly current: HTMLElement | null };
  readonly early: EarlyMap | undefined;
};

function Seen({ told, early, section }: Omit<Looked, 'located'>) {
  const [heard] = useState(() => createHeard((call) => void window.setTimeout(call, DRAWN_EVERY_MS)));
  useEffect(
    () =>
      told.heard.listen((rows) => {
        for (const row of rows) heard.tell(row);
      }),
    [],
  );
  const { value, problem } = usePlaces(told, heard, early);
  return (
    <>
      <ProblemNotice problem={problem} />
      {value ? (
        <LookedAt told={told} early={early} located={value.byName} section={section} />
      ) : (
        <div class="map-unseen" />
      )}
    </>
  );
}

/** Reads the places once, and again when everything is read anew; in between they are kept by what Ewons say. */
function usePlaces(told: Told, heard: Heard, early: EarlyMap | undefined) {
  const read = async (again: () => void): Promise<Answer<ReturnType<typeof placesOf>>> => {
    const answer = await earlyOr(early?.places, told.api.places, again);
    return answer.ok ? { ok: true, value: placesOf(answer.value) } : answer;
  };
  return useKeptUp({ heard, key: '', readings: told.readings, read, change: changedPlaces, readAgain: false });
}

function LookedAt({ told, located, section, early }: Looked) {
  const [chosenIds, choose] = useState<readonly string[]>([]);
  const [detail, setDetail] = useState<Detail>('110m');
  const [lookAt, look] = useState<{ readonly deviceId: string }>();
  const { countries, problem } = useCountries(detail, early?.outlines);
  const isChosen = new Set(chosenIds);
  const members = located.filter(({ ewon }) => isChosen.has(ewon.deviceId));
  const [first, ...others] = members;
  const show = (deviceId: string) => {
    choose([deviceId]);
    look({ deviceId });
    section.current?.scrollIntoView();
  };
  // the button that was pressed goes
  const toHeading = () => section.current?.querySelector('h2')?.focus({ preventScroll: true });
  const { pointedOut } = told;
  useEffect(() => {
    if (pointedOut?.at === 'map') show(pointedOut.deviceId);
  }, [pointedOut]);
  return (
    <>
      <ProblemNotice problem={problem} />
      <div class="map">
        <MapWindow
          located={located}
          countries={countries}
          chosen={others.length === 0 ? first : undefined}
          lookAt={lookAt}
          onPick={(picked) => choose(picked.map(({ ewon }) => ewon.deviceId))}
          onLeave={() => choose([])}
          onNear={() => setDetail('50m')}
        />
        <Chosen
          told={told}
          members={members}
          countries={countries}
          onChoose={(one) => {
            choose([one.ewon.deviceId]);
            toHeading();
          }}
          onLeave={() => {
            choose([]);
            toHeading();
          }}
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
  if (!told.counts) return null;
  const { board, device, unknown } = told.counts.locationOff;
  const { total } = told.counts;
  const lines = [
    ...(device > 0 ? [T.offDevice(device, total)] : []),
    ...(board > 0 ? [T.offBoard(board, total)] : []),
    ...(unknown > 0 ? [T.offUnknown(unknown, total)] : []),
  ];
  if (lines.length === 0) return null;
  return <p class="quiet">{lines.join(' ')}</p>;
}

function emptyText({ lists, counts }: Told): string | undefined {
  if (!lists.policy.geolocation) return T.switchedOff;
  if (counts?.total === 0) return T.noEwons;
  return counts?.located === 0 ? T.noPlaces : undefined;
}

/** Reads outlines when a detail is wanted; coarse ones stay until finer ones are there. */
function useCountries(detail: Detail, early: EarlyMap['outlines'] | undefined) {
  const [countries, setCountries] = useState<readonly Country[]>([]);
  const [problem, setProblem] = useState<Problem>();
  useEffect(() => {
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
