import type { TargetedSubmitEvent } from 'preact';
import type { Ewon } from '../api-types.ts';
import type { Told } from '../page.ts';
import { Dialog, DialogButtons, Field, fieldOf, useAsking } from '../parts.tsx';
import { LISTS as T } from '../texts-lists.ts';
import { harmless } from '../words.ts';
import { changedOf } from './changed-properties.ts';
import { listApi } from './list-api.ts';

export type Closing = { readonly told: Told; readonly onClose: () => void; readonly onDone: (said: string) => void };

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
      // somebody else may have changed the rest meanwhile
      () => listApi(told.api).edit(ewon.deviceId, changedOf(ewon, set)),
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
