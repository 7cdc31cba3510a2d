import { useMemo, useState } from 'preact/hooks';
import type { Told } from '../page.ts';
import { Ago, ColumnHeads, ProblemNotice, Untrusted, useFocusAfter } from '../parts.tsx';
import { useReading } from '../patches/reading.ts';
import { TEXTS } from '../texts.ts';
import { IMPORTS as T } from '../texts-imports.ts';
import { harmless } from '../words.ts';
import { ImportWizard } from './import-wizard.tsx';
import { type ImportSummary, importsApi } from './imports-api.ts';
import { LISTED_MS, useTicks } from './ticks.ts';

/** Imports of Ewons from other accounts: those there are, and the wizard for another. */
export function Imports({ told }: { readonly told: Told }) {
  const api = useMemo(() => importsApi(told.api), [told.api]);
  const [shown, show] = useState<'new' | ImportSummary>();
  const [changes, setChanges] = useState(0);
  const heading = useFocusAfter();
  const [isRunning, setRunning] = useState(false);
  const ticks = useTicks(isRunning, LISTED_MS);
  const { value, problem } = useReading('', changes + ticks, async () => {
    const answer = await api.all();
    if (answer.ok) setRunning(answer.value.some(({ state }) => state === 'running'));
    return answer;
  });
  const started = value?.filter(({ state }) => state !== 'listed') ?? [];
  const closed = (said = '') => {
    show(undefined);
    setChanges((before) => before + 1);
    heading.focus();
    if (said !== '') told.say(said);
  };
  return (
    <section id="imports" aria-labelledby="imports-title">
      <h2 id="imports-title" ref={heading.target} tabIndex={-1}>
        {TEXTS.imports}
      </h2>
      <div class="panel padded">
        <p class="quiet">{T.text}</p>
        <ProblemNotice problem={problem} />
        {value && started.length === 0 && <p class="empty">{T.empty}</p>}
        {started.length > 0 && (
          <table class="stack" aria-label={T.list.table}>
            <ColumnHeads columns={[T.list.source, T.list.pool, T.list.state, T.list.started]} />
            <tbody>
              {started.map((one) => (
                <Row key={one.id} one={one} nowMs={told.nowMs} onShow={() => show(one)} />
              ))}
            </tbody>
          </table>
        )}
        <div class="buttons">
          <button type="button" onClick={() => show('new')}>
            {T.begin}
          </button>
        </div>
      </div>
      {shown !== undefined && (
        <ImportWizard told={told} api={api} {...(shown !== 'new' && { begun: shown })} onClose={closed} />
      )}
    </section>
  );
}

function Row(props: { readonly one: ImportSummary; readonly nowMs: number; readonly onShow: () => void }) {
  const { source, pool, state, counts, startedAt } = props.one;
  const all = counts.moved + counts.waiting + counts.failed + counts.stayed;
  return (
    <tr>
      <th scope="row">
        <Untrusted text={source.name} />
      </th>
      <td data-label={T.list.pool}>
        <Untrusted text={pool} />
      </td>
      <td data-label={T.list.state}>
        {T.list.states[state]}, {T.result.progress(counts.moved, all)}
      </td>
      <td data-label={T.list.started}>{startedAt && <Ago at={startedAt} nowMs={props.nowMs} />}</td>
      <td class="last">
        <button type="button" class="quiet-button" onClick={props.onShow}>
          {T.list.show}
          <span class="unseen">{T.list.of(harmless(source.name))}</span>
        </button>
      </td>
    </tr>
  );
}
