import { useEffect, useRef, useState } from 'preact/hooks';
import type { Counts } from '../api-types.ts';
import type { Told } from '../page.ts';
import { Field } from '../parts.tsx';
import { TEXTS } from '../texts.ts';
import { LISTS as T } from '../texts-lists.ts';
import { harmless } from '../words.ts';
import { labelOf } from './ewon-table.tsx';
import { FIELDS, type FieldFilter, type Filter, type Query } from './query.ts';

/** Who types a word is not asked about each of its letters. */
const TYPING_MS = 150;

type Asked = { readonly query: Query; readonly onChange: (change: Partial<Query>) => void };

/** Words that must stand in what is found. */
export function Search({ query, onChange }: Asked) {
  const { text, type } = useTyped(query.search, (search) => onChange({ search }));
  return (
    <input
      type="search"
      class="search"
      aria-label={T.search}
      placeholder={T.searchHint}
      value={text}
      maxLength={200}
      onInput={(event) => type(event.currentTarget.value)}
    />
  );
}

/** What is typed, which is told when nobody types any more. @param value what is asked for */
function useTyped(value: string, tell: (text: string) => void) {
  const [text, setText] = useState(value);
  const typing = useRef<number>(undefined);
  const sent = useRef(value);
  useEffect(() => {
    // our own words come back when the next letter may be typed already
    if (value === sent.current) return;
    window.clearTimeout(typing.current);
    sent.current = value;
    setText(value); // somebody else asked, from the map
  }, [value]);
  useEffect(() => () => window.clearTimeout(typing.current), []);
  const type = (next: string) => {
    setText(next);
    window.clearTimeout(typing.current);
    typing.current = window.setTimeout(() => {
      sent.current = next;
      tell(next);
    }, TYPING_MS);
  };
  return { text, type };
}

/** What Ewons are told apart by, with how many there are of each kind. */
export function Filters({ told, query, onChange }: Asked & { readonly told: Told }) {
  const by = told.counts?.by;
  // one that has lost its name still leaves Ewons out
  const fields = FIELDS.filter((field, i) => told.lists.account.ewonFields[i] !== '' || query[field] !== '');
  return (
    <div class="filters">
      {(Object.keys(T.filter) as Filter[]).map((filter) => (
        <Field key={filter} label={T.filter[filter]}>
          {(id) => (
            <select
              id={id}
              value={query[filter]}
              onChange={(event) => onChange({ [filter]: event.currentTarget.value })}
            >
              <option value="">{T.any}</option>
              {choicesOf(filter, told, query[filter]).map(([value, text]) => (
                <option key={value} value={value}>
                  {counted(text, filter === 'status' || filter === 'alarm' ? undefined : by?.[filter]?.[value])}
                </option>
              ))}
            </select>
          )}
        </Field>
      ))}
      {fields.map((field) => (
        <OwnField key={field} {...{ told, query, field, onChange }} />
      ))}
    </div>
  );
}

/** What must stand in a custom field. */
function OwnField({ told, query, field, onChange }: Asked & { readonly told: Told; readonly field: FieldFilter }) {
  const { text, type } = useTyped(query[field], (next) => onChange({ [field]: next }));
  return (
    <Field label={labelOf(told, field)}>
      {(id) => (
        <input
          id={id}
          type="search"
          maxLength={255}
          value={text}
          onInput={(event) => type(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

type Choices = readonly (readonly [value: string, text: string])[];

/** @param chosen is there as well when no Ewon is like that any more */
function choicesOf(filter: Filter, { lists, counts }: Told, chosen: string): Choices {
  switch (filter) {
    case 'pool':
      return lists.pools.map((pool) => [pool, harmless(pool)]);
    case 'status':
      return Object.entries(T.statuses);
    case 'link':
      return Object.entries(T.links);
    case 'alarm':
      return Object.entries(T.alarms);
    case 'patch':
      return kinds(counts, filter, chosen).map((value) => [value, patchText(value)]);
    case 'firmware':
    case 'agent':
      // without one it cannot be asked for
      return kinds(counts, filter, chosen).flatMap((value) => (value === 'none' ? [] : [[value, harmless(value)]]));
  }
}

function kinds(counts: Counts | undefined, filter: 'patch' | 'firmware' | 'agent', chosen: string): readonly string[] {
  return [...new Set([...Object.keys(counts?.by[filter] ?? {}), ...(chosen === '' ? [] : [chosen])])];
}

function patchText(value: string): string {
  const words: Readonly<Record<string, string>> = { ...TEXTS.patches.words, none: T.patchNone };
  return words[value] ?? value;
}

function counted(text: string, count: number | undefined): string {
  return count === undefined ? text : T.counted(text, count);
}
