import type { Told } from '../page.ts';
import { Ago, Untrusted } from '../parts.tsx';
import { TEXTS } from '../texts.ts';
import { type Country, countryAt } from './outlines.ts';
import { areaOf, degreesText, type Located, lengthText, standingOf } from './places.ts';

const T = TEXTS.map;
/** More names than this are looked for in the list below. */
const NAMES_MAX = 30;

type Chosen = {
  readonly told: Told;
  readonly members: readonly Located[];
  readonly countries: readonly Country[];
  readonly onChoose: (one: Located) => void;
  readonly onLeave: () => void;
};

/** What is known of the Ewon that was chosen on the map, or the names of several that stand in one place. */
export function Chosen({ told, members, countries, onChoose, onLeave }: Chosen) {
  const [one, ...others] = members;
  return (
    <div class={one ? 'map-chosen panel padded' : 'map-chosen'} role="status">
      {one && others.length === 0 && <Facts told={told} located={one} countries={countries} />}
      {one && others.length > 0 && (
        <>
          <h3>{T.together(members.length)}</h3>
          <ul>
            {members.slice(0, NAMES_MAX).map((member) => (
              <li key={member.ewon.deviceId}>
                <button type="button" class="link" onClick={() => onChoose(member)}>
                  <Untrusted text={member.ewon.name} />
                </button>{' '}
                <span class="quiet">{T.standing[standingOf(member.ewon)]}</span>
              </li>
            ))}
          </ul>
          {members.length > NAMES_MAX && <p class="quiet">{T.andMore(members.length - NAMES_MAX)}</p>}
        </>
      )}
      {one && (
        <div class="buttons">
          {others.length === 0 && (
            <button type="button" onClick={() => told.pointOut({ at: 'ewons', ...one.ewon })}>
              {T.inList}
            </button>
          )}
          <button type="button" class="quiet-button" onClick={onLeave}>
            {TEXTS.close}
          </button>
        </div>
      )}
    </div>
  );
}

function Facts({ told, located, countries }: Pick<Chosen, 'told' | 'countries'> & { readonly located: Located }) {
  const { ewon, place } = located;
  const fact = (label: string, value: preact.ComponentChildren) => (
    <div>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  );
  const country = countryAt(countries, place);
  return (
    <>
      <h3>
        <Untrusted text={ewon.name} />
      </h3>
      <dl>
        {fact(TEXTS.ewons.state, T.standing[standingOf(ewon)])}
        {fact(TEXTS.ewons.pool, <Untrusted text={ewon.pool} />)}
        {fact(
          T.place,
          <>
            {degreesText(areaOf(located))} {country && <span class="quiet">{country}</span>}
          </>,
        )}
        {fact(T.accuracy, T.within(lengthText(place.accuracy)))}
        {fact(
          T.source,
          <>
            {T.sources[place.source]}
            {place.fallback && <small>{T.fallbacks[place.fallback]}</small>}
          </>,
        )}
        {fact(T.age, <Ago at={place.at} nowMs={told.nowMs} />)}
      </dl>
    </>
  );
}
