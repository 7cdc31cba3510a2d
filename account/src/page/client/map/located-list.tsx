import { useState } from 'preact/hooks';
import type { Told } from '../page.ts';
import { Ago, ColumnHeads, Untrusted } from '../parts.tsx';
import { TEXTS } from '../texts.ts';
import { harmless } from '../words.ts';
import { type Country, countryAt } from './outlines.ts';
import { areaOf, degreesText, type Located, lengthText, standingOf } from './places.ts';

const T = TEXTS.map;
/** Read at a glance; more come when they are asked for. */
const ROWS_AT_ONCE = 20;

type List = {
  readonly told: Told;
  readonly located: readonly Located[];
  readonly countries: readonly Country[];
  readonly onChoose: (one: Located) => void;
};

/** The map in words: every located Ewon with its place, for whoever does not see the map, or looks for one by name. */
export function LocatedList({ told, located, countries, onChoose }: List) {
  const [search, setSearch] = useState('');
  const [rows, setRows] = useState(ROWS_AT_ONCE);
  const words = search.toLowerCase().split(/\s+/);
  const matching = located.filter((one) => words.every((word) => textOf(one).includes(word)));
  const columns = [TEXTS.ewons.name, TEXTS.ewons.state, T.place, T.accuracy, T.source, T.age];
  return (
    <>
      <h3 id="located-title">{T.list}</h3>
      {located.length > 1 && (
        <input
          type="search"
          class="search"
          aria-label={T.search}
          placeholder={T.searchHint}
          value={search}
          onInput={(event) => setSearch(event.currentTarget.value)}
        />
      )}
      {matching.length === 0 && <p class="empty">{TEXTS.ewons.noMatch(harmless(search))}</p>}
      {matching.length > 0 && (
        <div class="panel">
          <table class="stack" aria-labelledby="located-title">
            <ColumnHeads columns={columns} />
            <tbody>
              {matching.slice(0, rows).map((one) => (
                <Row key={one.ewon.deviceId} told={told} one={one} countries={countries} onChoose={onChoose} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {matching.length > rows && (
        <div>
          <button type="button" onClick={() => setRows(rows + ROWS_AT_ONCE)}>
            {T.more(matching.length - rows)}
          </button>
        </div>
      )}
    </>
  );
}

function Row({ told, one, countries, onChoose }: Omit<List, 'located'> & { readonly one: Located }) {
  const { ewon, place } = one;
  const standing = standingOf(ewon);
  const country = countryAt(countries, place);
  return (
    <tr>
      <th scope="row">
        <Untrusted text={ewon.name} />
        <small>
          <Untrusted text={ewon.pool} />
        </small>
      </th>
      <td data-label={TEXTS.ewons.state}>{T.standing[standing]}</td>
      <td data-label={T.place}>
        <span class="nowrap">{degreesText(areaOf(one))}</span>
        {country && <small>{country}</small>}
      </td>
      <td data-label={T.accuracy} class="nowrap">
        {lengthText(place.accuracy)}
      </td>
      <td data-label={T.source}>{T.sources[place.source]}</td>
      <td data-label={T.age}>
        <Ago at={place.at} nowMs={told.nowMs} />
      </td>
      <td class="last">
        <button type="button" class="nowrap" onClick={() => onChoose(one)}>
          {T.show}
          <span class="unseen">{TEXTS.pending.of(ewon.name)}</span>
        </button>
      </td>
    </tr>
  );
}

function textOf({ ewon }: Located): string {
  return [ewon.name, ewon.serial, ewon.pool].join(' ').toLowerCase();
}
