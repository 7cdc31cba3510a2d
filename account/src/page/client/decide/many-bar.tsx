import type { Registration } from '../api-types.ts';
import { DECIDE as T } from '../texts-decide.ts';
import { SELECTED_MAX } from './waiting-list.ts';

/** Finds some of those who wait, and selects those about whom is decided at once. */
export function ManyBar(props: {
  readonly search: string;
  readonly onSearch: (words: string) => void;
  readonly found: readonly Registration[];
  /** How many wait in all. */
  readonly waiting: number;
  readonly chosen: readonly Registration[];
  readonly decides: boolean;
  readonly onSelect: (ids: readonly string[], to: 'selected' | 'not') => void;
  readonly onChoose: (what: 'approveMany' | 'rejectMany') => void;
}) {
  const { search, found, waiting, chosen } = props;
  const count = chosen.length;
  const isAll = count > 0 && count >= Math.min(found.length, SELECTED_MAX);
  return (
    <fieldset class="many">
      <legend class="unseen">{T.many}</legend>
      <input
        type="search"
        class="search"
        aria-label={T.search}
        placeholder={T.searchHint}
        value={search}
        onInput={(event) => props.onSearch(event.currentTarget.value)}
      />
      {search.trim() !== '' && (
        <span class="quiet" role="status">
          {found.length === 0 ? T.noMatch : T.found(found.length, waiting)}
        </span>
      )}
      {props.decides && found.length > 1 && (
        <label class="tick">
          <input
            type="checkbox"
            checked={isAll}
            onChange={(event) =>
              props.onSelect(
                found.map(({ id }) => id),
                event.currentTarget.checked ? 'selected' : 'not',
              )
            }
          />
          <span>{found.length > SELECTED_MAX ? T.selectMost(SELECTED_MAX) : T.selectAll(found.length)}</span>
        </label>
      )}
      {count > 0 && (
        <div class="buttons">
          <strong>{T.selected(count)}</strong>
          <button type="button" class="primary" onClick={() => props.onChoose('approveMany')}>
            {T.approveMany(count)}
          </button>
          <button type="button" class="danger" onClick={() => props.onChoose('rejectMany')}>
            {T.rejectMany(count)}
          </button>
        </div>
      )}
    </fieldset>
  );
}
