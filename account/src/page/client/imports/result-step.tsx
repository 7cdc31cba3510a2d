import { useState } from 'preact/hooks';
import { ProblemNotice, Untrusted } from '../parts.tsx';
import { useReading } from '../patches/reading.ts';
import { TEXTS } from '../texts.ts';
import { IMPORTS } from '../texts-imports.ts';
import { useWorded } from '../use-worded.ts';
import { ConfirmDialog } from '../users/confirm-dialog.tsx';
import { harmless } from '../words.ts';
import { useFirstRows } from './first-rows.tsx';
import type { StepProps } from './import-wizard.tsx';
import type { ImportedEwonView, ImportView } from './imports-api.ts';
import { useTicks, WATCHED_MS } from './ticks.ts';

const T = IMPORTS.result;
/** What a person may have to see to comes first. */
const RANK = { failed: 0, waiting: 1, listed: 2, stayed: 3, moved: 4 } as const;

/** How the Ewons stand, as it happens. */
export function ResultStep(props: StepProps & { readonly id: string; readonly onEnded: (said: string) => void }) {
  const { api, id, onEnded } = props;
  const [isRunning, setRunning] = useState(true);
  const [isEnding, setEnding] = useState(false);
  const { value, problem } = useReading(id, useTicks(isRunning, WATCHED_MS), async () => {
    const answer = await api.one(id);
    if (answer.ok) setRunning(answer.value.state === 'running');
    return answer;
  });
  return (
    <div class="step">
      <ProblemNotice problem={problem} />
      {value && <Standing view={value} />}
      {value?.state === 'running' && <p class="quiet">{T.text}</p>}
      <div class="buttons end">
        {value?.state === 'running' && value.counts.waiting > 0 && (
          <button type="button" class="danger" onClick={() => setEnding(true)}>
            {T.end}
          </button>
        )}
        <button type="button" onClick={(event) => event.currentTarget.closest('dialog')?.close()}>
          {TEXTS.close}
        </button>
      </div>
      {isEnding && value && (
        <ConfirmDialog
          title={T.endTitle}
          text={T.endText}
          button={T.end}
          ask={() => api.end(id)}
          onClose={() => setEnding(false)}
          onDone={() => onEnded(T.ended(harmless(value.source.name)))}
        />
      )}
    </div>
  );
}

function Standing({ view }: { readonly view: ImportView }) {
  const { ewons, counts, trouble } = view;
  const first = useFirstRows(ewons.toSorted((a, b) => RANK[a.state] - RANK[b.state]));
  const { moved, waiting } = counts;
  const failed = counts.failed + counts.stayed;
  const counted = [
    T.progress(moved, ewons.length),
    ...(waiting > 0 ? [T.waiting(waiting)] : []),
    ...(failed > 0 ? [T.failed(failed)] : []),
  ].join(', ');
  const said = useWorded({ code: trouble?.code ?? '', title: trouble?.text ?? '', next: trouble?.next ?? '' });
  return (
    <>
      <p role="status">
        <strong>{counted}</strong>
      </p>
      <progress max={ewons.length} value={moved + failed} aria-label={T.progress(moved, ewons.length)} />
      {trouble && (
        <div class="problem">
          <p>
            {T.trouble} <code>{harmless(trouble.code)}</code> {said.title} <Untrusted text={trouble.detail} />
          </p>
          <p>
            <strong>{TEXTS.problem.next}</strong> {said.next}
          </p>
        </div>
      )}
      <table class="stack" aria-label={T.table}>
        <thead>
          <tr>
            {[IMPORTS.choose.ewon, IMPORTS.choose.serial, T.state].map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {first.shown.map((ewon) => (
            <tr key={ewon.key}>
              <th scope="row">
                <Untrusted text={ewon.name} />
              </th>
              <td data-label={IMPORTS.choose.serial} class="mono">
                {ewon.serial}
              </td>
              <td data-label={T.state}>
                {stateWord(ewon)} {ewon.reason !== null && <Why ewon={ewon} />}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {first.more}
    </>
  );
}

function Why({ ewon: { reason, reasonText } }: { readonly ewon: ImportedEwonView }) {
  const said = useWorded({ code: reason ?? '', title: reasonText, next: '' });
  return (
    <span class="quiet">
      <code>{harmless(reason ?? '')}</code> {said.title}
    </span>
  );
}

function stateWord({ state, isOrdered }: ImportedEwonView): string {
  return state === 'waiting' && isOrdered ? T.states.ordered : T.states[state];
}
