import { useState } from 'preact/hooks';
import type { Told } from '../page.ts';
import { Ago, ColumnHeads, ProblemNotice, Untrusted } from '../parts.tsx';
import { useReading } from '../patches/reading.ts';
import { TEXTS } from '../texts.ts';
import { UNDO as T } from '../texts-decide.ts';
import { useChangeCount } from '../users/change-count.ts';
import { ConfirmDialog } from '../users/confirm-dialog.tsx';
import { harmless, stillHolds } from '../words.ts';
import { decideApi, type Replacement } from './decide-api.ts';

/** The replacements that can still be undone. Nothing is there while there is none. */
export function ReplacedLately({ told, onUndone }: { readonly told: Told; readonly onUndone: (said: string) => void }) {
  const api = decideApi(told.api);
  const [undone, setUndone] = useState(0);
  const [chosen, setChosen] = useState<Replacement>();
  // each replacement is a decision about one who waited
  const decisions = useChangeCount(told.lists.registrations);
  const { value = [], problem } = useReading('', undone + decisions, api.replacements);
  if (value.length === 0) return <ProblemNotice problem={problem} />;
  return (
    <details>
      <summary>{T.summary(value.length)}</summary>
      <div class="panel">
        <table class="stack" aria-label={T.summary(value.length)}>
          <ColumnHeads columns={[T.name, T.by, T.replaced, T.when, T.until]} />
          <tbody>
            {value.map((one) => (
              <tr key={one.deviceId}>
                <th scope="row">
                  <Untrusted text={one.replaced.name} />
                </th>
                <td data-label={T.by} class="mono">
                  {one.serial}
                </td>
                <td data-label={T.replaced} class="mono">
                  {one.replaced.serial}
                </td>
                <td data-label={T.when}>
                  <Ago at={one.at} nowMs={told.nowMs} />
                </td>
                <td data-label={T.until}>{T.still(stillHolds(one.until, told.nowMs))}</td>
                <td class="last">
                  <button type="button" onClick={() => setChosen(one)}>
                    {T.undo}
                    <span class="unseen">{TEXTS.pending.of(harmless(one.replaced.name))}</span>
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {chosen && (
        <ConfirmDialog
          title={T.title(harmless(chosen.replaced.name))}
          text={T.text(chosen.replaced.serial, chosen.serial)}
          button={T.button}
          ask={() => api.undo(chosen.deviceId)}
          onClose={() => setChosen(undefined)}
          onDone={() => {
            setChosen(undefined);
            setUndone(undone + 1);
            onUndone(T.done(harmless(chosen.replaced.name)));
          }}
        />
      )}
    </details>
  );
}
