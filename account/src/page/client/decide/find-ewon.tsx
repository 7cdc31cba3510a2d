import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { EwonPageView } from '../../../http/list-views.ts';
import type { Ewon, Problem } from '../api-types.ts';
import { Field, ProblemNotice } from '../parts.tsx';
import { REPLACE as T } from '../texts-decide.ts';
import type { decideApi } from './decide-api.ts';

/** Who types a word pauses at its end. */
const PAUSE_MS = 250;

/** Looks for an offline Ewon at the server, which knows them all. @param choice shows one that was found */
export function FindEwon(props: {
  readonly api: ReturnType<typeof decideApi>;
  readonly choice: (ewon: Ewon) => ComponentChildren;
}) {
  const [search, setSearch] = useState('');
  const [found, setFound] = useState<EwonPageView>();
  const [problem, setProblem] = useState<Problem>();
  const words = search.trim();
  useEffect(() => {
    if (words === '') return setFound(undefined);
    let outdated = false;
    const look = async () => {
      const answer = await props.api.offline(words);
      if (outdated) return; // other words are there by now
      setProblem(answer.ok ? undefined : answer.problem);
      if (answer.ok) setFound(answer.value);
    };
    const timer = window.setTimeout(() => void look(), PAUSE_MS);
    return () => {
      outdated = true;
      window.clearTimeout(timer);
    };
  }, [words]);
  return (
    <div>
      <Field label={T.search} hint={T.searchHint}>
        {(id) => (
          <input
            id={id}
            type="search"
            value={search}
            onInput={(event) => setSearch(event.currentTarget.value)}
            onKeyDown={(event) => event.key === 'Enter' && event.preventDefault()} // it is found already; the form replaces
            autocomplete="off"
          />
        )}
      </Field>
      <ProblemNotice problem={problem} />
      {found && found.rows.length > 0 && (
        <fieldset>
          <legend class="unseen">{T.search}</legend>
          <div class="choices">{found.rows.map(props.choice)}</div>
        </fieldset>
      )}
      <p class="quiet" role="status">
        {found && (found.rows.length === 0 ? T.noMatch : T.searched(found.rows.length, found.total))}
      </p>
      <p class="quiet">{T.online}</p>
    </div>
  );
}
