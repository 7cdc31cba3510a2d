import type { TargetedSubmitEvent } from 'preact';
import { useState } from 'preact/hooks';
import type { Ewon } from '../api-types.ts';
import type { Told } from '../page.ts';
import { Dialog, DialogButtons, Field, fieldOf, useAsking } from '../parts.tsx';
import { LISTS as T } from '../texts-lists.ts';
import { harmless } from '../words.ts';
import { type Found, listApi } from './list-api.ts';

type Closing = { readonly told: Told; readonly onClose: () => void; readonly onDone: (said: string) => void };

/** What a person may set of one Ewon. @param fields names of the custom fields */
export function EditDialog(props: Closing & { readonly ewon: Ewon; readonly fields: readonly string[] }) {
  const { told, ewon, fields, onClose, onDone } = props;
  const ask = useAsking();
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const field = (n: number) => fieldOf(form, `custom${n}`);
    const set = {
      ...{ name: fieldOf(form, 'name'), pool: fieldOf(form, 'pool'), description: fieldOf(form, 'description') },
      customFields: [field(1), field(2), field(3)] as const,
    };
    void ask.run(
      () => listApi(told.api).edit(ewon.deviceId, set),
      ({ name }) => onDone(T.saved(harmless(name))),
    );
  };
  const text = (name: string, label: string, value: string, maxLength: number) => (
    <Field key={name} label={label}>
      {(id) => <input id={id} name={name} defaultValue={value} maxLength={maxLength} required={name === 'name'} />}
    </Field>
  );
  return (
    <Dialog title={T.editTitle(harmless(ewon.name))} onClose={onClose}>
      <form onSubmit={submit}>
        {text('name', T.name, ewon.name, 100)}
        <Field label={T.pool}>
          {(id) => (
            <select id={id} name="pool">
              {told.lists.pools.map((pool) => (
                <option key={pool} value={pool} selected={pool === ewon.pool}>
                  {harmless(pool)}
                </option>
              ))}
            </select>
          )}
        </Field>
        {text('description', T.description, ewon.description, 255)}
        {ewon.customFields.map((value, i) => text(`custom${i + 1}`, fields[i] ?? '', value, 255))}
        <DialogButtons label={T.save} ask={ask} />
      </form>
    </Dialog>
  );
}

/** A file is tried first; what it would do, or its faults, are shown before anything is done. */
export function ImportDialog({ told, onClose, onDone }: Closing) {
  const ask = useAsking();
  const [tried, setTried] = useState<{ readonly text: string; readonly found: Found }>();
  const api = listApi(told.api);
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const file = new FormData(event.currentTarget).get('file');
    if (tried && tried.found.faulty === 0 && tried.found.changed > 0)
      return void ask.run(
        () => api.importCsv(tried.text, 'do'),
        ({ changed }) => onDone(T.imported(changed)),
      );
    if (!(file instanceof File)) return;
    void file.text().then((text) =>
      ask.run(
        () => api.importCsv(text, 'try'),
        (found) => setTried({ text, found }),
      ),
    );
  };
  const { faulty = 0, changed = 0, unchanged = 0, faults = [] } = tried?.found ?? {};
  return (
    <Dialog title={T.importTitle} onClose={onClose}>
      <form onSubmit={submit}>
        <p>{T.importText}</p>
        <Field label={T.file}>
          {(id) => (
            <input
              id={id}
              type="file"
              name="file"
              accept=".csv,text/csv"
              required
              onChange={() => setTried(undefined)}
            />
          )}
        </Field>
        {tried && (
          <div class={faulty > 0 ? 'problem' : 'hint'} role="status">
            <p>{faulty > 0 ? T.faults(faulty) : T.tried(changed, unchanged)}</p>
            <ul>
              {faults.map((fault) => (
                <li key={`${fault.line} ${fault.column}`}>{harmless(T.fault(fault.line, fault.column, fault.text))}</li>
              ))}
            </ul>
          </div>
        )}
        <DialogButtons label={tried && faulty === 0 && changed > 0 ? T.doIt(changed) : T.tryIt} ask={ask} />
      </form>
    </Dialog>
  );
}
