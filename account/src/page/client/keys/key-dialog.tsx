import type { TargetedSubmitEvent } from 'preact';
import { useState } from 'preact/hooks';
import type { Grk } from '../api-types.ts';
import { PoolSelect } from '../decide/pool-select.tsx';
import type { Told } from '../page.ts';
import { Dialog, DialogButtons, Field, fieldOf, useAsking } from '../parts.tsx';
import { KEYS as T } from '../texts-keys.ts';
import { dayOf, endOfDay } from './key-words.ts';
import { keysApi } from './keys-api.ts';
import { NoteField } from './note-field.tsx';

/** The server takes no more. */
const USES_MAX = 1_000_000;

/** Makes a key, or changes one: its pool, how many Ewons it is for, its end and its note. @param grk the one that is changed */
export function KeyDialog(props: {
  readonly told: Told;
  readonly grk?: Grk;
  readonly onClose: () => void;
  readonly onDone: (grk: Grk) => void;
}) {
  const { told, grk, onClose, onDone } = props;
  const ask = useAsking();
  const { pools, autoRegistration } = told.lists;
  const [pool, setPool] = useState(grk?.pool ?? autoRegistration.pool);
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const uses = fieldOf(form, 'uses');
    const day = fieldOf(form, 'day');
    const settings = { pool, note: fieldOf(form, 'note'), usesMax: uses === '' ? null : Number(uses) };
    const api = keysApi(told.api);
    // a day that was not touched keeps its hour
    const end = grk && day === dayOf(grk.expiresAt) ? {} : { expiresAt: endOfDay(day) };
    const ordered = () =>
      grk ? api.change(grk.id, { ...settings, ...end }) : api.add({ expiresAt: null, ...settings, ...end });
    void ask.run(ordered, onDone);
  };
  return (
    <Dialog title={grk ? T.changeTitle(grk.id) : T.addTitle} onClose={onClose}>
      <form onSubmit={submit}>
        <p class="quiet">{grk ? T.changeText : T.addText}</p>
        <PoolSelect label={T.pool} pools={pools} value={pool} onChange={setPool} />
        <Field label={T.usesMax} hint={T.usesMaxHint}>
          {(id) => <input id={id} name="uses" type="number" min={1} max={USES_MAX} defaultValue={grk?.usesMax ?? ''} />}
        </Field>
        <Field label={T.endsAt} hint={T.endsAtHint}>
          {(id) => <input id={id} name="day" type="date" defaultValue={dayOf(grk?.expiresAt ?? null)} />}
        </Field>
        <NoteField label={T.note} hint={T.noteHint} {...(grk && { first: grk.note })} />
        <DialogButtons label={grk ? T.save : T.addButton} ask={ask} />
      </form>
    </Dialog>
  );
}
