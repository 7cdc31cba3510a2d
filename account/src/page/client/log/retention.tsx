import type { TargetedSubmitEvent } from 'preact';
import { useState } from 'preact/hooks';
import type { LogKept } from '../../../store/lists.ts';
import { changedMembers } from '../changed.ts';
import type { Told } from '../page.ts';
import { may } from '../page-state.ts';
import { Field, fieldOf, ProblemNotice, useAsking } from '../parts.tsx';
import { useReading } from '../patches/reading.ts';
import { LOG_TEXTS as T } from '../texts-log.ts';
import { useFilled } from '../use-filled.ts';
import { useChangeCount } from '../users/change-count.ts';

/** How long lines of the log are kept: shown to who reads the log, changed by Administrators. */
export function Retention({ told }: { readonly told: Told }) {
  const [changes, setChanges] = useState(0);
  // that others changed it is told as a change of all lists
  const reloads = useChangeCount(told.lists.account);
  const { value, problem } = useReading('', changes + reloads, () => told.api.json<LogKept>('log/retention'));
  const { form, value: kept, saved } = useFilled(value);
  const ask = useAsking();
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (!kept) return;
    const [lines = '', days = '', auditDays = ''] = ['lines', 'days', 'auditDays'].map((name) =>
      fieldOf(event.currentTarget, name),
    );
    const set = { lines: Number(lines), days: days === '' ? null : Number(days), auditDays: Number(auditDays) };
    void ask.run(
      () => told.api.json<LogKept>('log/retention', { method: 'PATCH', body: changedMembers(kept, set) }),
      (now) => {
        saved(now);
        setChanges((before) => before + 1);
        told.say(T.keptSaved);
      },
    );
  };
  return (
    <details>
      <summary>
        {T.kept} {kept && <span class="quiet">{T.keptIs(kept.lines, kept.days, kept.auditDays)}</span>}
      </summary>
      <ProblemNotice problem={problem ?? ask.problem} />
      {kept && may(told.lists, 'policies') && (
        <form class="panel padded" ref={form} onSubmit={submit}>
          <p class="quiet">{T.keptText}</p>
          <Field label={T.keptLines}>
            {(id) => (
              <input
                {...{ id, name: 'lines', type: 'number', min: 1000, max: 100_000_000, required: true }}
                defaultValue={kept.lines}
              />
            )}
          </Field>
          <Field label={T.keptDays} hint={T.keptEver}>
            {(id) => (
              <input {...{ id, name: 'days', type: 'number', min: 1, max: 3650 }} defaultValue={kept.days ?? ''} />
            )}
          </Field>
          <Field label={T.keptAuditDays}>
            {(id) => (
              <input
                {...{ id, name: 'auditDays', type: 'number', min: 1, max: 3650, required: true }}
                defaultValue={kept.auditDays}
              />
            )}
          </Field>
          <div class="buttons">
            <button type="submit" disabled={ask.busy}>
              {T.keep}
            </button>
          </div>
        </form>
      )}
    </details>
  );
}
