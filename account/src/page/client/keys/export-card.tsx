import type { TargetedSubmitEvent } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Grk } from '../api-types.ts';
import type { Told } from '../page.ts';
import { cardKey } from '../page-state.ts';
import { Field, fieldOf, ProblemNotice, useAsking } from '../parts.tsx';
import { KEYS, CARD as T } from '../texts-keys.ts';
import { DriveCommand } from './drive-command.tsx';
import { unfitCharacter } from './key-words.ts';
import { keysApi } from './keys-api.ts';
import { NoteField } from './note-field.tsx';

/** Files that wait to be saved: they fit each other, so that only both together are offered. */
type Pair = { readonly 'T2M.txt': string; readonly 'T2M.json': string };

/** Makes the card: an image to write to a medium, its files, or the command for a drive. The note comes back with each Ewon that uses it. */
export function ExportCard({ told, keys }: { readonly told: Told; readonly keys: readonly Grk[] }) {
  const ask = useAsking();
  const [picked, setPicked] = useState('');
  const [note, setNote] = useState('');
  const [wishes, setWishes] = useState({ receipt: false, wipe: false });
  const [pair, setPair] = useState<Pair>();
  const grkId = keys.find(({ id }) => id === picked)?.id ?? cardKey(keys)?.id ?? '';
  const card = { note: note.trim(), ...asked('receipt', wishes.receipt), ...asked('wipe', wishes.wipe) };
  useEffect(() => setPair(undefined), [grkId, note, wishes]); // they are of another card
  useEffect(
    () => () => {
      for (const url of Object.values(pair ?? {})) URL.revokeObjectURL(url);
    },
    [pair],
  );

  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = fieldOf(event.currentTarget, 'form', event.submitter);
    if (form === 'pair')
      return void ask.run(
        () => keysApi(told.api).pair(grkId, card),
        ({ t2mTxt, t2mJson }) => {
          setPair({ 'T2M.txt': urlOf(t2mTxt), 'T2M.json': urlOf(t2mJson) });
          told.reload(); // counts cards
        },
      );
    const file = form === 'image' ? `ewon-card-${grkId}.img` : 'T2M.txt';
    // T2M.txt alone cannot ask for anything
    const order = form === 'image' ? card : { note: card.note };
    void ask.run(
      () => told.api.exportCard(grkId, form === 'image' ? 'image' : 'txt', order),
      (content) => {
        save(content, file);
        told.say(T.downloaded(file));
        told.reload();
      },
    );
  };
  const wish = (name: 'receipt' | 'wipe') => (
    <label class="tick">
      <input
        type="checkbox"
        checked={wishes[name]}
        onChange={(event) => setWishes({ ...wishes, [name]: event.currentTarget.checked })}
      />
      <span>{T[name]}</span>
    </label>
  );
  return (
    <form class="apart" onSubmit={submit}>
      <h3>{T.title}</h3>
      <p class="quiet">{T.text}</p>
      {keys.length > 1 && (
        <Field label={T.key}>
          {(id) => (
            <select id={id} value={grkId} onChange={(event) => setPicked(event.currentTarget.value)}>
              {keys.map((grk) => (
                <option key={grk.id} value={grk.id}>
                  {T.keyOf(grk.origin === 'made' ? grk.id : KEYS.importedKey(grk.id), grk.pool, grk.note)}
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
      <NoteField label={T.note} hint={T.noteHint} onInput={setNote} />
      {wish('receipt')}
      {wish('wipe')}
      <div class="buttons">
        <button type="submit" class="primary" name="form" value="image" disabled={ask.busy}>
          {T.image}
        </button>
        <button type="submit" name="form" value="txt" disabled={ask.busy}>
          {T.txt}
        </button>
        <button type="submit" name="form" value="pair" disabled={ask.busy}>
          {T.pair}
        </button>
      </div>
      <ProblemNotice problem={ask.problem} />
      <div role="status">
        {pair && (
          <p class="hint">
            {T.ready}{' '}
            {(['T2M.txt', 'T2M.json'] as const).map((file) => (
              <a key={file} class="file" href={pair[file]} download={file}>
                {T.saveFile(file)}
              </a>
            ))}
          </p>
        )}
      </div>
      <DriveCommand
        told={told}
        wish={{ grkId, note: unfitCharacter(note) === undefined ? card.note : '', ...wishes }}
      />
    </form>
  );
}

function asked<N extends 'receipt' | 'wipe'>(name: N, isAsked: boolean): { readonly [K in N]?: '1' } {
  return (isAsked ? { [name]: '1' } : {}) as { readonly [K in N]?: '1' };
}

function urlOf(base64: string): string {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return URL.createObjectURL(new Blob([bytes], { type: 'application/octet-stream' }));
}

const REVOKED_AFTER_MS = 60_000;

/** Hands a file to the browser's downloads; asked by script, so that a refusal is shown on the page and not saved as a file. */
function save(content: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // a browser may take the contents up a moment after the click
  setTimeout(() => URL.revokeObjectURL(link.href), REVOKED_AFTER_MS);
}
