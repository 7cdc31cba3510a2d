import { useId, useLayoutEffect, useState } from 'preact/hooks';
import type { Answer } from '../api.ts';
import type { Problem } from '../api-types.ts';
import { ProblemNotice } from '../parts.tsx';
import { APPROVE as T } from '../texts-decide.ts';

/** Who types a name pauses at its end; the server is not asked for each letter. */
const PAUSE_MS = 250;
const NAME_MAX_CHARACTERS = 100;

/**
 * The name of a new Ewon, looked at while it is typed: what is wrong stands beside it.
 * @param names proposed, the best first: the first one that is free is filled in while nobody has typed
 * @param look asks the server about a name
 * @param refused what it said of a name when the form was sent
 */
export function NameField(props: {
  readonly names: readonly string[];
  readonly look: (name: string) => Promise<Answer<unknown>>;
  readonly refused: { readonly name: string; readonly problem: Problem } | undefined;
  /** Changes when what is looked at otherwise (the pool) is another. */
  readonly about: string;
}) {
  const { names, look, refused, about } = props;
  const id = useId();
  const [name, setName] = useState(names[0] ?? '');
  const [tried, setTried] = useState<{ readonly name: string; readonly problem: Problem | undefined }>();
  const [typed, setTyped] = useState(false);

  // not useEffect, which ends a frame later: an answer that comes in between would take what was typed away
  useLayoutEffect(() => {
    let outdated = false;
    const now = async () => {
      for (const one of typed ? [name.trim()] : names) {
        const answer = await look(one);
        if (outdated) return; // another name is there by now
        const problem = answer.ok ? undefined : answer.problem;
        const isLast = typed || one === names.at(-1);
        if (problem?.code === 'NAME_TAKEN' && !isLast) continue;
        if (!typed) setName(one);
        return setTried({ name: one, problem });
      }
    };
    const timer = window.setTimeout(() => void now(), typed ? PAUSE_MS : 0);
    return () => {
      outdated = true;
      window.clearTimeout(timer);
    };
  }, [typed ? name : '', typed, about]);

  const isKnown = tried?.name === name.trim();
  const problem = isKnown ? tried.problem : undefined;
  const isRefused = refused?.name === name.trim();
  return (
    <div class="field">
      <label for={id}>{T.name}</label>
      <input
        id={id}
        name="name"
        required
        maxLength={NAME_MAX_CHARACTERS}
        value={name}
        onInput={(event) => {
          setTyped(true);
          setName(event.currentTarget.value);
        }}
        aria-invalid={problem !== undefined || isRefused}
        aria-describedby={`${id}-said`}
        autocomplete="off"
      />
      <div id={`${id}-said`}>
        {isRefused ? (
          <ProblemNotice problem={refused.problem} />
        ) : (
          <p class={problem ? 'fault' : 'quiet'} role="status">
            {name.trim() !== '' && wordsOn(isKnown, problem)}
          </p>
        )}
      </div>
    </div>
  );
}

function wordsOn(isKnown: boolean, problem: Problem | undefined): string {
  if (!isKnown) return T.checking;
  if (problem === undefined) return T.free;
  return problem.code === 'FIELD_UNFIT' ? T.badName : `${problem.title} ${problem.next}`;
}
