import { useId, useState } from 'preact/hooks';
import { NOTE as T } from '../texts-keys.ts';
import { harmless } from '../words.ts';
import { unfitCharacter } from './key-words.ts';

/** What a T2M.txt note may hold: printable ASCII (docs/decisions/0002-wire-v1.md §2). */
const PATTERN = '[\\x20-\\x7e]{0,140}';
const MAX_CHARACTERS = 140;

/** A note of a key or a card, checked as it is typed; one that no card can hold is not sent. */
export function NoteField(props: {
  readonly label: string;
  readonly hint: string;
  readonly first?: string;
  readonly onInput?: (note: string) => void;
}) {
  const id = useId();
  const [note, setNote] = useState(props.first ?? '');
  const unfit = unfitCharacter(note);
  const said = unfit === undefined ? '' : T.bad(harmless(unfit));
  return (
    <div class="field">
      <label for={id}>
        {props.label} <span class="quiet">({props.hint})</span>
      </label>
      <input
        id={id}
        name="note"
        maxLength={MAX_CHARACTERS}
        pattern={PATTERN}
        title={said || props.hint}
        value={note}
        onInput={(event) => {
          setNote(event.currentTarget.value);
          props.onInput?.(event.currentTarget.value);
        }}
        aria-invalid={unfit !== undefined}
        aria-describedby={`${id}-said`}
        autocomplete="off"
      />
      <p id={`${id}-said`} class={unfit === undefined ? 'quiet' : 'fault'}>
        <span role="status">{said}</span> {unfit === undefined && note !== '' && T.left(note.length)}
      </p>
    </div>
  );
}
